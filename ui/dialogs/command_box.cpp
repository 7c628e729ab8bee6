// SPDX-License-Identifier: Apache-2.0
#include "ui/dialogs/command_box.h"

#include "base/escape.h"
#include "ui/style/icons.h"
#include "ui/style/painting.h"
#include "ui/style/small_widgets.h"
#include "ui/style/text.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>

namespace shardlens::ui {

namespace {

constexpr int MaxLines = 2;
constexpr qsizetype ShownCharacters = 400;

} // namespace

CommandBox::CommandBox(QWidget* parent) : QWidget(parent), m_label(new QLabel) {
    m_label->setTextFormat(Qt::PlainText);
    m_label->setWordWrap(true);
    m_label->setFont(style::fixedFont(style::secondaryFont(font())));
    m_label->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_label->setAccessibleName(tr("The same as a command"));
    m_label->setAlignment(Qt::AlignLeft | Qt::AlignTop);
    m_label->setFixedHeight(QFontMetrics(m_label->font()).lineSpacing() * MaxLines + 2);
    m_label->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    auto* sign = new QLabel;
    sign->setPixmap(style::icon(u"terminal").pixmap(18));
    auto* link = new style::LinkButton(tr("Copy"));
    link->setAccessibleName(tr("Copy as command"));
    link->setAutoDefault(false);
    connect(link, &QPushButton::clicked, this, &CommandBox::copy);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(12, 8, 10, 8);
    row->setSpacing(10);
    row->addWidget(sign);
    row->addWidget(m_label, 1);
    row->addWidget(link);
}

void CommandBox::setCommand(const QString& command) {
    m_command = command;
    QString shown = command;
    if (shown.size() > ShownCharacters)
        shown = shown.left(ShownCharacters) + QStringLiteral(" …");
    m_label->setText(style::plain(shown.toStdString(), std::string::npos));
    m_label->setToolTip(style::toolTip(m_label->text()));
}

void CommandBox::copy() const {
    QGuiApplication::clipboard()->setText(m_command);
}

void CommandBox::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const style::Theme theme(palette());
    painter.setPen(theme.line);
    painter.setBrush(style::mix(theme.window, theme.base, 0.6));
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 5, 5);
}

} // namespace shardlens::ui
