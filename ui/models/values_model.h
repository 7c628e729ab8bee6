// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/models/cell_values.h"

#include <QAbstractTableModel>

namespace shardlens::ui {

/// The window of values that is shown: shape and what has been read of it. Rows and columns beyond what a
/// table can hold are reached by moving the window.
class ValuesModel : public QAbstractTableModel {
    Q_OBJECT

public:
    static constexpr std::uint64_t MostRows = 200'000, MostColumns = 5'000;
    static constexpr int ValueRole = Qt::UserRole + 2; ///< the number; nothing where it is not read yet

    /// How the cells say their values.
    enum class Format : std::uint8_t { Short, Exact, Bits };

    using QAbstractTableModel::QAbstractTableModel;
    void setFormat(Format format) { m_format = format; } ///< changes no structure
    /// Digits after the point of short floats: as many as the largest value needs.
    void setDecimals(int decimals) { m_decimals = decimals; }
    void setPlane(const ValuePlane& plane, std::uint64_t firstRow, std::uint64_t firstColumn);
    void setBlock(ValueBlockPtr block); ///< changes no structure
    const ValuePlane& plane() const { return m_plane; }
    std::uint64_t firstRow() const { return m_firstRow; }
    std::uint64_t firstColumn() const { return m_firstColumn; }
    const ValueBlockPtr& block() const { return m_block; }
    /// The largest finite magnitude that has been read.
    double largest() const { return m_largest; }
    /// Of the cells as they are written; empty where all are short.
    QString longestText() const;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    ValuePlane m_plane{0, 0, 0};
    std::uint64_t m_firstRow = 0, m_firstColumn = 0;
    ValueBlockPtr m_block;
    double m_largest = 0;
    Format m_format = Format::Short;
    int m_decimals = 4;

    QString shortText(std::size_t at) const;
};

} // namespace shardlens::ui
