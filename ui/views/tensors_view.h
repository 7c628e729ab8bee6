// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/document/document.h"
#include "ui/models/tensors_model.h"

#include <QWidget>

#include <optional>

class QLabel;

namespace shardlens::ui {

class Table;

/// All tensors flat, sortable by every column; sorting and export run in workers.
class TensorsView : public QWidget {
    Q_OBJECT

public:
    explicit TensorsView(Document* document, QWidget* parent = nullptr);
    ~TensorsView() override;

    TensorsModel* model() const { return m_model; }
    Table* table() const { return m_table; }

    /// Asks for a file name and writes what the table shows.
    void exportTable();
    /// The same without asking; the format by the suffix. `exported` follows.
    void exportTo(const QString& path);

signals:
    void exported(const QString& path, const QString& failure); ///< failure is empty where it worked
    void rowsChanged();

private:
    void becomeCheckpoint();
    void refresh();
    void followSelection();
    void pick();
    void copy(bool wholeRows);
    void updateCount();
    std::vector<std::uint32_t> selectedTensors() const;

    Document* m_document;
    TensorsModel* m_model;
    Table* m_table;
    QLabel* m_count;
    FindingMarksPtr m_marks;
    bool m_updating = false;
    std::optional<JobHandle<Result<FindingMarksPtr>>> m_marking;
    std::optional<JobHandle<Result<TensorRowsPtr>>> m_sorting;
    std::optional<JobHandle<QString>> m_exporting;
};

} // namespace shardlens::ui
