// SPDX-License-Identifier: Apache-2.0
#include "ui/views/difference_map.h"

#include "ui/models/compare_model.h"
#include "ui/models/slice_facts.h"
#include "ui/style/painting.h"
#include "ui/style/text.h"
#include "ui/views/compare_colors.h"
#include "ui/views/parts/map_tip.h"

#include <QAccessible>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace shardlens::ui {

namespace {

constexpr double SliceWidth = 6, SliceGap = 2;
constexpr std::uint32_t MostSlices = 512; ///< more are thinner than a pixel

} // namespace

DifferenceMap::DifferenceMap(QWidget* parent) : QWidget(parent) {
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("Map of the differences"));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
}

void DifferenceMap::setDetail(CompareResultPtr result, TensorId inA,
                              std::shared_ptr<const DifferenceDetail> detail) {
    m_result = std::move(result);
    m_tensor = inA;
    m_detail = std::move(detail);
    m_cursor.reset();
    const auto tensor = m_result->a.checkpoint->tensor(inA);
    m_rows = tensor.shape().size() < 2 ? 1 : tensor.shape()[0];
    m_columns = m_rows == 0 ? 0 : tensor.elements() / m_rows;
    setAccessibleDescription(pointText());
    update();
}

void DifferenceMap::clear() {
    m_detail = nullptr;
    m_cursor.reset();
    update();
}

QString DifferenceMap::pointText() const {
    if (!m_detail)
        return {};
    const auto high = (m_rows + m_detail->mapRows - 1) / std::max(1U, m_detail->mapRows);
    const auto wide = (m_columns + m_detail->mapColumns - 1) / std::max(1U, m_detail->mapColumns);
    return high == 1 && wide == 1 ? tr("each point is one value")
                                  : tr("each point is the largest of %1 × %2 values")
                                        .arg(style::grouped(high), style::grouped(wide));
}

QRectF DifferenceMap::plot() const {
    const QFontMetricsF metrics(style::mapFont(font()));
    const double labels = metrics.horizontalAdvance(QString::number(m_rows)) + 6;
    const QRectF room = QRectF(rect()).adjusted(labels + SliceWidth + SliceGap, metrics.height() + 3, -2, -4);
    // A vector is a band, not a tower.
    return m_rows == 1 ? QRectF(room.left(), room.top(), room.width(), std::min(room.height(), 40.0)) : room;
}

std::uint64_t DifferenceMap::firstOf(std::uint64_t at, std::uint64_t of, std::uint32_t points) const {
    return std::uint64_t(std::ceil(double(at) * double(of) / double(points)));
}

QRectF DifferenceMap::rectOf(Point point) const {
    const QRectF area = plot();
    const double wide = area.width() / m_detail->mapColumns, high = area.height() / m_detail->mapRows;
    return {area.left() + point.column * wide, area.top() + point.row * high, wide, high};
}

void DifferenceMap::paintPoints(QPainter& painter) const {
    const style::Theme theme(palette());
    const QRectF area = style::snapped(plot(), devicePixelRatioF());
    painter.fillRect(area, theme.track);
    float most = 0;
    for (const float gap : m_detail->map)
        if (std::isfinite(gap))
            most = std::max(most, gap);
    for (std::uint32_t row = 0; row < m_detail->mapRows; ++row) {
        for (std::uint32_t column = 0; column < m_detail->mapColumns; ++column) {
            const float gap = m_detail->map[std::size_t{row} * m_detail->mapColumns + column];
            if (gap <= 0)
                continue;
            QRectF point = rectOf({row, column});
            // Never below two pixels: a lone difference in a large tensor must be seen.
            point.setSize({std::max(point.width(), 2.0), std::max(point.height(), 2.0)});
            const double share = most > 0 ? std::sqrt(double(gap) / double(most)) : 1;
            painter.fillRect(style::snapped(point, devicePixelRatioF()),
                             std::isfinite(gap) ? differenceColor(share, theme) : theme.notANumber());
        }
    }
    painter.setPen(QPen(theme.secondary, 1));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(area.adjusted(-0.5, -0.5, 0.5, 0.5));
}

void DifferenceMap::paintSlices(QPainter& painter) const {
    const auto& checkpoint = *m_result->a.checkpoint;
    const auto tensor = checkpoint.tensor(m_tensor);
    if (m_rows < 2 || tensor.sliceCount() < 2 || tensor.sliceCount() > MostSlices)
        return;
    const style::Theme theme(palette());
    const ShardKeys keys(checkpoint);
    const QRectF area = plot();
    for (std::uint32_t i = 0; i < tensor.sliceCount(); ++i) {
        const Slice slice = checkpoint.slice(tensor.slice(i));
        const double top = area.top() + area.height() * double(slice.box.offset[0]) / double(m_rows);
        const double high = area.height() * double(slice.box.size[0]) / double(m_rows);
        painter.fillRect(style::snapped(QRectF(area.left() - SliceGap - SliceWidth, top, SliceWidth,
                                               std::max(1.0, high - 1)),
                                        devicePixelRatioF()),
                         theme.ordered(std::size_t{keys.of(slice.file)}, std::size_t{keys.count()}));
    }
}

