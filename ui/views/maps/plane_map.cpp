// SPDX-License-Identifier: Apache-2.0
#include "ui/views/maps/plane_map.h"

#include "ui/style/painting.h"
#include "ui/style/text.h"
#include "ui/views/parts/map_tip.h"

#include <QFontMetricsF>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace shardlens::ui {
namespace {

constexpr double LeastMark = 2; ///< damage never vanishes
constexpr double LeastFrame = 6;
constexpr double ScaleWidth = 12;
constexpr int ScaleMarks = 4;

} // namespace

PlaneMap::PlaneMap(QWidget* parent) : QWidget(parent) {
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("Map of the whole tensor"));
}

void PlaneMap::setMap(ValueMapPtr map) {
    m_map = std::move(map);
    m_cache = {};
    m_dragging = false;
    update();
}

void PlaneMap::setScale(const HeatScale& scale) {
    m_scale = scale;
    m_cache = {};
    update();
}

void PlaneMap::setFrame(std::uint64_t row, std::uint64_t column, std::uint64_t rows, std::uint64_t columns) {
    const Frame frame{row, column, rows, columns};
    if (frame == m_frame)
        return;
    m_frame = frame;
    setAccessibleDescription(
        tr("The grid shows rows %1 and columns %2")
            .arg(style::rangeText(row, row + rows), style::rangeText(column, column + columns)));
    update();
}

QRectF PlaneMap::mapArea() const {
    const QFontMetricsF metrics(style::mapFont(font()));
    const auto rows = empty() ? 0 : m_map->plane.rows;
    const double left = metrics.horizontalAdvance(QString::number(rows)) + 8,
                 right = ScaleWidth + 12 + metrics.horizontalAdvance(QStringLiteral("−0.0888"));
    return QRectF(rect()).adjusted(left, metrics.height() + 4, -right, -6);
}

QRectF PlaneMap::frameRect() const {
    if (empty())
        return {};
    const auto area = mapArea();
    const auto& plane = m_map->plane;
    QRectF frame(area.left() + double(m_frame.column) / double(plane.columns) * area.width(),
                 area.top() + double(m_frame.row) / double(plane.rows) * area.height(),
                 std::min(1.0, double(m_frame.columns) / double(plane.columns)) * area.width(),
                 std::min(1.0, double(m_frame.rows) / double(plane.rows)) * area.height());
    const QSizeF size(std::max(frame.width(), LeastFrame), std::max(frame.height(), LeastFrame));
    const auto middle = frame.center();
    frame.setSize(size);
    frame.moveCenter(middle);
    frame.moveLeft(std::clamp(frame.left(), area.left(), std::max(area.left(), area.right() - size.width())));
    frame.moveTop(std::clamp(frame.top(), area.top(), std::max(area.top(), area.bottom() - size.height())));
    return frame;
}

void PlaneMap::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const style::Theme theme(palette());
    painter.fillRect(rect(), theme.base);
    if (empty())
        return;
    if (m_cache.isNull() || m_cache.devicePixelRatio() != devicePixelRatioF())
        m_cache = drawMap();
    painter.drawPixmap(0, 0, m_cache);
    style::drawMapSelection(painter, style::snapped(frameRect(), devicePixelRatioF()), theme);
    if (hasFocus()) {
        painter.setPen(QPen(theme.accent, 1));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(style::snapped(mapArea(), devicePixelRatioF()).adjusted(-1.5, -1.5, 1.5, 1.5));
    }
}

QPixmap PlaneMap::picture() const {
    return empty() ? QPixmap() : drawMap();
}

QPixmap PlaneMap::drawMap() const {
    const double ratio = devicePixelRatioF();
    QPixmap out((QSizeF(size()) * ratio).toSize());
    out.setDevicePixelRatio(ratio);
    const style::Theme theme(palette());
    out.fill(theme.base);
    QPainter painter(&out);
    const auto area = style::snapped(mapArea(), ratio);
    painter.drawImage(area, pointsImage(theme)); // hard edges: a point is a rectangle, not a blur
    drawMarks(painter, area, theme);
    painter.setPen(QPen(theme.line, 1 / ratio));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(area);
    painter.setFont(style::mapFont(font()));
    drawAxes(painter, area, theme);
    drawScale(painter, area, theme);
    return out;
}

