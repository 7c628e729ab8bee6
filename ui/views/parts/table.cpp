// SPDX-License-Identifier: Apache-2.0
#include "ui/views/parts/table.h"

#include "ui/views/parts/cell_delegate.h"
#include "ui/views/parts/flat_header.h"

#include <QEvent>
#include <QFontMetrics>

#include <algorithm>

namespace shardlens::ui {
namespace {

constexpr int LooksAt = 200; ///< rows that decide how wide a column is
constexpr int Widest = 560;
constexpr int LeastStretched = 300; ///< of a column that takes what is left: then the table scrolls

} // namespace

Table::Table(QWidget* parent) : QTableView(parent) {
    setHorizontalHeader(new FlatHeader(this));
    horizontalHeader()->setStretchLastSection(false);
    horizontalHeader()->setSectionsClickable(true);
    verticalHeader()->hide();
    verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    setItemDelegate(new CellDelegate(this));
    setShowGrid(false);
    setFrameShape(QFrame::NoFrame);
    setSelectionBehavior(QAbstractItemView::SelectRows);
    setSelectionMode(QAbstractItemView::SingleSelection);
    setTabKeyNavigation(false);
    setWordWrap(false);
    setCornerButtonEnabled(false);
    setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    fitRows();
}

void Table::fitRows() {
    verticalHeader()->setDefaultSectionSize(std::max(23, fontMetrics().height() + 7));
}

void Table::fitColumns(int stretched) {
    m_stretched = stretched;
    if (!model())
        return;
    const int rows = std::min(model()->rowCount(), LooksAt);
    int others = 0;
    for (int column = 0; column < model()->columnCount(); ++column) {
        if (isColumnHidden(column))
            continue;
        const auto title = model()->headerData(column, Qt::Horizontal).toString();
        int width = fontMetrics().horizontalAdvance(title) + 28;
        for (int row = 0; row < rows; ++row) {
            const auto cell = model()->index(row, column).data(CellRole).value<Cell>();
            width = std::max(width, cell.share >= 0 ? 70 : int(CellDelegate::width(font(), cell)) + 1);
        }
        width = std::min(width, Widest);
        horizontalHeader()->resizeSection(column, width);
        if (column == stretched)
            m_least = std::min(width, LeastStretched);
        else
            others += width;
    }
    if (stretched >= 0)
        horizontalHeader()->resizeSection(stretched, std::max(m_least, viewport()->width() - others));
}

void Table::resizeEvent(QResizeEvent* event) {
    QTableView::resizeEvent(event);
    if (m_stretched < 0)
        return;
    int others = 0;
    for (int column = 0; model() && column < model()->columnCount(); ++column)
        if (column != m_stretched && !isColumnHidden(column))
            others += columnWidth(column);
    horizontalHeader()->resizeSection(m_stretched, std::max(m_least, viewport()->width() - others));
}

void Table::changeEvent(QEvent* event) {
    QTableView::changeEvent(event);
    if (event->type() == QEvent::FontChange)
        fitRows();
}

} // namespace shardlens::ui
