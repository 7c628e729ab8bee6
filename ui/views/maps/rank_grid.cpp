// SPDX-License-Identifier: Apache-2.0
#include "ui/views/maps/rank_grid.h"

#include "ui/style/painting.h"
#include "ui/style/text.h"
#include "ui/views/parts/map_tip.h"

#include <QAccessible>
#include <QFontMetricsF>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QScrollBar>

#include <algorithm>
#include <cmath>

namespace shardlens::ui {
namespace {

constexpr double BarsHeight = 84;

} // namespace

RankGrid::RankGrid(QWidget* parent) : QAbstractScrollArea(parent) {
    setFrameShape(QFrame::NoFrame);
    viewport()->setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setAccessibleName(tr("Bytes by rank and branch"));
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
    return BarsHeight + 2 * fontMetrics().height() + 18;
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
    const auto& branch = m_table->rows[row].branch;
    QStringList parts;
    for (const auto& part : m_names->pathTo(m_names->item(branch.begin)))
        if (part.depth <= branch.depth)
            parts << style::plain(m_names->label(part), 120);
    return parts.join(QLatin1Char('.'));
}

QString RankGrid::columnTitle(std::uint32_t index) const {
    const auto& column = m_table->columns[index];
    return column.firstRank == column.lastRank ? tr("rank %1").arg(column.firstRank)
                                               : tr("ranks %1–%2").arg(column.firstRank).arg(column.lastRank);
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
    MapTip::Lines lines{
        {tr("bytes"),
         tr("%1 of %2").arg(style::bytesText(bytes), style::bytesText(m_table->rows[cell.row].bytes))},
        {tr("exactly"), style::exactBytes(bytes)},
        {tr("share of %1").arg(columnTitle(cell.column)),
         style::percentText(column.bytes ? double(bytes) / double(column.bytes) : 0)}};
    MapTip::show(viewport(), drawn(cell).toAlignedRect(),
                 tr("%1 on %2").arg(rowTitle(cell.row), columnTitle(cell.column)), lines);
}

void RankGrid::mouseMoveEvent(QMouseEvent* event) {
    if (const auto cell = cellAt(event->position()))
        showTip(*cell);
    else
        MapTip::hideFrom(viewport());
}

void RankGrid::leaveEvent(QEvent*) {
    MapTip::hideFrom(viewport());
}

void RankGrid::mousePressEvent(QMouseEvent* event) {
    const auto cell = cellAt(event->position());
    if (!cell || event->button() != Qt::LeftButton)
        return;
    m_cursor = cell;
    emit branchPicked(m_table->rows[cell->row].branch);
    viewport()->update();
}

void RankGrid::mouseDoubleClickEvent(QMouseEvent* event) {
    if (const auto cell = cellAt(event->position()))
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

void RankGrid::paintEvent(QPaintEvent*) {
    QPainter painter(viewport());
    const style::Theme theme(palette());
    painter.fillRect(viewport()->rect(), theme.base);
    if (!m_table || m_table->columns.empty())
        return;
    drawColumns(painter);
    painter.setClipRect(QRectF(0, top(), viewport()->width(), viewport()->height() - top()));
    drawRows(painter);
}

/// Bars a rank with the mean, and their names where they fit.
void RankGrid::drawColumns(QPainter& painter) const {
    const style::Theme theme(palette());
    const auto small = style::mapFont(font());
    const QFontMetricsF metrics(small);
    std::uint64_t most = 1;
    for (const auto& column : m_table->columns)
        most = std::max(most, column.bytes / std::max(1u, column.ranks));
    const double bottom = metrics.height() + 4 + BarsHeight, width = columnWidth();
    const double labels =
        metrics.horizontalAdvance(columnTitle(std::uint32_t(m_table->columns.size() - 1))) + 8;
    const auto every = std::size_t(std::max(1.0, std::ceil(labels / width)));
    const double meanY = bottom - BarsHeight * double(m_table->mean()) / double(most);
    for (std::size_t i = 0; i < m_table->columns.size(); ++i) {
        const auto& column = m_table->columns[i];
        const auto each = column.bytes / std::max(1u, column.ranks);
        const double x = left() + double(i) * width, height = BarsHeight * double(each) / double(most);
        const double gap = width > 12 ? std::min(9.0, width * 0.15) : width > 3 ? 0.5 : 0;
        const auto color = theme.ordered(i, m_table->columns.size());
        const auto bar =
            style::snapped(QRectF(x + gap, bottom - height, width - 2 * gap, height), devicePixelRatioF());
        painter.fillRect(bar, color);
        painter.setFont(small);
        const auto bytes = style::bytesText(each);
        if (metrics.horizontalAdvance(bytes) + 2 <= width) {
            painter.setPen(theme.text);
            painter.drawText(QRectF(x, bar.top() - metrics.height() - 2, width, metrics.height()),
                             Qt::AlignCenter, bytes);
        }
        const double part = m_table->mean() ? double(each) / double(m_table->mean()) - 1 : 0;
        const auto rounded = std::lround(std::fabs(part) * 100);
        const auto sign = rounded == 0 ? QString() : part > 0 ? QStringLiteral("+") : QStringLiteral("−");
        const auto percent = sign + QString::number(rounded) + QStringLiteral(" %");
        if (metrics.horizontalAdvance(percent) + 4 <= bar.width() && bar.height() > metrics.height() + 6) {
            painter.setPen(style::textOn(color));
            painter.drawText(bar.adjusted(0, 0, 0, -3), Qt::AlignHCenter | Qt::AlignBottom, percent);
        }
        if (i % every == 0) {
            painter.setPen(theme.text);
            painter.drawText(QRectF(x - 20, bottom + 3, width * double(every) + 40, metrics.height()),
                             every == 1 ? Qt::AlignHCenter : Qt::AlignLeft, columnTitle(std::uint32_t(i)));
            if (m_table->groups > 1 && every == 1) {
                painter.setPen(theme.secondary);
                painter.drawText(QRectF(x, bottom + 3 + metrics.height(), width, metrics.height()),
                                 Qt::AlignHCenter,
                                 tr("group %1").arg(QChar(char16_t(u'A' + column.group % 26))));
            }
        }
    }
    painter.setPen(QPen(theme.text, 1, Qt::DashLine));
    const double end = left() + double(m_table->columns.size()) * width;
    painter.drawLine(QPointF(left() - 4, meanY), QPointF(end + 4, meanY));
    painter.setPen(theme.secondary);
    painter.setFont(small);
    painter.drawText(QPointF(end + 8, meanY + metrics.ascent() / 2), tr("mean"));
    painter.setPen(theme.text);
    painter.setFont(style::mediumFont(font()));
    painter.drawText(QRectF(12, metrics.height(), left() - 16, fontMetrics().height()), Qt::AlignLeft,
                     tr("Bytes per rank"));
    painter.setFont(small);
    painter.setPen(theme.secondary);
    painter.drawText(QRectF(12, 2.4 * metrics.height(), left() - 16, metrics.height()), Qt::AlignLeft,
                     tr("mean %1").arg(style::bytesText(m_table->mean())));
    painter.drawText(QRectF(end + 14, bottom + 3 + metrics.height(), right(), metrics.height()),
                     Qt::AlignLeft, tr("Bytes per branch"));
}

void RankGrid::drawRows(QPainter& painter) const {
    const style::Theme theme(palette());
    const auto small = style::mapFont(font());
    const QFontMetricsF metrics(small);
    painter.setFont(small);
    const double width = columnWidth(), height = rowHeight();
    const auto first = std::size_t(verticalScrollBar()->value() / height);
    const auto last = std::min(m_table->rows.size(), first + std::size_t(viewport()->height() / height) + 2);
    std::uint64_t most = 1;
    for (const auto& row : m_table->rows)
        most = std::max(most, row.bytes);
    const double end = left() + double(m_table->columns.size()) * width;
    for (auto row = first; row < last; ++row) {
        const auto rect = drawn({std::uint32_t(row), 0});
        const auto& branch = m_table->rows[row].branch;
        const bool selected =
            m_selected && m_selected->begin >= branch.begin && m_selected->end <= branch.end;
        if (selected)
            painter.fillRect(QRectF(0, rect.top(), viewport()->width(), rect.height()), theme.selection);
        painter.setPen(selected ? theme.selectionText : theme.secondary);
        painter.drawText(QRectF(12, rect.top(), left() - 20, rect.height()),
                         Qt::AlignVCenter | Qt::TextSingleLine,
                         style::elideMiddle(rowTitle(std::uint32_t(row)), metrics, left() - 20));
        for (std::size_t column = 0; column < m_table->columns.size(); ++column) {
            const auto bytes = m_table->cell(row, column);
            auto cell = drawn({std::uint32_t(row), std::uint32_t(column)});
            if (cell.width() > 4)
                cell.adjust(0, 0, -1, -1);
            // Never quite the background: something is there.
            const auto color = bytes ? theme.amount(0.12 + 0.88 * std::sqrt(double(bytes) / double(m_most)))
                                     : style::mix(theme.base, theme.text, 0.03);
            painter.fillRect(cell, color);
            const auto text = style::bytesText(bytes);
            const bool differs = column == 0 || m_table->cell(row, column - 1) != bytes || row == first;
            if (bytes && differs && cell.width() > metrics.horizontalAdvance(text) + 6) {
                painter.setPen(style::textOn(color));
                painter.drawText(cell, Qt::AlignCenter, text);
            }
        }
        style::drawShareBar(painter,
                            QRectF(end + 14, rect.top(), std::max(10.0, right() - 100), rect.height()),
                            double(m_table->rows[row].bytes) / double(most), theme.accent, theme);
        painter.setPen(selected ? theme.selectionText : theme.text);
        style::drawNumber(painter, QRectF(viewport()->width() - 80, rect.top(), 70, rect.height()),
                          Qt::AlignRight, style::bytesText(m_table->rows[row].bytes));
    }
    painter.setPen(QPen(theme.text, 1));
    for (std::size_t column = 1; column < m_table->columns.size() && m_table->groups > 1; ++column)
        if (m_table->columns[column].group != m_table->columns[column - 1].group) {
            const double x = style::snapped(left() + double(column) * width - 1, devicePixelRatioF());
            painter.drawLine(QPointF(x, top()), QPointF(x, drawn({std::uint32_t(last), 0}).top()));
        }
    if (m_cursor)
        style::drawMapSelection(painter, drawn(*m_cursor).adjusted(0, 0, -1, -1), theme);
}

} // namespace shardlens::ui
