// SPDX-License-Identifier: Apache-2.0
// The painter's half of RankGrid.
#include "ui/style/painting.h"
#include "ui/style/text.h"
#include "ui/views/maps/rank_grid.h"

#include <QFontMetricsF>
#include <QImage>
#include <QPainter>
#include <QScrollBar>

#include <algorithm>
#include <cmath>
#include <vector>

namespace shardlens::ui {
namespace {

constexpr double BarsHeight = 84;
constexpr double Narrow = 4;    ///< columns of fewer pixels are drawn by pixel
constexpr double Wordless = 30; ///< columns that no figure fits into

std::uint64_t eachOf(const RankTable::Column& column) {
    return column.bytes / std::max(1u, column.count);
}

/// For each device pixel across `width` logical ones the largest of `value(column)`, 0 where nothing is.
template <typename Value>
std::vector<std::uint64_t> byPixel(std::size_t columns, double width, double ratio, Value value) {
    const auto pixels = std::size_t(std::max(1.0, std::floor(width * ratio)));
    std::vector<std::uint64_t> out(pixels);
    for (std::size_t column = 0; column < columns; ++column) {
        const auto first = column * pixels / columns;
        const auto last = std::max(first + 1, (column + 1) * pixels / columns);
        const auto amount = value(column);
        for (auto pixel = first; pixel < std::min(last, pixels); ++pixel)
            out[pixel] = std::max(out[pixel], amount);
    }
    return out;
}

QString againstMean(std::uint64_t each, std::uint64_t mean) {
    const double part = mean ? double(each) / double(mean) - 1 : 0;
    const auto rounded = std::lround(std::fabs(part) * 100);
    const auto sign = rounded == 0 ? QString() : part > 0 ? QStringLiteral("+") : QStringLiteral("−");
    return sign + QString::number(rounded) + QStringLiteral(" %");
}

} // namespace

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

QColor RankGrid::colorOf(std::uint64_t bytes) const {
    const style::Theme theme(palette());
    if (bytes == 0)
        return style::mix(theme.base, theme.text, 0.03);
    const double share = double(bytes) / double(m_most);
    // Never quite the background: something is there.
    return theme.amount(0.12 + 0.88 * (m_scale == Scale::Root ? std::sqrt(share) : share));
}

/// Bars a rank with the mean, and their names where they fit.
void RankGrid::drawColumns(QPainter& painter) const {
    const style::Theme theme(palette());
    const auto small = style::mapFont(font());
    const QFontMetricsF metrics(small);
    const double bottom = metrics.height() + 4 + BarsHeight;
    std::uint64_t most = 1;
    for (const auto& column : m_table->columns)
        most = std::max(most, eachOf(column));
    painter.setFont(small);
    if (columnWidth() < Narrow)
        drawNarrowBars(painter, bottom, most);
    else
        for (std::uint32_t column = 0; column < m_table->columns.size(); ++column)
            drawBar(painter, column, bottom, most);
    drawColumnTitles(painter, bottom);
    drawMean(painter, bottom, most);
    const bool files = m_table->by == RankTable::By::File;
    painter.setPen(theme.text);
    painter.setFont(style::mediumFont(font()));
    painter.drawText(QRectF(12, metrics.height(), left() - 16, fontMetrics().height()), Qt::AlignLeft,
                     files ? tr("Bytes per file") : tr("Bytes per rank"));
    painter.setFont(small);
    painter.setPen(theme.secondary);
    const auto line = [&](double at, const QString& text) {
        painter.drawText(QRectF(12, at * metrics.height(), left() - 16, metrics.height()), Qt::AlignLeft,
                         text);
    };
    std::uint64_t least = most;
    for (const auto& column : m_table->columns)
        least = std::min(least, eachOf(column));
    line(2.4, tr("mean %1").arg(style::bytesText(m_table->mean())));
    if (style::bytesText(least) != style::bytesText(most))
        line(3.5, QStringLiteral("%1 … %2").arg(style::bytesText(least), style::bytesText(most)));
    const double end = left() + double(m_table->columns.size()) * columnWidth();
    painter.drawText(QRectF(end + 14, bottom + 3 + metrics.height(), right(), metrics.height()),
                     Qt::AlignLeft, tr("Bytes per branch"));
}

void RankGrid::drawBar(QPainter& painter, std::uint32_t column, double bottom, std::uint64_t most) const {
    const style::Theme theme(palette());
    const QFontMetricsF metrics(painter.font());
    const auto each = eachOf(m_table->columns[column]);
    const double width = columnWidth(), x = left() + column * width;
    const double height = BarsHeight * double(each) / double(most);
    const double gap = width > 12 ? std::min(9.0, width * 0.15) : 0.5;
    const auto color = theme.ordered(column, m_table->columns.size());
    const auto bar =
        style::snapped(QRectF(x + gap, bottom - height, width - 2 * gap, height), devicePixelRatioF());
    painter.fillRect(bar, color);
    if (width < Wordless)
        return;
    const auto bytes = style::bytesText(each);
    if (metrics.horizontalAdvance(bytes) + 2 <= width) {
        painter.setPen(theme.text);
        painter.drawText(QRectF(x, bar.top() - metrics.height() - 2, width, metrics.height()),
                         Qt::AlignCenter, bytes);
    }
    const auto percent = againstMean(each, m_table->mean());
    if (metrics.horizontalAdvance(percent) + 4 <= bar.width() && bar.height() > metrics.height() + 6) {
        painter.setPen(style::textOn(color));
        painter.drawText(bar.adjusted(0, 0, 0, -3), Qt::AlignHCenter | Qt::AlignBottom, percent);
    }
}

void RankGrid::drawNarrowBars(QPainter& painter, double bottom, std::uint64_t most) const {
    const style::Theme theme(palette());
    const double ratio = devicePixelRatioF(), width = columnWidth() * double(m_table->columns.size());
    const auto highest = byPixel(m_table->columns.size(), width, ratio,
                                 [this](std::size_t column) { return eachOf(m_table->columns[column]); });
    for (std::size_t pixel = 0; pixel < highest.size(); ++pixel) {
        const double height = BarsHeight * double(highest[pixel]) / double(most);
        painter.fillRect(QRectF(left() + double(pixel) / ratio, bottom - height, 1 / ratio, height),
                         theme.ordered(pixel, highest.size()));
    }
}

void RankGrid::drawColumnTitles(QPainter& painter, double bottom) const {
    const style::Theme theme(palette());
    const QFontMetricsF metrics(painter.font());
    const double width = columnWidth();
    const auto count = m_table->columns.size();
    const bool files = m_table->by == RankTable::By::File;
    const double wanted = files ? 60 : metrics.horizontalAdvance(columnTitle(std::uint32_t(count - 1))) + 8;
    const auto every = std::size_t(std::max(1.0, std::ceil(wanted / width)));
    for (std::size_t i = 0; i < count; i += every) {
        const double x = left() + double(i) * width, room = width * double(every) - 4;
        painter.setPen(theme.text);
        const auto title = style::elideMiddle(columnTitle(std::uint32_t(i)), metrics, room);
        painter.drawText(QRectF(x + 2, bottom + 3, room, metrics.height()),
                         every == 1 ? Qt::AlignHCenter : Qt::AlignLeft, title);
        if (!showsGroups() || every > 1)
            continue;
        painter.setPen(theme.secondary);
        painter.drawText(QRectF(x, bottom + 3 + metrics.height(), width, metrics.height()), Qt::AlignHCenter,
                         tr("group %1").arg(QChar(char16_t(u'A' + m_table->columns[i].group))));
    }
}

void RankGrid::drawMean(QPainter& painter, double bottom, std::uint64_t most) const {
    const style::Theme theme(palette());
    const QFontMetricsF metrics(painter.font());
    const double y = bottom - BarsHeight * double(m_table->mean()) / double(most);
    const double end = left() + double(m_table->columns.size()) * columnWidth();
    painter.setPen(QPen(theme.text, 1, Qt::DashLine));
    painter.drawLine(QPointF(left() - 4, y), QPointF(end + 4, y));
    painter.setPen(theme.secondary);
    painter.drawText(QPointF(end + 8, y + metrics.ascent() / 2), tr("mean"));
}

void RankGrid::drawRows(QPainter& painter) const {
    const style::Theme theme(palette());
    const auto small = style::mapFont(font());
    const QFontMetricsF metrics(small);
    painter.setFont(small);
    const double width = columnWidth(), height = rowHeight();
    const auto first = std::uint32_t(verticalScrollBar()->value() / height);
    const auto rows = std::uint32_t(m_table->rows.size());
    const auto last = std::min(rows, first + std::uint32_t(viewport()->height() / height) + 2);
    std::uint64_t most = 1;
    for (const auto& row : m_table->rows)
        most = std::max(most, row.bytes);
    const double end = left() + double(m_table->columns.size()) * width;
    for (auto row = first; row < last; ++row) {
        const auto rect = drawn({row, 0});
        const auto& branch = m_table->rows[row].branch;
        const bool selected =
            m_selected && m_selected->begin >= branch.begin && m_selected->end <= branch.end;
        if (selected)
            painter.fillRect(QRectF(0, rect.top(), viewport()->width(), rect.height()), theme.selection);
        painter.setPen(selected ? theme.selectionText : theme.secondary);
        painter.drawText(QRectF(12, rect.top(), left() - 20, rect.height()),
                         Qt::AlignVCenter | Qt::TextSingleLine,
                         style::elideMiddle(rowTitle(row), metrics, left() - 20));
        if (width < Narrow)
            drawNarrowCells(painter, row);
        else
            drawCells(painter, row, row == first);
        style::drawShareBar(painter,
                            QRectF(end + 14, rect.top(), std::max(10.0, right() - 100), rect.height()),
                            double(m_table->rows[row].bytes) / double(most), theme.accent, theme);
        painter.setPen(selected ? theme.selectionText : theme.text);
        style::drawNumber(painter, QRectF(end + right() - 84, rect.top(), 70, rect.height()), Qt::AlignRight,
                          style::bytesText(m_table->rows[row].bytes));
    }
    drawGroups(painter, last);
    if (m_cursor)
        style::drawMapSelection(painter, drawn(*m_cursor).adjusted(0, 0, -1, -1), theme);
}

void RankGrid::drawCells(QPainter& painter, std::uint32_t row, bool first) const {
    const QFontMetricsF metrics(painter.font());
    const bool words = columnWidth() >= Wordless;
    for (std::uint32_t column = 0; column < m_table->columns.size(); ++column) {
        const auto bytes = m_table->cell(row, column);
        auto cell = drawn({row, column});
        cell.adjust(0, 0, -1, -1);
        const auto color = colorOf(bytes);
        painter.fillRect(cell, color);
        // Equal figures are said once a block of equal cells.
        const bool differs = (column == 0 || m_table->cell(row, column - 1) != bytes) &&
                             (first || row == 0 || m_table->cell(row - 1, column) != bytes);
        if (!words || bytes == 0 || !differs)
            continue;
        const auto text = style::bytesText(bytes);
        if (cell.width() > metrics.horizontalAdvance(text) + 6) {
            painter.setPen(style::textOn(color));
            painter.drawText(cell, Qt::AlignCenter, text);
        }
    }
}

void RankGrid::drawNarrowCells(QPainter& painter, std::uint32_t row) const {
    const double width = columnWidth() * double(m_table->columns.size());
    const auto fullest = byPixel(m_table->columns.size(), width, devicePixelRatioF(),
                                 [&](std::size_t column) { return m_table->cell(row, column); });
    QImage line(int(fullest.size()), 1, QImage::Format_RGB32);
    auto* pixels = reinterpret_cast<QRgb*>(line.scanLine(0));
    std::uint64_t before = ~std::uint64_t{0};
    for (std::size_t i = 0; i < fullest.size(); ++i) {
        pixels[i] = fullest[i] == before ? pixels[i - 1] : colorOf(fullest[i]).rgb();
        before = fullest[i];
    }
    const auto rect = drawn({row, 0});
    painter.drawImage(QRectF(left(), rect.top(), width, rect.height() - 1), line);
}

void RankGrid::drawGroups(QPainter& painter, std::uint32_t endRow) const {
    if (!showsGroups() || columnWidth() < Narrow)
        return;
    painter.setPen(QPen(style::Theme(palette()).text, 1));
    for (std::size_t column = 1; column < m_table->columns.size(); ++column)
        if (m_table->columns[column].group != m_table->columns[column - 1].group) {
            const double x = style::snapped(left() + double(column) * columnWidth() - 1, devicePixelRatioF());
            painter.drawLine(QPointF(x, top()), QPointF(x, drawn({endRow, 0}).top()));
        }
}

} // namespace shardlens::ui
