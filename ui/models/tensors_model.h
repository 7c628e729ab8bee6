// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/models/tensor_rows.h"

#include <QAbstractTableModel>

namespace shardlens::ui {

/// The flat table: an index vector over the checkpoint. Reset-only.
class TensorsModel : public QAbstractTableModel {
    Q_OBJECT

public:
    using QAbstractTableModel::QAbstractTableModel;

    void setRows(NameTreePtr names, TensorRowsPtr rows);
    void setMarks(FindingMarksPtr marks);
    const TensorRowsPtr& rows() const { return m_rows; }

    TensorId tensorAt(int row) const;
    int rowOf(TensorId tensor) const; ///< −1 where it is not shown

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    NameTreePtr m_names;
    TensorRowsPtr m_rows;
    FindingMarksPtr m_marks;
};

} // namespace shardlens::ui
