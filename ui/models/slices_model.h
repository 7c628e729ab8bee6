// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/models/cell.h"
#include "ui/models/slice_facts.h"

#include <QAbstractTableModel>

namespace shardlens::ui {

/// The slices of one tensor with their byte ranges. Rows are made when painted; reset-only.
class SlicesModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { Shard, Offset, Size, Bytes, Begin, End, Length, File, State, ColumnCount };

    using QAbstractTableModel::QAbstractTableModel;

    void setTensor(CheckpointPtr checkpoint, TensorId tensor, SliceFactsPtr facts);
    void clear();

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    CheckpointPtr m_checkpoint;
    TensorId m_tensor;
    SliceFactsPtr m_facts;
    std::vector<bool> m_overlaps;
    std::unique_ptr<ShardKeys> m_keys;
    Cell cellOf(int row, int column) const;
};

} // namespace shardlens::ui
