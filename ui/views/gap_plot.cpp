// SPDX-License-Identifier: Apache-2.0
#include "ui/views/gap_plot.h"

#include "ui/style/painting.h"
#include "ui/style/text.h"
#include "ui/views/compare_colors.h"
#include "ui/views/parts/map_tip.h"

#include <QMouseEvent>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace shardlens::ui {

namespace {

/// `2⁻¹⁰`
QString powerText(int exponent) {
    static const QString digits = QStringLiteral("⁰¹²³⁴⁵⁶⁷⁸⁹");
    QString text = QStringLiteral("2");
    for (const QChar digit : QString::number(exponent))
        text += digit == QLatin1Char('-') ? QStringLiteral("⁻") : QString(digits[digit.digitValue()]);
    return text;
}

} // namespace

GapPlot::GapPlot(QWidget* parent) : QWidget(parent) {
    setMouseTracking(true);
    setAccessibleName(tr("Sizes of the differences"));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void GapPlot::setHistogram(const DifferenceDetail::Histogram& histogram) {
    m_histogram = histogram;
    m_most = histogram.counts.empty() ? 0 : *std::ranges::max_element(histogram.counts);
    setAccessibleDescription(m_most == 0 ? tr("no differences of finite size")
                                         : tr("%1 bins from %2 to %3")
                                               .arg(histogram.counts.size())
                                               .arg(style::numberText(histogram.edges.front(), 3),
                                                    style::numberText(histogram.edges.back(), 3)));
    update();
}

void GapPlot::setLogarithmic(bool logarithmic) {
    m_logarithmic = logarithmic;
    update();
}

double GapPlot::barHeight(std::size_t bin) const {
    const auto count = m_histogram.counts[bin];
    if (count == 0 || m_most == 0)
        return 0;
    const double share = m_logarithmic
                             ? (std::log10(double(count)) + 0.3) / (std::log10(double(m_most)) + 0.3)
                             : double(count) / double(m_most);
    return std::clamp(share, 0.01, 1.0);
}

QRectF GapPlot::plot() const {
    const QFontMetricsF metrics(style::mapFont(font()));
    return QRectF(rect()).adjusted(metrics.horizontalAdvance(QStringLiteral("1.23 M")) + 6,
                                   metrics.height() / 2 + 2, -6, -metrics.height() - 4);
}

void GapPlot::paintEvent(QPaintEvent*) {
    if (m_most == 0)
        return;
    QPainter painter(this);
    const style::Theme theme(palette());
    const QRectF area = plot();
    const QFont small = style::mapFont(font());
    const QFontMetricsF metrics(small);
    painter.setFont(small);
    for (const double level : {0.0, 0.5, 1.0}) {
        const double y = area.bottom() - level * area.height();
        painter.fillRect(QRectF(area.left(), style::snapped(y, devicePixelRatioF()), area.width(),
                                1 / devicePixelRatioF()),
                         theme.line);
        const double count = m_logarithmic ? std::pow(10, level * (std::log10(double(m_most)) + 0.3) - 0.3)
                                           : level * double(m_most);
        painter.setPen(theme.secondary);
        painter.drawText(QRectF(0, y - metrics.height() / 2, area.left() - 5, metrics.height()),
                         Qt::AlignRight | Qt::AlignVCenter,
                         level == 0 ? QStringLiteral("0")
                                    : style::countText(std::uint64_t(std::llround(count))));
    }
    const double wide = area.width() / double(m_histogram.counts.size());
    for (std::size_t i = 0; i < m_histogram.counts.size(); ++i) {
        const double high = barHeight(i) * area.height();
        if (high <= 0)
            continue;
        const QRectF bar(area.left() + double(i) * wide, area.bottom() - std::max(1.0, high), wide,
                         std::max(1.0, high));
        painter.fillRect(style::snapped(bar, devicePixelRatioF()).adjusted(0, 0, wide > 3 ? -1 : 0, 0),
                         classColor(CompareClass::Different, theme));
    }
    // Powers of two below, as many as have room.
    painter.setPen(theme.secondary);
    double free = -1e9;
    for (std::size_t i = 0; i < m_histogram.edges.size(); ++i) {
        int exponent = 0;
        if (std::frexp(m_histogram.edges[i], &exponent) != 0.5)
            continue;
        const QString text = powerText(exponent - 1);
        const double advance = metrics.horizontalAdvance(text);
        const double left = area.left() + double(i) * wide - advance / 2;
        if (left < free || left + advance > width())
            continue;
        painter.drawText(QPointF(left, area.bottom() + metrics.ascent() + 3), text);
        free = left + advance + 34;
    }
}

void GapPlot::mouseMoveEvent(QMouseEvent* event) {
    const QRectF area = plot();
    if (m_most == 0 || !area.contains(event->position()))
        return MapTip::hideFrom(this);
    const auto bin = std::min(
        std::size_t((event->position().x() - area.left()) / area.width() * double(m_histogram.counts.size())),
        m_histogram.counts.size() - 1);
    MapTip::show(this, QRect(event->position().toPoint(), QSize(4, 4)),
                 QStringLiteral("%1 … %2").arg(style::numberText(m_histogram.edges[bin], 3),
                                               style::numberText(m_histogram.edges[bin + 1], 3)),
                 {{tr("values"), style::grouped(m_histogram.counts[bin])}});
}

void GapPlot::leaveEvent(QEvent*) {
    MapTip::hideFrom(this);
}

} // namespace shardlens::ui
