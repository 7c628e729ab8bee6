// SPDX-License-Identifier: Apache-2.0
#include "ui/views/compare_bar.h"

#include "ui/models/compare_model.h"
#include "ui/style/painting.h"
#include "ui/style/text.h"
#include "ui/views/compare_colors.h"

#include <QPainter>

#include <algorithm>

namespace shardlens::ui {

namespace {

/// What most tensors are comes first.
constexpr std::array Order{CompareClass::Same, CompareClass::Different, CompareClass::OnlyA,
                           CompareClass::OnlyB};
constexpr double Gap = 2, Least = 10;

} // namespace

CompareBar::CompareBar(QWidget* parent) : QWidget(parent) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setAccessibleName(tr("Share of the classes"));
}

void CompareBar::setCounts(const std::array<std::uint64_t, CompareClassCount>& counts) {
    m_counts = counts;
    QStringList texts;
    for (const CompareClass which : Order)
        texts << tr("%1: %2").arg(classWords(which), style::grouped(counts[std::size_t(which)]));
    setAccessibleDescription(texts.join(QStringLiteral(", ")));
    update();
}

QRectF CompareBar::segment(CompareClass which) const {
    double total = 0;
    int shown = 0;
    for (const std::uint64_t count : m_counts) {
        total += double(count);
        shown += count > 0 ? 1 : 0;
    }
    if (m_counts[std::size_t(which)] == 0)
        return {};
    // Everyone gets the least first; what is left goes by share.
    const double room = std::max(0.0, width() - Gap * (shown - 1) - Least * shown);
    double left = 0;
    for (const CompareClass each : Order) {
        const auto count = m_counts[std::size_t(each)];
        if (count == 0)
            continue;
        const double wide = Least + room * double(count) / total;
        if (each == which)
            return {left, 0, wide, double(height())};
        left += wide + Gap;
    }
    return {};
}

void CompareBar::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const style::Theme theme(palette());
    for (const CompareClass which : Order)
        if (const QRectF rect = segment(which); !rect.isEmpty())
            fillClass(painter, style::snapped(rect, devicePixelRatioF()), which, theme, 3);
}

ClassPill::ClassPill(CompareClass which, QWidget* parent) : QAbstractButton(parent), m_class(which) {
    setCheckable(true);
    setChecked(true);
    setFocusPolicy(Qt::StrongFocus);
    setText(classWords(which));
    setToolTip(tr("Show or hide these tensors"));
    setCount(0);
}

void ClassPill::setCount(std::uint64_t count) {
    m_count = style::grouped(count);
    setAccessibleName(tr("%1: %2").arg(text(), m_count));
    updateGeometry();
    update();
}

QSize ClassPill::sizeHint() const {
    const QFontMetricsF metrics(font());
    const double words =
        metrics.horizontalAdvance(text()) + style::numberWidth(style::mediumFont(font()), m_count);
    return {int(words) + 10 + 12 + 7 + 9 + 12, int(metrics.height()) + 9};
}

void ClassPill::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const style::Theme theme(palette());
    const QRectF frame = QRectF(rect()).adjusted(1, 1, -1, -1);
    painter.setPen(QPen(hasFocus() || isChecked() ? theme.accent : theme.line, hasFocus() ? 2 : 1));
    painter.setBrush(isChecked() ? style::mix(theme.base, theme.accent, theme.dark ? 0.22 : 0.14)
                                 : theme.base);
    painter.drawRoundedRect(frame, frame.height() / 2, frame.height() / 2);
    QRectF rest = frame.adjusted(10, 0, -11, 0);
    fillClass(painter, QRectF(rest.left(), rest.center().y() - 6, 12, 12), m_class, theme);
    rest.setLeft(rest.left() + 12 + 7);
    painter.setPen(isChecked() ? theme.text : theme.secondary);
    painter.drawText(rest, int(Qt::AlignVCenter | Qt::TextSingleLine), text());
    painter.setFont(style::mediumFont(font()));
    style::drawNumber(painter, rest, Qt::AlignRight, m_count);
}

} // namespace shardlens::ui
