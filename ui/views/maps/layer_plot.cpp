// SPDX-License-Identifier: Apache-2.0
#include "ui/views/maps/layer_plot.h"

#include "ui/style/painting.h"
#include "ui/style/text.h"
#include "ui/views/parts/map_tip.h"

#include <QCoreApplication>
#include <QFontMetricsF>
#include <QKeyEvent>
#include <QMouseEvent>

#include <algorithm>
#include <cmath>

namespace shardlens::ui {
namespace {

constexpr double Reach = 24;  ///< of the pointer
constexpr double LogFrom = 8; ///< the ratio of the extremes from which a logarithm tells more
constexpr int MaxLayerStep = 1 << 30;

} // namespace

LayerPlot::LayerPlot(QWidget* parent) : QWidget(parent) {
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("Plot over the layers"));
}

void LayerPlot::setLines(CheckpointPtr checkpoint, LayerLinesPtr lines, LayerMeasure measure) {
    const auto selected = current();
    m_checkpoint = std::move(checkpoint);
    m_lines = std::move(lines);
    m_measure = measure;
    m_hovered.reset();
    m_current.reset();
    setAccessibleDescription(m_lines && !m_lines->lines.empty()
                                 ? tr("%1 of %2 kinds of tensors over layers %3 to %4")
                                       .arg(layerMeasureTitle(measure))
                                       .arg(m_lines->lines.size())
                                       .arg(m_lines->firstLayer)
                                       .arg(m_lines->lastLayer)
                                 : tr("No repeated layers"));
    setSelected(selected);
    redraw();
}

void LayerPlot::setLogarithmic(bool logarithmic) {
    m_logarithmic = logarithmic;
    redraw();
}

void LayerPlot::redraw() {
    m_cache = {};
    update();
}

TensorId LayerPlot::current() const {
    return m_current && m_lines ? m_lines->lines[m_current->line].points[m_current->point].tensor
                                : TensorId();
}

void LayerPlot::setSelected(TensorId tensor) {
    if (tensor.valid() && current() == tensor)
        return;
    m_current.reset();
    if (m_lines && tensor.valid())
        for (std::size_t line = 0; line < m_lines->lines.size() && !m_current; ++line) {
            const auto& points = m_lines->lines[line].points;
            const auto found = std::ranges::find(points, tensor, &LayerPoint::tensor);
            if (found != points.end())
                m_current = Place{line, std::size_t(found - points.begin())};
        }
    update();
}

bool LayerPlot::usesLogarithm() const {
    return m_logarithmic && m_lines->lowAboveZero > 0 && m_lines->high > m_lines->lowAboveZero * LogFrom;
}

QRectF LayerPlot::area() const {
    const QFontMetricsF metrics(style::mapFont(font()));
    return QRectF(rect()).adjusted(metrics.horizontalAdvance(QStringLiteral("−1.0e−05")) + 12,
                                   metrics.height() * 0.8, -14, -metrics.height() - 8);
}

double LayerPlot::x(std::uint32_t layer) const {
    const auto plot = area();
    const auto layers = m_lines->lastLayer - m_lines->firstLayer;
    return plot.left() + (layers ? double(layer - m_lines->firstLayer) / layers : 0.5) * plot.width();
}

double LayerPlot::y(double value) const {
    const auto plot = area();
    if (!std::isfinite(value))
        return plot.bottom();
    double low = usesLogarithm() ? m_lines->lowAboveZero : std::min(0.0, m_lines->low), high = m_lines->high;
    if (usesLogarithm()) {
        if (value <= 0)
            return plot.bottom(); // zero has no logarithm: on the frame, below all others
        value = std::log(value);
        low = std::log(low);
        high = std::log(high);
    }
    const double share = high > low ? (value - low) / (high - low) : 0.5;
    return plot.bottom() - (0.04 + 0.92 * share) * plot.height(); // no line on the frame
}

QPointF LayerPlot::placeOf(std::size_t line, std::size_t point) const {
    const auto& one = m_lines->lines[line].points[point];
    return {x(one.layer), y(one.value)};
}

QColor LayerPlot::colorOf(std::size_t line) const {
    return style::Theme(palette()).role(m_lines->lines[line].role);
}

std::optional<LayerPlot::Place> LayerPlot::nearest(const QPointF& position) const {
    std::optional<Place> out;
    double best = Reach * Reach;
    if (!m_lines)
        return out;
    for (std::size_t line = 0; line < m_lines->lines.size(); ++line) {
        const auto& points = m_lines->lines[line].points;
        for (std::size_t point = 0; point < points.size(); ++point) {
            const auto away = placeOf(line, point) - position;
            const double distance = QPointF::dotProduct(away, away);
            if (distance < best) {
                best = distance;
                out = Place{line, point};
            }
        }
    }
    return out;
}

QString LayerPlot::valueText(double value) const {
    return m_measure == LayerMeasure::Zeros ? style::percentText(value) : style::numberText(value, 3);
}

