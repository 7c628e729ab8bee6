// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "jobs/job_context.h"
#include "model/checkpoint.h"

#include <QAbstractTableModel>

#include <memory>
#include <vector>

namespace shardlens::ui {

/// What lies in each file, counted once in a worker.
struct FileSums {
    std::vector<std::uint32_t> slices;
    std::vector<std::uint64_t> sliceBytes;
};
using FileSumsPtr = std::shared_ptr<const FileSums>;
Result<FileSumsPtr> sumFiles(const Checkpoint& checkpoint, const JobContext& context);

/// The physical files. Reset-only.
class FilesModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { Name, Rank, Slices, Data, Size, State, ColumnCount };

    using QAbstractTableModel::QAbstractTableModel;

    void setCheckpoint(CheckpointPtr checkpoint);
    void setSums(FileSumsPtr sums); ///< changes no structure
    FileId fileAt(int row) const;
    int rowOf(FileId file) const;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    CheckpointPtr m_checkpoint;
    FileSumsPtr m_sums;
    std::vector<std::uint32_t> m_rows; // natural order of paths
};

} // namespace shardlens::ui
