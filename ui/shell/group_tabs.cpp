// SPDX-License-Identifier: Apache-2.0
#include "ui/shell/group_tabs.h"

#include "ui/style/painting.h"

#include <QHBoxLayout>
#include <QPainter>
#include <QStackedWidget>
#include <QStyleOption>
#include <QVBoxLayout>

#include <algorithm>

namespace shardlens::ui {

namespace {

constexpr int Padding = 14, GroupGap = 22, BarHeight = 34;

QFont currentFont(QFont font) {
    font.setWeight(QFont::DemiBold);
    return font;
}

} // namespace

GroupTabBar::GroupTabBar(QWidget* parent) : QTabBar(parent) {
    setDrawBase(false);
    setExpanding(false);
    setUsesScrollButtons(true);
    setElideMode(Qt::ElideNone);
    setAccessibleName(tr("Views"));
    setMouseTracking(true);
    setAttribute(Qt::WA_Hover);
}

void GroupTabBar::setGroupStart(int index) {
    m_groupStarts.push_back(index);
    update();
}

bool GroupTabBar::startsGroup(int index) const {
    return std::find(m_groupStarts.begin(), m_groupStarts.end(), index) != m_groupStarts.end();
}

QSize GroupTabBar::tabSizeHint(int index) const {
    const int text = QFontMetrics(currentFont(font())).horizontalAdvance(tabText(index));
    return {text + 2 * Padding + (startsGroup(index) ? GroupGap : 0), BarHeight};
}

void GroupTabBar::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const style::Theme theme(palette());
    for (int index = 0; index < count(); ++index) {
        QRect tab = tabRect(index);
        if (startsGroup(index)) {
            painter.setPen(style::mix(theme.line, theme.secondary, 0.3));
            const int x = tab.left() + GroupGap / 2 - 1;
            painter.drawLine(x, tab.center().y() - 7, x, tab.center().y() + 7);
            tab.setLeft(tab.left() + GroupGap);
        }
        const bool current = index == currentIndex();
        const bool hovered = tab.contains(mapFromGlobal(QCursor::pos())) && underMouse();
        painter.setFont(current ? currentFont(font()) : font());
        painter.setPen(!isTabEnabled(index) ? palette().color(QPalette::Disabled, QPalette::Text)
                       : current || hovered ? theme.text
                                            : theme.secondary);
        painter.drawText(tab, Qt::AlignCenter | Qt::TextShowMnemonic, tabText(index));
        if (current)
            painter.fillRect(QRect(tab.left() + 4, tab.bottom() - 1, tab.width() - 8, 2), theme.accent);
        if (current && hasFocus()) {
            QStyleOptionFocusRect option;
            option.initFrom(this);
            option.rect = tab.adjusted(3, 4, -3, -5);
            style()->drawPrimitive(QStyle::PE_FrameFocusRect, &option, &painter, this);
        }
    }
}

GroupTabs::GroupTabs(QWidget* parent) : QWidget(parent), m_bar(new GroupTabBar), m_views(new QStackedWidget) {
    auto* head = new QHBoxLayout;
    head->setContentsMargins(4, 0, 4, 0);
    head->addWidget(m_bar, 1);
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->setSpacing(1);
    all->addLayout(head);
    all->addWidget(m_views, 1);
    connect(m_bar, &QTabBar::currentChanged, this, [this](int index) {
        m_views->setCurrentIndex(index);
        emit currentChanged(index);
    });
}

void GroupTabs::add(QWidget* view, const QString& name, bool startsGroup) {
    m_views->addWidget(view);
    const int index = m_bar->addTab(name);
    m_bar->setTabData(index, name);
    if (startsGroup)
        m_bar->setGroupStart(index);
}

int GroupTabs::count() const {
    return m_bar->count();
}

QString GroupTabs::name(int index) const {
    return m_bar->tabData(index).toString();
}

QWidget* GroupTabs::view(int index) const {
    return m_views->widget(index);
}

int GroupTabs::current() const {
    return m_bar->currentIndex();
}

void GroupTabs::setCurrent(int index) {
    m_bar->setCurrentIndex(index);
}

void GroupTabs::setCurrent(QWidget* view) {
    m_bar->setCurrentIndex(m_views->indexOf(view));
}

void GroupTabs::setCurrent(const QString& name) {
    for (int index = 0; index < count(); ++index)
        if (this->name(index) == name)
            setCurrent(index);
}

void GroupTabs::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const style::Theme theme(palette());
    painter.fillRect(rect(), theme.window);
    painter.setPen(theme.line);
    painter.drawLine(0, m_bar->geometry().bottom() + 1, width(), m_bar->geometry().bottom() + 1);
}

} // namespace shardlens::ui
