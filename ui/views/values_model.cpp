// SPDX-License-Identifier: Apache-2.0
#include "ui/style/text.h"
#include "ui/style/theme.h"
#include "ui/views/values_view.h"

#include <QApplication>
#include <QPalette>

#include <algorithm>
#include <cmath>

namespace shardlens::ui {

void ValuesModel::setPlane(const ValuePlane& plane, std::uint64_t firstRow, std::uint64_t firstColumn) {
    beginResetModel();
    m_plane = plane;
    m_firstRow = firstRow;
    m_firstColumn = firstColumn;
    m_block = nullptr;
    endResetModel();
}

void ValuesModel::setBlock(ValueBlockPtr block) {
    m_block = std::move(block);
    m_scale = 0;
    for (const double value : m_block->values)
        if (std::isfinite(value))
            m_scale = std::max(m_scale, std::fabs(value));
}

int ValuesModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : int(std::min(m_plane.rows - std::min(m_firstRow, m_plane.rows), MostRows));
}

int ValuesModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid()
               ? 0
               : int(std::min(m_plane.columns - std::min(m_firstColumn, m_plane.columns), MostColumns));
}

QVariant ValuesModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid())
        return {};
    if (role == Qt::TextAlignmentRole)
        return int(Qt::AlignRight | Qt::AlignVCenter);
    const auto row = m_firstRow + std::uint64_t(index.row()),
               column = m_firstColumn + std::uint64_t(index.column());
    const bool known = m_block && m_block->holds(row, column);
    if (role == Qt::ToolTipRole && known)
        return style::toolTip(m_block->texts[m_block->index(row, column)]);
    if (role == Qt::DisplayRole || role == Qt::AccessibleTextRole) {
        if (!known)
            return QStringLiteral("…");
        const auto& text = m_block->texts[m_block->index(row, column)];
        const double value = m_block->values[m_block->index(row, column)];
        return text.size() <= 9 ? QString(text).replace(QLatin1Char('-'), QChar(0x2212))
                                : style::numberText(value, 4);
    }
    if (!known || !m_colored || (role != Qt::BackgroundRole && role != Qt::ForegroundRole))
        return {};
    const style::Theme theme(QApplication::palette());
    const double value = m_block->values[m_block->index(row, column)];
    QColor fill = theme.signedHeat(0);
    if (std::isnan(value))
        fill = theme.notANumber();
    else if (std::isinf(value))
        fill = theme.signedHeat(value < 0 ? -1 : 1);
    else if (m_scale > 0)
        fill = theme.signedHeat(value / m_scale);
    return role == Qt::BackgroundRole ? fill : style::textOn(fill);
}

QVariant ValuesModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (role != Qt::DisplayRole)
        return {};
    return QString::number((orientation == Qt::Horizontal ? m_firstColumn : m_firstRow) +
                           std::uint64_t(section));
}

} // namespace shardlens::ui