QImage PlaneMap::pointsImage(const style::Theme& theme) const {
    QImage image(int(m_map->columns), int(m_map->rows), QImage::Format_RGB32);
    const auto scale =
        m_scale.mode == HeatScale::Mode::Off
            ? HeatScale{m_map->negative ? HeatScale::Mode::Signed : HeatScale::Mode::Amount, m_map->usual}
            : m_scale;
    for (std::uint32_t row = 0; row < m_map->rows; ++row) {
        auto* line = reinterpret_cast<QRgb*>(image.scanLine(int(row)));
        for (std::uint32_t column = 0; column < m_map->columns; ++column)
            line[column] = scale.of(m_map->values[m_map->index(row, column)], theme).rgb();
    }
    return image;
}

void PlaneMap::drawMarks(QPainter& painter, const QRectF& area, const style::Theme& theme) const {
    const double width = area.width() / m_map->columns, height = area.height() / m_map->rows;
    for (std::uint32_t row = 0; row < m_map->rows; ++row)
        for (std::uint32_t column = 0; column < m_map->columns; ++column) {
            const auto marks = m_map->marks[m_map->index(row, column)];
            if (marks == 0)
                continue;
            const QRectF point(area.left() + column * width, area.top() + row * height,
                               std::max(width, LeastMark), std::max(height, LeastMark));
            if (marks & ValueMap::HasNan)
                drawNanMark(painter, style::snapped(point, devicePixelRatioF()), theme);
            if (marks & ValueMap::HasPositiveInfinity)
                drawInfinityMark(painter, point, false, theme);
            if (marks & ValueMap::HasNegativeInfinity)
                drawInfinityMark(painter, point, true, theme);
        }
}

void PlaneMap::drawAxes(QPainter& painter, const QRectF& area, const style::Theme& theme) const {
    const QFontMetricsF metrics(painter.font());
    painter.setPen(theme.secondary);
    const auto& plane = m_map->plane;
    constexpr std::uint64_t parts = 4;
    double free = -1e9; // columns: left of this something is written
    for (std::uint64_t i = 0; i <= parts; ++i) {
        const auto column = i == parts ? plane.columns - 1 : ValueMap::share(plane.columns, i, parts);
        const auto text = QString::number(column);
        const double width = metrics.horizontalAdvance(text);
        double at = area.left() + area.width() * double(i) / parts - (i == parts ? width : i ? width / 2 : 0);
        if (at < free + 6 ||
            (i < parts &&
             at + width + 8 > area.right() - metrics.horizontalAdvance(QString::number(plane.columns))))
            continue;
        painter.drawText(QPointF(at, area.top() - 4), text);
        free = at + width;
    }
    free = -1e9;
    for (std::uint64_t i = 0; i <= parts; ++i) {
        const auto row = i == parts ? plane.rows - 1 : ValueMap::share(plane.rows, i, parts);
        const double at = area.top() + area.height() * double(i) / parts +
                          (i == 0       ? metrics.height() / 2
                           : i == parts ? -metrics.height() / 2
                                        : 0);
        if (at - metrics.height() / 2 < free || (i > 0 && plane.rows == 1))
            continue;
        painter.drawText(QRectF(0, at - metrics.height() / 2, area.left() - 5, metrics.height()),
                         Qt::AlignRight | Qt::AlignVCenter, QString::number(row));
        free = at + metrics.height() / 2;
    }
}

void PlaneMap::drawScale(QPainter& painter, const QRectF& area, const style::Theme& theme) const {
    if (m_scale.mode == HeatScale::Mode::Off)
        return;
    const QFontMetricsF metrics(painter.font());
    const QRectF bar(area.right() + 8, area.top(), ScaleWidth, area.height());
    const bool both = m_scale.mode == HeatScale::Mode::Signed;
    const auto valueAt = [&](double share) { // from the top
        return both ? m_scale.limit * (1 - 2 * share) : m_scale.limit * (1 - share);
    };
    const int steps = std::max(1, int(bar.height()));
    for (int i = 0; i < steps; ++i)
        painter.fillRect(QRectF(bar.left(), bar.top() + i, bar.width(), 1),
                         m_scale.of(valueAt((i + 0.5) / steps), theme));
    painter.setPen(QPen(theme.line, 1 / devicePixelRatioF()));
    painter.drawRect(bar);
    painter.setPen(theme.secondary);
    for (int i = 0; i <= ScaleMarks; ++i) {
        const double share = double(i) / ScaleMarks;
        double at = bar.top() + share * bar.height();
        at = std::clamp(at, bar.top() + metrics.height() / 2, bar.bottom() - metrics.height() / 2);
        painter.drawText(QRectF(bar.right() + 4, at - metrics.height() / 2, width(), metrics.height()),
                         Qt::AlignLeft | Qt::AlignVCenter, style::numberText(valueAt(share), 2));
    }
}