void DifferenceMap::paintLabels(QPainter& painter) const {
    const style::Theme theme(palette());
    const QFont small = style::mapFont(font());
    const QFontMetricsF metrics(small);
    const QRectF area = plot();
    painter.setFont(small);
    painter.setPen(theme.secondary);
    const double above = area.top() - metrics.height() - 1;
    painter.drawText(QRectF(area.left(), above, area.width(), metrics.height()), Qt::AlignLeft,
                     QStringLiteral("0"));
    painter.drawText(QRectF(area.left(), above, area.width(), metrics.height()), Qt::AlignRight,
                     QString::number(m_columns));
    if (m_rows < 2)
        return;
    std::vector<std::uint64_t> marks{0, m_rows};
    if (!m_detail->begin.empty() && m_detail->begin[0] > 0)
        marks.insert(marks.begin(), m_detail->begin[0]);
    if (!m_detail->end.empty() && m_detail->end[0] < m_rows)
        marks.insert(marks.begin(), m_detail->end[0]);
    std::vector<double> taken;
    for (const std::uint64_t mark : marks) { // the first ones matter most
        const double y =
            std::clamp(area.top() + area.height() * double(mark) / double(m_rows) - metrics.height() / 2,
                       area.top() - 2, area.bottom() - metrics.height() + 3);
        if (std::ranges::any_of(taken,
                                [&](double other) { return std::abs(other - y) < metrics.height() - 2; }))
            continue;
        taken.push_back(y);
        painter.drawText(QRectF(0, y, area.left() - SliceWidth - SliceGap - 4, metrics.height()),
                         Qt::AlignRight | Qt::AlignVCenter, QString::number(mark));
    }
}

void DifferenceMap::paintEvent(QPaintEvent*) {
    if (!m_detail || m_detail->map.empty())
        return;
    QPainter painter(this);
    paintPoints(painter);
    paintSlices(painter);
    paintLabels(painter);
    if (m_cursor && hasFocus())
        style::drawMapSelection(painter, rectOf(*m_cursor).adjusted(-1, -1, 1, 1), style::Theme(palette()));
}

void DifferenceMap::say(Point point) {
    const float gap = m_detail->map[std::size_t{point.row} * m_detail->mapColumns + point.column];
    const auto range = [this](std::uint32_t at, std::uint64_t of, std::uint32_t points) {
        const auto begin = firstOf(at, of, points), end = std::max(begin + 1, firstOf(at + 1ULL, of, points));
        return end - begin == 1 ? style::grouped(begin) : style::rangeText(begin, end);
    };
    const QString rows = range(point.row, m_rows, m_detail->mapRows);
    const QString columns = range(point.column, m_columns, m_detail->mapColumns);
    const QString size = gap > 0 ? gapText(double(gap)) : tr("equal");
    const QString title = m_rows == 1 ? tr("elements %1").arg(columns) : tr("rows %1").arg(rows);
    MapTip::Lines lines;
    if (m_rows > 1)
        lines.append({tr("columns"), columns});
    lines.append({tr("largest difference"), size});
    MapTip::show(this, rectOf(point).toAlignedRect().adjusted(-2, -2, 2, 2), title, lines);
    setAccessibleDescription(tr("%1, columns %2: %3").arg(title, columns, size));
    QAccessibleEvent event(this, QAccessible::DescriptionChanged);
    QAccessible::updateAccessibility(&event);
}

void DifferenceMap::mouseMoveEvent(QMouseEvent* event) {
    const QRectF area = plot();
    if (!m_detail || m_detail->map.empty() || !area.contains(event->position()))
        return MapTip::hideFrom(this);
    const QPointF at = event->position() - area.topLeft();
    say({std::min(std::uint32_t(at.y() / area.height() * m_detail->mapRows), m_detail->mapRows - 1),
         std::min(std::uint32_t(at.x() / area.width() * m_detail->mapColumns), m_detail->mapColumns - 1)});
}

void DifferenceMap::leaveEvent(QEvent*) {
    MapTip::hideFrom(this);
}

void DifferenceMap::keyPressEvent(QKeyEvent* event) {
    if (!m_detail || m_detail->map.empty())
        return QWidget::keyPressEvent(event);
    Point point = m_cursor.value_or(Point{});
    const auto step = [](std::uint32_t& at, int by, std::uint32_t of) {
        at = std::uint32_t(std::clamp<std::int64_t>(std::int64_t{at} + by, 0, std::int64_t{of} - 1));
    };
    switch (event->key()) {
    case Qt::Key_Left:
        step(point.column, -1, m_detail->mapColumns);
        break;
    case Qt::Key_Right:
        step(point.column, 1, m_detail->mapColumns);
        break;
    case Qt::Key_Up:
        step(point.row, -1, m_detail->mapRows);
        break;
    case Qt::Key_Down:
        step(point.row, 1, m_detail->mapRows);
        break;
    case Qt::Key_Home:
        point = {};
        break;
    default:
        return QWidget::keyPressEvent(event);
    }
    m_cursor = point;
    say(point);
    update();
}

void DifferenceMap::focusOutEvent(QFocusEvent* event) {
    MapTip::hideFrom(this);
    QWidget::focusOutEvent(event);
    update();
}

} // namespace shardlens::ui