QString LayerPlot::title(const Place& place) const {
    const auto& point = m_lines->lines[place.line].points[place.point];
    return point.tensors > 1
               ? tr("%1, layer %2").arg(style::plain(m_lines->lines[place.line].label, 120)).arg(point.layer)
               : style::plain(m_checkpoint->tensor(point.tensor).name(), 120);
}

void LayerPlot::showTip(const Place& place) {
    const auto& point = m_lines->lines[place.line].points[place.point];
    MapTip::Lines lines{{layerMeasureTitle(m_measure), std::isnan(point.value)
                                                           ? tr("no finite value")
                                                           : QString::number(point.value, 'g', 9)},
                        {tr("layer"), QString::number(point.layer)}};
    if (point.tensors > 1)
        lines.append({tr("tensors together"), QString::number(point.tensors)});
    if (point.nan)
        lines.append({tr("NaN"), style::grouped(point.nan)});
    if (point.infinite)
        lines.append({tr("±Inf"), style::grouped(point.infinite)});
    const auto at = placeOf(place.line, place.point).toPoint();
    MapTip::show(this, QRect(at - QPoint(7, 7), QSize(14, 14)), title(place), lines);
}

void LayerPlot::mouseMoveEvent(QMouseEvent* event) {
    const auto found = nearest(event->position());
    if (found == m_hovered)
        return;
    m_hovered = found;
    update();
    if (found)
        showTip(*found);
    else
        MapTip::hideFrom(this);
}

void LayerPlot::leaveEvent(QEvent*) {
    m_hovered.reset();
    MapTip::hideFrom(this);
    update();
}

void LayerPlot::mousePressEvent(QMouseEvent* event) {
    if (const auto found = nearest(event->position()); found && event->button() == Qt::LeftButton)
        moveTo(*found);
}

void LayerPlot::moveTo(const Place& place) {
    m_current = place;
    const auto& point = m_lines->lines[place.line].points[place.point];
    setAccessibleDescription(tr("%1: %2 %3, layer %4")
                                 .arg(title(place), layerMeasureTitle(m_measure), valueText(point.value))
                                 .arg(point.layer));
    update();
    emit picked(point.tensor);
}

/// Left and right walk along a line; up and down go to the line that is next at this layer.
void LayerPlot::step(int layers, int lines) {
    if (!m_lines || m_lines->lines.empty())
        return;
    if (!m_current)
        return moveTo({0, 0});
    auto next = *m_current;
    const auto& points = m_lines->lines[next.line].points;
    if (layers != 0) {
        next.point = std::size_t(
            std::clamp<qsizetype>(qsizetype(next.point) + layers, 0, qsizetype(points.size()) - 1));
        return moveTo(next);
    }
    const auto layer = points[next.point].layer;
    const double from = placeOf(next.line, next.point).y();
    double best = 1e9;
    for (std::size_t line = 0; line < m_lines->lines.size(); ++line) {
        const auto& other = m_lines->lines[line].points;
        const auto found = std::ranges::find(other, layer, &LayerPoint::layer);
        if (line == m_current->line || found == other.end())
            continue;
        const auto point = std::size_t(found - other.begin());
        const double distance = (placeOf(line, point).y() - from) * lines;
        // Lines that meet are passed in their order.
        const bool beyond = distance > 0 || (distance == 0 && (line > m_current->line) == (lines > 0));
        if (beyond && distance < best) {
            best = distance;
            next = {line, point};
        }
    }
    moveTo(next);
}

void LayerPlot::keyPressEvent(QKeyEvent* event) {
    switch (event->key()) {
    case Qt::Key_Left:
        return step(-1, 0);
    case Qt::Key_Right:
        return step(1, 0);
    case Qt::Key_Home:
        return step(-MaxLayerStep, 0);
    case Qt::Key_End:
        return step(MaxLayerStep, 0);
    case Qt::Key_Up:
        return step(0, -1);
    case Qt::Key_Down:
        return step(0, 1);
    default:
        QWidget::keyPressEvent(event);
    }
}

void LayerPlot::resizeEvent(QResizeEvent*) {
    redraw();
}

void LayerPlot::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange)
        redraw();
}

QList<LegendItem> LayerPlot::legend() const {
    QList<LegendItem> out;
    if (!m_lines)
        return out;
    for (std::size_t line = 0; line < m_lines->lines.size(); ++line) {
        auto text = style::plain(m_lines->lines[line].label, 60);
        for (const auto* ending : {".weight", "_proj"}) // what says least goes
            if (text.endsWith(QLatin1String(ending)))
                text.chop(qsizetype(std::char_traits<char>::length(ending)));
        out.append({colorOf(line), text, {}});
    }
    return out;
}

QString layerMeasureTitle(LayerMeasure measure) {
    const auto tr = [](const char* text) {
        return QCoreApplication::translate("layers", text);
    };
    switch (measure) {
    case LayerMeasure::L2:
        return tr("L2 norm");
    case LayerMeasure::Rms:
        return tr("root mean square");
    case LayerMeasure::Std:
        return tr("standard deviation");
    case LayerMeasure::AbsMax:
        return tr("largest magnitude");
    case LayerMeasure::Zeros:
        return tr("share of zeros");
    }
    return {};
}

} // namespace shardlens::ui
