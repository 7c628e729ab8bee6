// SPDX-License-Identifier: Apache-2.0
#include "ui/views/parts/histogram_plot.h"

#include "ui/style/painting.h"
#include "ui/style/text.h"
#include "ui/views/parts/axis.h"
#include "ui/views/parts/map_tip.h"

#include <QAccessible>
#include <QFontMetricsF>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace shardlens::ui {
HistogramPlot::HistogramPlot(QWidget* parent) : QWidget(parent) {
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("Histogram"));
}

void HistogramPlot::setStatistics(const Statistics& statistics) {
    m_statistics = statistics;
    m_cursor.reset();
    const auto& counts = m_statistics.histogram.counts;
    m_most = counts.empty() ? 0 : *std::ranges::max_element(counts);
    setAccessibleDescription(tr("%1 bins from %2 to %3")
                                 .arg(counts.size())
                                 .arg(style::numberText(statistics.min), style::numberText(statistics.max)));
    update();
}

void HistogramPlot::clear() {
    m_statistics = {};
    m_cursor.reset();
    m_most = 0;
    update();
}

void HistogramPlot::setLogarithmic(bool logarithmic) {
    m_logarithmic = logarithmic;
    update();
}

double HistogramPlot::barHeight(std::size_t bin) const {
    const auto count = m_statistics.histogram.counts[bin];
    if (count == 0 || m_most == 0)
        return 0;
    const double share = m_logarithmic
                             ? (std::log10(double(count)) + 0.3) / (std::log10(double(m_most)) + 0.3)
                             : double(count) / double(m_most);
    return std::clamp(share, 0.01, 1.0);
}

QRectF HistogramPlot::plot() const {
    const QFontMetricsF metrics(style::mapFont(font()));
    return QRectF(rect()).adjusted(metrics.horizontalAdvance(QStringLiteral("000,000")) + 6, metrics.height(),
                                   -6, -metrics.height() - 4);
}

double HistogramPlot::x(double value) const {
    const auto& edges = m_statistics.histogram.edges;
    const auto area = plot();
    const double low = edges.front(), span = edges.back() - low;
    return area.left() + (span > 0 ? (value - low) / span : 0.5) * area.width();
}

void HistogramPlot::paintEvent(QPaintEvent*) {
    const auto& histogram = m_statistics.histogram;
    if (histogram.counts.empty() || m_most == 0)
        return;
    QPainter painter(this);
    const style::Theme theme(palette());
    const auto area = plot();
    const auto small = style::mapFont(font());
    const QFontMetricsF metrics(small);
    painter.setFont(small);
    for (double count = 1; count <= double(m_most); count *= m_logarithmic ? 100 : 1e30) {
        const double y = m_logarithmic ? area.bottom() - area.height() * (std::log10(count) + 0.3) /
                                                             (std::log10(double(m_most)) + 0.3)
                                       : area.top();
        painter.fillRect(QRectF(area.left(), style::snapped(y, devicePixelRatioF()), area.width(),
                                1 / devicePixelRatioF()),
                         theme.line);
        painter.setPen(theme.secondary);
        painter.drawText(QRectF(0, y - metrics.height() / 2, area.left() - 5, metrics.height()),
                         Qt::AlignRight | Qt::AlignVCenter,
                         style::countText(m_logarithmic ? std::uint64_t(count) : m_most));
    }
    const double width = area.width() / double(histogram.counts.size());
    for (std::size_t i = 0; i < histogram.counts.size(); ++i) {
        const double height = barHeight(i) * area.height();
        if (height <= 0)
            continue;
        const auto bar =
            style::snapped(QRectF(area.left() + double(i) * width, area.bottom() - std::max(1.0, height),
                                  width, std::max(1.0, height)),
                           devicePixelRatioF());
        const double middle = std::fabs(double(i) / double(histogram.counts.size()) - 0.5) * 2;
        painter.fillRect(bar.adjusted(0, 0, bar.width() > 3 ? -1 : 0, 0),
                         style::mix(theme.ordered(0.7), theme.accent, middle));
    }
    if (hasFocus())
        style::drawMapSelection(painter, m_cursor ? column(*m_cursor) : area, theme);
    painter.setPen(theme.secondary);
    const int room = int(area.width() / metrics.horizontalAdvance(QStringLiteral("−0.000000")));
    for (const double value :
         roundMarks(histogram.edges.front(), histogram.edges.back(), std::max(room, 2))) {
        const auto text = markText(value);
        const double advance = metrics.horizontalAdvance(text);
        const double at =
            std::clamp(x(value) - advance / 2, area.left() - 8, width > 0 ? this->width() - advance : 0.0);
        painter.drawText(QPointF(at, area.bottom() + metrics.ascent() + 3), text);
    }
    painter.setPen(QPen(theme.text, 1, Qt::DashLine));
    for (const auto& [index, name] :
         {std::pair<std::size_t, const char*>{0, "1 %"}, {Statistics::QuantilesAt.size() - 1, "99 %"}}) {
        const double at = x(m_statistics.quantiles[index]);
        if (!(at >= area.left() && at <= area.right()))
            continue;
        painter.drawLine(QPointF(at, area.top() - 2), QPointF(at, area.bottom()));
        const auto text = QLatin1String(name);
        painter.drawText(QPointF(index == 0 ? at - metrics.horizontalAdvance(text) - 3 : at + 3,
                                 area.top() + metrics.ascent() - 8),
                         text);
    }
}

