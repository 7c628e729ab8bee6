// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/models/statistics_rows.h"

#include <QAbstractTableModel>

namespace shardlens::ui {

/// The table of statistics: a vector of pointers to figures. Reset-only.
class StatisticsModel : public QAbstractTableModel {
    Q_OBJECT

public:
    using QAbstractTableModel::QAbstractTableModel;

    void setRows(CheckpointPtr checkpoint, StatisticsRowsPtr rows);
    const StatisticsRowsPtr& rows() const { return m_rows; }

    TensorId tensorAt(int row) const;
    int rowOf(TensorId tensor) const; ///< −1 where it is not shown

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    CheckpointPtr m_checkpoint;
    StatisticsRowsPtr m_rows;
};

/// `3 NaN`, `zeros alone`, `cannot be read`; empty where nothing is to be said.
QString stateText(FiguresState state, const Figures& figures);
/// How serious that is; nothing for sound ones.
std::optional<Severity> stateSeverity(FiguresState state);

} // namespace shardlens::ui
