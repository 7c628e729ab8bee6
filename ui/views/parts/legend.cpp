// SPDX-License-Identifier: Apache-2.0
#include "ui/views/parts/legend.h"

#include <QFontMetricsF>
#include <QPainter>

namespace shardlens::ui {
namespace {

constexpr double Swatch = 11, Gap = 5, Between = 14, Padding = 12;

} // namespace

Legend::Legend(QWidget* parent) : QWidget(parent) {
    setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    setAccessibleName(tr("Legend"));
}

void Legend::setItems(const QList<LegendItem>& items) {
    m_items = items;
    QStringList words;
    for (const auto& item : items)
        words << item.text;
    setAccessibleDescription(words.join(QStringLiteral(", ")));
    update();
}

void Legend::setScale(const LegendScale& scale) {
    m_scale = scale;
    setAccessibleDescription(tr("from %1 to %2").arg(scale.low, scale.high));
    update();
}

double Legend::drawScale(QPainter& painter, double x) const {
    const style::Theme theme(palette());
    const QFontMetricsF metrics(painter.font());
    constexpr double step = 14;
    const auto word = [&](const QString& text) {
        painter.setPen(theme.text);
        const double wide = metrics.horizontalAdvance(text);
        painter.drawText(QRectF(x, 1, wide + 1, height() - 1), Qt::AlignVCenter | Qt::TextSingleLine, text);
        x += wide + Gap + 2;
    };
    const double y = height() / 2.0 - Swatch / 2;
    word(tr("none"));
    painter.fillRect(QRectF(x, y, Swatch, Swatch), theme.line);
    painter.fillRect(QRectF(x + 1, y + 1, Swatch - 2, Swatch - 2), m_scale->none);
    x += Swatch + Between;
    word(m_scale->low);
    for (const auto& color : m_scale->colors) {
        painter.fillRect(QRectF(x, y, step, Swatch), color);
        x += step;
    }
    x += Gap + 2;
    word(m_scale->high);
    return x + Between;
}

void Legend::setHint(const QString& hint) {
    m_hint = hint;
    update();
}

QSize Legend::sizeHint() const {
    return {200, fontMetrics().height() + 12};
}
QSize Legend::minimumSizeHint() const {
    return {60, fontMetrics().height() + 12};
}

void Legend::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const style::Theme theme(palette());
    painter.fillRect(QRectF(0, 0, width(), 1), theme.line);
    const auto small = style::secondaryFont(font());
    painter.setFont(small);
    const QFontMetricsF metrics(small);
    double x = m_scale ? drawScale(painter, Padding) : Padding;
    const double right = width() - Padding;
    for (qsizetype i = 0; i < m_items.size(); ++i) {
        const auto& item = m_items[i];
        const double wanted = Swatch + Gap + metrics.horizontalAdvance(item.text);
        const auto rest = tr("and %1 more").arg(m_items.size() - i);
        const double reserve = i + 1 < m_items.size() ? Between + metrics.horizontalAdvance(rest) : 0;
        if (x + wanted + reserve > right) {
            painter.setPen(theme.secondary);
            painter.drawText(QRectF(x, 1, right - x, height() - 1), Qt::AlignVCenter | Qt::TextSingleLine,
                             rest);
            return;
        }
        const QRectF mark(x, height() / 2.0 - Swatch / 2, Swatch, Swatch);
        if (item.hatch)
            style::drawHatch(painter, mark, *item.hatch, theme);
        else
            style::drawSwatch(painter, mark.adjusted(-1, -1, 1, 1), item.color);
        painter.setPen(theme.text);
        painter.drawText(QRectF(x + Swatch + Gap, 1, wanted, height() - 1),
                         Qt::AlignVCenter | Qt::TextSingleLine, item.text);
        x += wanted + Between;
    }
    const double hint = metrics.horizontalAdvance(m_hint);
    if (!m_hint.isEmpty() && x + hint <= right) {
        painter.setPen(theme.secondary);
        painter.drawText(QRectF(right - hint, 1, hint, height() - 1), Qt::AlignVCenter | Qt::TextSingleLine,
                         m_hint);
    }
}

} // namespace shardlens::ui
