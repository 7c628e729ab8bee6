// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "query/file_map.h"
#include "ui/document/document.h"
#include "ui/models/files_model.h"
#include "ui/models/finding_marks.h"

#include <QWidget>

#include <optional>

class QLabel;
class QSlider;

namespace shardlens::ui {

class FileLens;
class FileStrips;
class Legend;
class Table;

/// The physical files: a strip each with what lies where, a lens over them, and a table.
class FilesView : public QWidget {
    Q_OBJECT

public:
    explicit FilesView(Document* document, QWidget* parent = nullptr);
    ~FilesView() override;

    Table* table() const { return m_table; }
    FilesModel* model() const { return m_model; }
    FileStrips* strips() const { return m_strips; }
    FileLens* lens() const { return m_lens; }

private:
    QWidget* makeBar();
    void becomeCheckpoint();
    void followSelection();
    void moveLens(FileId file, quint64 byte);
    void showView();
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
    FileLens* m_lens;
    Legend* m_legend;
    QSlider* m_zoom;
    QLabel* m_scale;
    FindingMarksPtr m_marks;
    bool m_updating = false;
    std::optional<JobHandle<Result<Derived>>> m_deriving;
};

} // namespace shardlens::ui
