// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/document/document.h"
#include "ui/models/files_model.h"

#include <QWidget>

#include <optional>

namespace shardlens::ui {

class Table;

/// The physical files.
class FilesView : public QWidget {
    Q_OBJECT

public:
    explicit FilesView(Document* document, QWidget* parent = nullptr);
    ~FilesView() override;

    Table* table() const { return m_table; }
    FilesModel* model() const { return m_model; }

private:
    void becomeCheckpoint();
    void followSelection();

    Document* m_document;
    FilesModel* m_model;
    Table* m_table;
    bool m_updating = false;
    std::optional<JobHandle<Result<FileSumsPtr>>> m_summing;
};

} // namespace shardlens::ui
