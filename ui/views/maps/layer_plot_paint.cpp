// SPDX-License-Identifier: Apache-2.0
// The painter's half of LayerPlot.
#include "ui/style/painting.h"
#include "ui/style/text.h"
#include "ui/views/maps/layer_plot.h"
#include "ui/views/parts/axis.h"

#include <QFontMetricsF>
#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <cmath>

namespace shardlens::ui {

void LayerPlot::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const style::Theme theme(palette());
    painter.fillRect(rect(), theme.base);
    if (!m_lines || m_lines->lines.empty()) {
        painter.setPen(theme.secondary);
        painter.drawText(rect(), Qt::AlignCenter,
                         m_lines ? tr("The names have no layers that repeat: nothing to plot.") : QString());
        return;
    }
    if (m_cache.isNull() || m_cache.devicePixelRatio() != devicePixelRatioF())
        m_cache = drawPlot();
    painter.drawPixmap(0, 0, m_cache);
    painter.setRenderHint(QPainter::Antialiasing);
    if (m_current) {
        painter.setPen(QPen(theme.line, 1));
        const double at = style::snapped(placeOf(m_current->line, m_current->point).x(), devicePixelRatioF());
        painter.drawLine(QPointF(at, area().top()), QPointF(at, area().bottom()));
        drawMark(painter, *m_current, true);
    }
    if (m_hovered && m_hovered != m_current)
        drawMark(painter, *m_hovered, false);
    if (hasFocus() && !m_current) {
        painter.setRenderHint(QPainter::Antialiasing, false);
        painter.setPen(QPen(theme.accent, 1));
        painter.drawRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5));
    }
}

QPixmap LayerPlot::drawPlot() const {
    const double ratio = devicePixelRatioF();
    QPixmap out((QSizeF(size()) * ratio).toSize());
    out.setDevicePixelRatio(ratio);
    const style::Theme theme(palette());
    out.fill(theme.base);
    QPainter painter(&out);
    painter.setFont(style::mapFont(font()));
    drawGrid(painter, theme);
    painter.setRenderHint(QPainter::Antialiasing);
    for (std::size_t line = m_lines->lines.size(); line-- > 0;)
        drawLine(painter, line);
    // What is sick is never hidden by a line.
    for (const auto& line : m_lines->lines)
        for (const auto& point : line.points)
            if (point.isSick())
                style::drawSeverity(painter, QRectF(x(point.layer) - 6, y(point.value) - 20, 12, 12),
                                    Severity::Warning, theme);
    return out;
}

void LayerPlot::drawGrid(QPainter& painter, const style::Theme& theme) const {
    const auto plot = area();
    const QFontMetricsF metrics(painter.font());
    const double ratio = devicePixelRatioF();
    std::vector<double> marks;
    if (usesLogarithm()) {
        const double first = std::floor(std::log10(m_lines->lowAboveZero)),
                     last = std::ceil(std::log10(m_lines->high));
        const bool few = last - first <= 2;
        for (double power = first; power <= last; ++power)
            for (const double factor : {1.0, 2.0, 5.0})
                if (factor == 1.0 || few)
                    marks.push_back(factor * std::pow(10, power));
        std::erase_if(marks,
                      [this](double mark) { return mark < m_lines->lowAboveZero || mark > m_lines->high; });
    } else {
        marks = roundMarks(std::min(0.0, m_lines->low), m_lines->high,
                           std::max(2, int(plot.height() / (2.4 * metrics.height()))));
    }
    double lastText = plot.bottom() + 4 * metrics.height();
    for (const double mark : marks) {
        const double at = style::snapped(y(mark), ratio);
        painter.fillRect(QRectF(plot.left(), at, plot.width(), 1 / ratio), theme.line);
        if (lastText - at < metrics.height() * 1.1)
            continue;
        lastText = at;
        painter.setPen(theme.secondary);
        painter.drawText(QRectF(0, at - metrics.height() / 2, plot.left() - 6, metrics.height()),
                         Qt::AlignRight | Qt::AlignVCenter,
                         m_measure == LayerMeasure::Zeros ? style::percentText(mark) : markText(mark));
    }
    painter.setPen(theme.secondary);
    const auto layers = m_lines->lastLayer - m_lines->firstLayer;
    const auto room = std::max(1.0, plot.width() / metrics.horizontalAdvance(QStringLiteral("99999")));
    const auto unit = std::max<std::uint32_t>(1, std::uint32_t(std::ceil(layers / room)));
    for (std::uint32_t layer = 0; layer <= layers; layer += unit) {
        const auto text = QString::number(m_lines->firstLayer + layer);
        const double advance = metrics.horizontalAdvance(text), at = x(m_lines->firstLayer + layer);
        painter.fillRect(QRectF(style::snapped(at, ratio), plot.bottom(), 1 / ratio, 3), theme.secondary);
        painter.drawText(QPointF(at - advance / 2, plot.bottom() + metrics.ascent() + 4), text);
    }
}

void LayerPlot::drawLine(QPainter& painter, std::size_t index) const {
    static const QList<QList<qreal>> dashes{{}, {4, 2}, {1, 2}, {6, 2, 1, 2}};
    const auto& line = m_lines->lines[index];
    const auto color = colorOf(index);
    QPen pen(color, 1.6, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin);
    if (const auto& dash = dashes[line.variant % dashes.size()]; !dash.isEmpty())
        pen.setDashPattern(dash);
    painter.setPen(pen);
    painter.setBrush(Qt::NoBrush);
    QPainterPath path;
    bool open = false;
    for (std::size_t i = 0; i < line.points.size(); ++i) {
        const bool there = std::isfinite(line.points[i].value);
        if (there && open)
            path.lineTo(placeOf(index, i));
        else if (there)
            path.moveTo(placeOf(index, i));
        open = there; // a gap where there is no value
    }
    painter.drawPath(path);
    const double apart = area().width() / double(std::max<std::size_t>(line.points.size(), 1));
    if (apart < 7)
        return; // a caterpillar
    painter.setPen(Qt::NoPen);
    painter.setBrush(color);
    for (std::size_t i = 0; i < line.points.size(); ++i)
        if (std::isfinite(line.points[i].value))
            painter.drawEllipse(placeOf(index, i), 2.2, 2.2);
}

void LayerPlot::drawMark(QPainter& painter, const Place& place, bool strong) const {
    const style::Theme theme(palette());
    const auto at = placeOf(place.line, place.point);
    painter.setPen(QPen(theme.base, 2));
    painter.setBrush(theme.text);
    painter.drawEllipse(at, strong ? 6.5 : 5.0, strong ? 6.5 : 5.0);
    painter.setPen(Qt::NoPen);
    painter.setBrush(colorOf(place.line));
    painter.drawEllipse(at, 3.5, 3.5);
}

} // namespace shardlens::ui