void PlaneMap::moveTo(const QPointF& position) {
    const auto area = mapArea();
    moveFrame((position.y() - area.top()) / area.height() * double(m_map->plane.rows) -
                  double(m_frame.rows) / 2,
              (position.x() - area.left()) / area.width() * double(m_map->plane.columns) -
                  double(m_frame.columns) / 2);
}

void PlaneMap::moveFrame(double row, double column) {
    const auto& plane = m_map->plane;
    const auto bounded = [](double at, std::uint64_t size, std::uint64_t all) {
        const auto last = all - std::min(size, all);
        return at <= 0 ? 0 : std::min(std::uint64_t(at), last);
    };
    const auto toRow = bounded(row, m_frame.rows, plane.rows),
               toColumn = bounded(column, m_frame.columns, plane.columns);
    if (toRow != m_frame.row || toColumn != m_frame.column)
        emit frameMoved(toRow, toColumn);
}

void PlaneMap::mousePressEvent(QMouseEvent* event) {
    if (empty() || event->button() != Qt::LeftButton)
        return;
    m_dragging = true;
    MapTip::hideFrom(this);
    moveTo(event->position());
}

void PlaneMap::mouseMoveEvent(QMouseEvent* event) {
    if (empty())
        return;
    if (m_dragging)
        moveTo(event->position());
    else
        showTip(event->position());
}

void PlaneMap::mouseReleaseEvent(QMouseEvent*) {
    m_dragging = false;
}

void PlaneMap::leaveEvent(QEvent*) {
    MapTip::hideFrom(this);
}

void PlaneMap::showTip(const QPointF& position) {
    const auto area = mapArea();
    if (!area.contains(position))
        return MapTip::hideFrom(this);
    const auto point = [](double share, std::uint32_t count) {
        return std::min(std::uint32_t(share * count), count - 1);
    };
    const auto row = point((position.y() - area.top()) / area.height(), m_map->rows),
               column = point((position.x() - area.left()) / area.width(), m_map->columns);
    const auto index = m_map->index(row, column);
    const double value = m_map->values[index];
    MapTip::Lines lines{
        {tr("rows"), style::rangeText(m_map->rowAt(row), m_map->rowAt(row + 1))},
        {tr("columns"), style::rangeText(m_map->columnAt(column), m_map->columnAt(column + 1))}};
    if (m_map->marks[index] & ValueMap::HasNan)
        lines.append({tr("holds"), QStringLiteral("NaN")});
    if (m_map->marks[index] & ValueMap::HasPositiveInfinity)
        lines.append({tr("holds"), QStringLiteral("∞")});
    if (m_map->marks[index] & ValueMap::HasNegativeInfinity)
        lines.append({tr("holds"), QStringLiteral("−∞")});
    MapTip::show(this, QRect(position.toPoint(), QSize(4, 4)),
                 std::isnan(value) ? tr("no finite value") : style::numberText(value, 5), lines);
}

void PlaneMap::keyPressEvent(QKeyEvent* event) {
    if (empty())
        return QWidget::keyPressEvent(event);
    const double row = double(m_frame.row), column = double(m_frame.column);
    const double rows = std::max(1.0, double(m_frame.rows)), columns = std::max(1.0, double(m_frame.columns));
    // A whole frame with the page keys; with an arrow at least a point of the map, so that something moves.
    const double down = std::max(rows / 2, double(m_map->plane.rows) / m_map->rows),
                 right = std::max(columns / 2, double(m_map->plane.columns) / m_map->columns);
    switch (event->key()) {
    case Qt::Key_Left:
        return moveFrame(row, column - right);
    case Qt::Key_Right:
        return moveFrame(row, column + right);
    case Qt::Key_Up:
        return moveFrame(row - down, column);
    case Qt::Key_Down:
        return moveFrame(row + down, column);
    case Qt::Key_PageUp:
        return moveFrame(row - double(m_map->plane.rows) / 8, column);
    case Qt::Key_PageDown:
        return moveFrame(row + double(m_map->plane.rows) / 8, column);
    case Qt::Key_Home:
        return moveFrame(0, 0);
    case Qt::Key_End:
        return moveFrame(double(m_map->plane.rows), double(m_map->plane.columns));
    default:
        QWidget::keyPressEvent(event);
    }
}

void PlaneMap::resizeEvent(QResizeEvent*) {
    m_cache = {};
}

void PlaneMap::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange) {
        m_cache = {};
        update();
    }
}

} // namespace shardlens::ui
