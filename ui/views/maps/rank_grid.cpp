// SPDX-License-Identifier: Apache-2.0
#include "ui/views/maps/rank_grid.h"

#include "ui/models/branch_title.h"
#include "ui/style/painting.h"
#include "ui/style/text.h"
#include "ui/views/parts/map_tip.h"

#include <QAccessible>
#include <QFontMetricsF>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QScrollBar>

#include <algorithm>
#include <cmath>

namespace shardlens::ui {
RankGrid::RankGrid(QWidget* parent) : QAbstractScrollArea(parent) {
    setFrameShape(QFrame::NoFrame);
    viewport()->setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setAccessibleName(tr("Bytes by rank or file and branch"));
}

void RankGrid::setTable(NameTreePtr names, RankTablePtr table) {
    m_names = std::move(names);
    m_table = std::move(table);
    m_cursor.reset();
    m_most = 1;
    if (m_table)
        for (const auto bytes : m_table->cells)
            m_most = std::max(m_most, bytes);
    MapTip::hideFrom(viewport());
    updateBars();
    viewport()->update();
}

void RankGrid::setSelected(const std::optional<Branch>& branch) {
    m_selected = branch;
    viewport()->update();
}

double RankGrid::left() const {
    return std::min(150.0, viewport()->width() * 0.25);
}
double RankGrid::right() const {
    return std::min(190.0, viewport()->width() * 0.25);
}
double RankGrid::top() const {
    return 84 + 2 * fontMetrics().height() + 18; // bars, their figures above and names below
}
double RankGrid::rowHeight() const {
    return std::max(15.0, QFontMetricsF(style::mapFont(font())).height() + 3);
}

double RankGrid::columnWidth() const {
    const double room = viewport()->width() - left() - right();
    return m_table && !m_table->columns.empty() ? std::min(90.0, room / double(m_table->columns.size()))
                                                : room;
}

QRectF RankGrid::drawn(const Cell& cell) const {
    const double y = top() + cell.row * rowHeight() - verticalScrollBar()->value();
    return style::snapped(QRectF(left() + cell.column * columnWidth(), y, columnWidth(), rowHeight()),
                          devicePixelRatioF());
}

std::optional<RankGrid::Cell> RankGrid::cellAt(QPointF at) const {
    if (!m_table || at.y() < top() || at.x() < left())
        return std::nullopt;
    const auto row = std::size_t((at.y() - top() + verticalScrollBar()->value()) / rowHeight());
    const auto column = std::size_t((at.x() - left()) / columnWidth());
    if (row >= m_table->rows.size() || column >= m_table->columns.size())
        return std::nullopt;
    return Cell{std::uint32_t(row), std::uint32_t(column)};
}

QString RankGrid::rowTitle(std::uint32_t row) const {
    return branchTitle(*m_names, m_table->rows[row].branch);
}

QString RankGrid::columnTitle(std::uint32_t index) const {
    const auto& column = m_table->columns[index];
    if (m_table->by == RankTable::By::File) {
        const auto first = style::plain(m_names->checkpoint()->file(FileId(column.first)).path, 200);
        return column.count == 1 ? first : tr("%1 and %2 more").arg(first).arg(column.count - 1);
    }
    return column.count == 1 ? tr("rank %1").arg(column.first)
                             : tr("ranks %1–%2").arg(column.first).arg(column.last);
}

bool RankGrid::showsGroups() const {
    return m_table && m_table->groups > 1 && m_table->groups <= 26 &&
           2 * m_table->groups <= m_table->columns.size();
}

void RankGrid::setScale(Scale scale) {
    m_scale = scale;
    viewport()->update();
}

void RankGrid::updateBars() {
    const double content = m_table ? top() + double(m_table->rows.size()) * rowHeight() + 8 : 0;
    verticalScrollBar()->setRange(0, std::max(0, int(content) - viewport()->height()));
    verticalScrollBar()->setPageStep(viewport()->height());
    verticalScrollBar()->setSingleStep(int(rowHeight() * 3));
}

void RankGrid::resizeEvent(QResizeEvent*) {
    updateBars();
}

void RankGrid::changeEvent(QEvent* event) {
    QAbstractScrollArea::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange)
        viewport()->update();
}

void RankGrid::showTip(const Cell& cell) {
    const auto bytes = m_table->cell(cell.row, cell.column);
    const auto& column = m_table->columns[cell.column];
    const auto& row = m_table->rows[cell.row];
    MapTip::Lines lines{
        {tr("bytes"), tr("%1 of %2").arg(style::bytesText(bytes), style::bytesText(row.bytes))},
        {tr("exactly"), style::exactBytes(bytes)},
        {tr("slices"),
         tr("%1 of %2")
             .arg(style::grouped(m_table->slices(cell.row, cell.column)), style::grouped(row.slices))},
        {tr("share of %1").arg(columnTitle(cell.column)),
         style::percentText(column.bytes ? double(bytes) / double(column.bytes) : 0)}};
    MapTip::show(viewport(), drawn(cell).toAlignedRect(),
                 tr("%1 on %2").arg(rowTitle(cell.row), columnTitle(cell.column)), lines);
}

