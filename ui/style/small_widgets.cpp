// SPDX-License-Identifier: Apache-2.0
#include "ui/style/small_widgets.h"

#include "ui/style/painting.h"
#include "ui/style/theme.h"

#include <QAccessible>
#include <QEvent>
#include <QPainter>
#include <QStyleOption>

#include <algorithm>

namespace shardlens::style {

LinkButton::LinkButton(const QString& text, QWidget* parent) : QPushButton(text, parent) {
    setFlat(true);
    setCursor(Qt::PointingHandCursor);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
}

QSize LinkButton::sizeHint() const {
    const QFontMetrics metrics(mediumFont(font()));
    return {metrics.horizontalAdvance(text()) + 6, metrics.height() + 6};
}

void LinkButton::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const Theme theme(palette());
    QFont shown = mediumFont(font());
    shown.setUnderline(isEnabled() && underMouse());
    painter.setFont(shown);
    painter.setPen(isEnabled() ? theme.accent : palette().color(QPalette::Disabled, QPalette::Text));
    painter.drawText(rect(), Qt::AlignCenter | Qt::TextSingleLine, text());
    if (hasFocus()) {
        QStyleOptionFocusRect option;
        option.initFrom(this);
        option.rect = rect();
        style()->drawPrimitive(QStyle::PE_FrameFocusRect, &option, &painter, this);
    }
}

void LinkButton::enterEvent(QEnterEvent* event) {
    QPushButton::enterEvent(event);
    update();
}

void LinkButton::leaveEvent(QEvent* event) {
    QPushButton::leaveEvent(event);
    update();
}

Glyph::Glyph(std::optional<Severity> severity, int size, QWidget* parent)
    : QWidget(parent)
    , m_severity(severity)
    , m_size(size) {
    setFixedSize(size, size);
    setSeverity(severity);
}

void Glyph::setSeverity(std::optional<Severity> severity) {
    m_severity = severity;
    setAccessibleName(!severity                        ? tr("Good")
                      : *severity == Severity::Error   ? tr("Error")
                      : *severity == Severity::Warning ? tr("Warning")
                                                       : tr("Note"));
    update();
}

void Glyph::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const Theme theme(palette());
    if (m_severity)
        drawSeverity(painter, rect(), *m_severity, theme);
    else
        drawGood(painter, rect(), theme);
}

ThinBar::ThinBar(QWidget* parent) : QWidget(parent) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void ThinBar::setShare(double share) {
    share = std::clamp(share, -1.0, 1.0);
    if (share == m_share)
        return;
    m_share = share;
    update();
}

void ThinBar::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const Theme theme(palette());
    drawShareBar(painter, rect(), std::max(0.0, m_share), theme.accent, theme);
}

QuietLabel::QuietLabel(const QString& text, QWidget* parent) : QWidget(parent), m_text(text) {
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    setAccessibleName(text);
}

void QuietLabel::setText(const QString& text) {
    if (text == m_text)
        return;
    m_text = text;
    setAccessibleName(text);
    updateGeometry();
    update();
}

void QuietLabel::setElide(Qt::TextElideMode mode) {
    m_elide = mode;
    setSizePolicy(mode == Qt::ElideNone ? QSizePolicy::Preferred : QSizePolicy::Ignored, QSizePolicy::Fixed);
    updateGeometry();
}

void QuietLabel::setAlignment(Qt::Alignment alignment) {
    m_alignment = alignment;
    update();
}

QSize QuietLabel::sizeHint() const {
    const QFont quiet = secondaryFont(font());
    return {static_cast<int>(numberWidth(quiet, m_text)) + 2, QFontMetrics(quiet).height() + 2};
}

QSize QuietLabel::minimumSizeHint() const {
    return m_elide == Qt::ElideNone ? sizeHint() : QSize(24, sizeHint().height());
}

void QuietLabel::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setFont(secondaryFont(font()));
    painter.setPen(Theme(palette()).secondary);
    const QFontMetrics metrics(painter.font());
    const QString shown = m_elide == Qt::ElideNone ? m_text : metrics.elidedText(m_text, m_elide, width());
    drawNumber(painter, rect(), m_alignment, shown);
}

void QuietLabel::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::FontChange)
        updateGeometry();
}

} // namespace shardlens::style