void HistogramPlot::mouseMoveEvent(QMouseEvent* event) {
    const auto& histogram = m_statistics.histogram;
    const auto area = plot();
    if (histogram.counts.empty() || !area.contains(event->position()))
        return MapTip::hideFrom(this);
    const auto bin = std::min(
        std::size_t((event->position().x() - area.left()) / area.width() * double(histogram.counts.size())),
        histogram.counts.size() - 1);
    showBin(bin, QRect(event->position().toPoint(), QSize(4, 4)));
}

void HistogramPlot::showBin(std::size_t bin, const QRect& avoid) {
    const auto& histogram = m_statistics.histogram;
    const auto count = histogram.counts[bin];
    const auto range = QStringLiteral("%1 … %2").arg(style::numberText(histogram.edges[bin]),
                                                     style::numberText(histogram.edges[bin + 1]));
    MapTip::show(this, avoid, range,
                 {{tr("values"), style::grouped(count)},
                  {tr("share"),
                   style::percentText(m_statistics.count ? double(count) / double(m_statistics.count) : 0)}});
}

QRectF HistogramPlot::column(std::size_t bin) const {
    const auto area = plot();
    const double width = area.width() / double(m_statistics.histogram.counts.size());
    return {area.left() + double(bin) * width, area.top(), width, area.height()};
}

void HistogramPlot::keyPressEvent(QKeyEvent* event) {
    const auto& histogram = m_statistics.histogram;
    const int by = event->key() == Qt::Key_Left ? -1 : event->key() == Qt::Key_Right ? 1 : 0;
    if (by == 0 || histogram.counts.empty())
        return QWidget::keyPressEvent(event);
    const auto last = std::ptrdiff_t(histogram.counts.size()) - 1;
    m_cursor = std::size_t(m_cursor ? std::clamp<std::ptrdiff_t>(std::ptrdiff_t(*m_cursor) + by, 0, last)
                           : by > 0 ? 0
                                    : last);
    setAccessibleDescription(tr("%1 values from %2 to %3")
                                 .arg(style::grouped(histogram.counts[*m_cursor]),
                                      style::numberText(histogram.edges[*m_cursor]),
                                      style::numberText(histogram.edges[*m_cursor + 1])));
    QAccessibleEvent changed(this, QAccessible::DescriptionChanged);
    QAccessible::updateAccessibility(&changed);
    showBin(*m_cursor, column(*m_cursor).toAlignedRect());
    update();
}

void HistogramPlot::focusOutEvent(QFocusEvent* event) {
    MapTip::hideFrom(this);
    update();
    QWidget::focusOutEvent(event);
}

void HistogramPlot::leaveEvent(QEvent*) {
    MapTip::hideFrom(this);
}

} // namespace shardlens::ui
