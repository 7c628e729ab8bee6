// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "query/file_map.h"
#include "ui/document/document.h"
#include "ui/models/files_model.h"
#include "ui/models/finding_marks.h"

#include <QWidget>

#include <optional>

class QLabel;

namespace shardlens::ui {

class FileStrips;
class Legend;
class Table;

/// The physical files: a strip each with what lies where, and a table of them.
class FilesView : public QWidget {
    Q_OBJECT

public:
    explicit FilesView(Document* document, QWidget* parent = nullptr);
    ~FilesView() override;

    Table* table() const { return m_table; }
    FilesModel* model() const { return m_model; }
    FileStrips* strips() const { return m_strips; }

private:
    QWidget* makeBar();
    void becomeCheckpoint();
    void followSelection();
    void pickFile(FileId file);

    struct Derived {
        FileSumsPtr sums;
        FileMapsPtr maps;
        FindingMarksPtr marks;
    };
    Document* m_document;
    FilesModel* m_model;
    Table* m_table;
    FileStrips* m_strips;
    Legend* m_legend;
    QLabel* m_scale;
    bool m_updating = false;
    std::optional<JobHandle<Result<Derived>>> m_deriving;
};

} // namespace shardlens::ui
