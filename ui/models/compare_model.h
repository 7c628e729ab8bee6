// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/models/compare_rows.h"

#include <QAbstractTableModel>

#include <array>
#include <optional>

namespace shardlens::ui {

/// How a cell of the comparison looks beyond its text.
struct CompareCell {
    bool isHeader = false; ///< of a class; the text is its title, `quiet` its count
    bool folded = false;
    CompareClass which = CompareClass::Different;
    QString text, quiet;
    DType dtypeA = DType::Unknown, dtypeB = DType::Unknown;
    QString typeA, typeB;              ///< chips; B's only where it is another one
    const Difference* strip = nullptr; ///< drawn instead of text; lives as long as the model's result
};

inline constexpr int CompareCellRole = Qt::UserRole + 2;

/// The four classes as one flat list with a heading each, so that a million tensors cost no more than what is
/// seen. Reset-only.
class CompareModel : public QAbstractTableModel {
    Q_OBJECT

public:
    using QAbstractTableModel::QAbstractTableModel;

    void setRows(CompareResultPtr result, CompareRowsPtr rows);
    const CompareResultPtr& result() const { return m_result; }
    const CompareRowsPtr& rows() const { return m_rows; }

    /// A class that is hidden has no rows at all; a folded one keeps its heading.
    void setShown(CompareClass which, bool shown);
    bool isShown(CompareClass which) const { return m_shown[std::size_t(which)]; }
    void setFolded(CompareClass which, bool folded);
    bool isFolded(CompareClass which) const { return m_folded[std::size_t(which)]; }

    struct Place {
        CompareClass which = CompareClass::Different;
        std::optional<std::uint32_t> item; ///< in the comparison's list; nothing: the heading
    };
    /// Nothing for a row that is not there.
    std::optional<Place> placeAt(int row) const;
    int rowOf(CompareClass which, std::uint32_t item) const; ///< −1 where it is not shown
    /// Name, type, shape and figures of a pair as one line, whether it is shown or not.
    QString lineOf(CompareClass which, std::uint32_t item) const;
    int headingRow(CompareClass which) const { return m_begin[std::size_t(which)]; }

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    void recount();
    CompareCell cell(const Place& place, CompareColumn column) const;
    static QString textOf(const CompareCell& cell);
    CompareCell heading(CompareClass which, CompareColumn column) const;
    void fillType(const Place& place, CompareCell& into) const;
    void fillFigures(const Difference& difference, CompareColumn column, CompareCell& into) const;
    QString where(const Place& place) const;

    CompareResultPtr m_result;
    CompareRowsPtr m_rows;
    std::array<bool, CompareClassCount> m_shown{true, true, true, true};
    std::array<bool, CompareClassCount> m_folded{};
    std::array<int, CompareClassCount> m_begin{}; ///< the heading's row
    std::array<int, CompareClassCount> m_size{};  ///< with the heading; 0 where the class is not shown
    int m_total = 0;
};

QString classTitle(CompareClass which); ///< `Only in A`
QString classWords(CompareClass which); ///< `only in A`
/// `0.0781`, `∞` beside a NaN.
QString gapText(double gap);

} // namespace shardlens::ui

Q_DECLARE_METATYPE(shardlens::ui::CompareCell)
