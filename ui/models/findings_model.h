// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/checkpoint.h"
#include "ui/document/selected_item.h"

#include <QAbstractTableModel>

#include <optional>
#include <vector>

namespace shardlens::ui {

/// The findings, errors first. Reset-only.
class FindingsModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { Rule, Where, Sentence, Advice, ColumnCount };

    using QAbstractTableModel::QAbstractTableModel;

    void setCheckpoint(CheckpointPtr checkpoint);
    /// What was found in the values beside what the checkpoint itself says.
    void setFound(Findings found);
    const Finding& findingAt(int row) const;
    /// Nothing for what was found in the values: the checkpoint does not know it.
    std::optional<FindingId> idAt(int row) const;
    Findings all() const;
    int rowOf(FindingId finding) const; ///< −1 for none
    /// One finding as text for the clipboard: severity, rule, where, sentence, advice.
    QString text(int row) const;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    void sortRows();

    CheckpointPtr m_checkpoint;
    Findings m_found;
    std::vector<std::uint32_t> m_rows; ///< the checkpoint's, then what was found
};

/// What a finding is about, for going there.
SelectedItem subjectOf(const Checkpoint& checkpoint, const Finding& finding);
/// `1 error, 2 warnings, 1 note`; empty for none.
QString countsText(const Findings& findings);
/// The place in few words: file name, tensor or `7 tensors`.
QString whereText(const Checkpoint& checkpoint, const Finding& finding);

} // namespace shardlens::ui
