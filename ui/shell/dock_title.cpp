// SPDX-License-Identifier: Apache-2.0
#include "ui/shell/dock_title.h"

#include "ui/style/icons.h"
#include "ui/style/painting.h"
#include "ui/style/small_widgets.h"

#include <QAction>
#include <QDockWidget>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QToolButton>

namespace shardlens::ui {

namespace {
constexpr int Height = 30;
}

DockTitle::DockTitle(QDockWidget* dock) : QWidget(dock) {
    m_name = new QLabel(dock->windowTitle());
    QFont bold = font();
    bold.setWeight(QFont::DemiBold);
    m_name->setFont(bold);
    m_summary = new style::QuietLabel;
    m_summary->setElide(Qt::ElideRight);
    m_layout = new QHBoxLayout(this);
    m_layout->setContentsMargins(12, 0, 6, 0);
    m_layout->setSpacing(2);
    m_layout->addWidget(m_name);
    m_layout->addSpacing(8);
    m_layout->addWidget(m_summary, 1);
    m_firstButton = m_layout->count();
    QToolButton* floating = button(QStringLiteral("float"), tr("Detach or dock %1").arg(dock->windowTitle()));
    connect(floating, &QToolButton::clicked, dock, [dock] { dock->setFloating(!dock->isFloating()); });
    QToolButton* close = button(QStringLiteral("close"), tr("Close %1").arg(dock->windowTitle()));
    connect(close, &QToolButton::clicked, dock, &QDockWidget::close);
    m_layout->addWidget(floating);
    m_layout->addWidget(close);
}

QToolButton* DockTitle::button(const QString& iconName, const QString& text) {
    auto* made = new QToolButton;
    made->setIcon(style::icon(iconName));
    made->setIconSize({15, 15});
    made->setAutoRaise(true);
    made->setFocusPolicy(Qt::TabFocus);
    made->setToolTip(text);
    made->setAccessibleName(text);
    return made;
}

QToolButton* DockTitle::addAction(QAction* action) {
    auto* made = new QToolButton;
    made->setDefaultAction(action);
    made->setIconSize({15, 15});
    made->setAutoRaise(true);
    made->setFocusPolicy(Qt::TabFocus);
    made->setToolButtonStyle(Qt::ToolButtonIconOnly);
    made->setAccessibleName(action->text());
    m_layout->insertWidget(m_firstButton++, made);
    return made;
}

void DockTitle::setSummary(const QString& summary) {
    m_summary->setText(summary);
}

QString DockTitle::summary() const {
    return m_summary->text();
}

QSize DockTitle::sizeHint() const {
    return {m_layout->sizeHint().width(), qMax(Height, m_layout->sizeHint().height())};
}

QSize DockTitle::minimumSizeHint() const {
    return {m_layout->minimumSize().width(), qMax(Height, m_layout->minimumSize().height())};
}

void DockTitle::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const style::Theme theme(palette());
    painter.fillRect(rect(), theme.window);
    painter.setPen(theme.line);
    painter.drawLine(rect().bottomLeft(), rect().bottomRight());
}

} // namespace shardlens::ui