void RankGrid::showColumnTip(std::uint32_t index) {
    const auto& column = m_table->columns[index];
    MapTip::Lines lines{{tr("bytes"), style::bytesTip(column.bytes)},
                        {tr("slices"), style::grouped(column.slices)}};
    if (const auto mean = m_table->mean())
        lines.append(
            {tr("of the mean"),
             style::percentText(double(column.bytes) / double(std::max(1u, column.count)) / double(mean))});
    const auto x = int(left() + index * columnWidth());
    MapTip::show(viewport(), QRect(x, 0, std::max(2, int(columnWidth())), int(top())), columnTitle(index),
                 lines);
}

std::optional<std::uint32_t> RankGrid::columnAt(QPointF at) const {
    if (!m_table || at.y() >= top() || at.x() < left())
        return std::nullopt;
    const auto column = std::size_t((at.x() - left()) / columnWidth());
    return column < m_table->columns.size() ? std::optional(std::uint32_t(column)) : std::nullopt;
}

void RankGrid::mouseMoveEvent(QMouseEvent* event) {
    if (const auto cell = cellAt(event->position()))
        showTip(*cell);
    else if (const auto column = columnAt(event->position()))
        showColumnTip(*column);
    else
        MapTip::hideFrom(viewport());
}

void RankGrid::leaveEvent(QEvent*) {
    MapTip::hideFrom(viewport());
}

/// A cell and a bar filter; a row's name selects its branch.
void RankGrid::mousePressEvent(QMouseEvent* event) {
    if (!m_table || event->button() != Qt::LeftButton)
        return;
    if (const auto column = columnAt(event->position()))
        return emit columnActivated(*column);
    if (event->position().y() < top())
        return;
    const auto row =
        std::size_t((event->position().y() - top() + verticalScrollBar()->value()) / rowHeight());
    if (row >= m_table->rows.size())
        return;
    const auto cell = cellAt(event->position());
    m_cursor = Cell{std::uint32_t(row), cell ? cell->column : m_cursor ? m_cursor->column : 0};
    viewport()->update();
    emit branchPicked(m_table->rows[row].branch);
    if (cell)
        emit cellActivated(cell->row, cell->column);
}

void RankGrid::moveCursor(int rows, int columns) {
    if (!m_table || m_table->cells.empty())
        return;
    auto cell = m_cursor.value_or(Cell{});
    if (m_cursor) {
        cell.row = std::uint32_t(std::clamp<std::int64_t>(std::int64_t(cell.row) + rows, 0,
                                                          std::int64_t(m_table->rows.size()) - 1));
        cell.column = std::uint32_t(std::clamp<std::int64_t>(std::int64_t(cell.column) + columns, 0,
                                                             std::int64_t(m_table->columns.size()) - 1));
    }
    m_cursor = cell;
    const auto rect = drawn(cell);
    if (rect.top() < top())
        verticalScrollBar()->setValue(verticalScrollBar()->value() - int(top() - rect.top()));
    else if (rect.bottom() > viewport()->height())
        verticalScrollBar()->setValue(verticalScrollBar()->value() +
                                      int(rect.bottom() - viewport()->height()) + 1);
    setAccessibleDescription(tr("%1 on %2: %3")
                                 .arg(rowTitle(cell.row), columnTitle(cell.column),
                                      style::bytesText(m_table->cell(cell.row, cell.column))));
    QAccessibleEvent event(this, QAccessible::DescriptionChanged);
    QAccessible::updateAccessibility(&event);
    emit branchPicked(m_table->rows[cell.row].branch);
    viewport()->update();
}

void RankGrid::keyPressEvent(QKeyEvent* event) {
    switch (event->key()) {
    case Qt::Key_Left:
        return moveCursor(0, -1);
    case Qt::Key_Right:
        return moveCursor(0, 1);
    case Qt::Key_Up:
        return moveCursor(-1, 0);
    case Qt::Key_Down:
        return moveCursor(1, 0);
    case Qt::Key_PageUp:
        return moveCursor(-10, 0);
    case Qt::Key_PageDown:
        return moveCursor(10, 0);
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (m_cursor)
            emit cellActivated(m_cursor->row, m_cursor->column);
        return;
    default:
        QAbstractScrollArea::keyPressEvent(event);
    }
}

} // namespace shardlens::ui
