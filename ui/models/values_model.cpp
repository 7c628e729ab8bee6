// SPDX-License-Identifier: Apache-2.0
#include "ui/models/values_model.h"

#include "ui/style/text.h"

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
    m_largest = 0;
    for (const double value : m_block->values)
        if (std::isfinite(value))
            m_largest = std::max(m_largest, std::fabs(value));
}

/// Integers, complex values and what is short as they are; a value that would round to 0 with an exponent.
QString ValuesModel::shortText(std::size_t at) const {
    const auto& text = m_block->texts[at];
    const double value = m_block->values[at];
    const bool fraction = text.contains(QLatin1Char('.')) || text.contains(QLatin1Char('e'));
    if (!std::isfinite(value) || text.contains(QLatin1Char('j')))
        return QString(text).replace(QLatin1Char('-'), QChar(0x2212));
    if (!fraction)
        return text.size() <= 12 ? QString(text).replace(QLatin1Char('-'), QChar(0x2212))
                                 : style::numberText(value, 4);
    const double smallest = std::pow(10.0, -m_decimals);
    if (std::fabs(value) >= 1e6 || (value != 0 && std::fabs(value) < smallest / 2))
        return style::numberText(value, 3);
    return QString::number(value, 'f', m_decimals).replace(QLatin1Char('-'), QChar(0x2212));
}

QString ValuesModel::longestText() const {
    if (!m_block || m_format == Format::Short)
        return {};
    const auto& texts = m_format == Format::Bits ? m_block->bits : m_block->texts;
    const auto longest = std::ranges::max_element(texts, {}, &QString::size);
    return longest == texts.end() ? QString() : *longest;
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
        if (m_format == Format::Bits)
            return m_block->bits[m_block->index(row, column)];
        return m_format == Format::Exact ? QString(m_block->texts[m_block->index(row, column)])
                                               .replace(QLatin1Char('-'), QChar(0x2212))
                                         : shortText(m_block->index(row, column));
    }
    if (role == ValueRole && known)
        return m_block->values[m_block->index(row, column)];
    return {};
}

QVariant ValuesModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (role != Qt::DisplayRole)
        return {};
    return QString::number((orientation == Qt::Horizontal ? m_firstColumn : m_firstRow) +
                           std::uint64_t(section));
}

} // namespace shardlens::ui
