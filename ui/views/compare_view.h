// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/document/compare_session.h"
#include "ui/models/compare_model.h"

#include <QTimer>
#include <QWidget>

#include <array>

class QComboBox;
class QLabel;
class QPushButton;
class QSplitter;
class QStackedWidget;

namespace shardlens::style {
class QuietLabel;
class ThinBar;
} // namespace shardlens::style

namespace shardlens::ui {

class ClassPill;
class CommandBox;
class CompareBar;
class CompareDetail;
class EmptyState;
class Table;

/// Two checkpoints beside each other: four classes of tensors, where each differs, likely renames. Selecting a
/// row selects its tensor in the window's checkpoint.
class CompareView : public QWidget {
    Q_OBJECT

public:
    CompareView(Document* document, CompareSession* session, QWidget* parent = nullptr);

    CompareModel* model() const { return m_model; }
    Table* table() const { return m_table; }
    CompareDetail* detail() const { return m_detail; }
    ClassPill* pill(CompareClass which) const { return m_pills[std::size_t(which)]; }
    QString sentence() const;
    /// The sentence and a line for each tensor that is not the same, as text; long lists are cut and say so.
    QString report() const;
    /// For the status line: `291 and 291 tensors`, `286 same`, …
    QStringList facts() const;

signals:
    /// Back to the views of the checkpoint.
    void leaveRequested();

protected:
    void keyPressEvent(QKeyEvent* event) override;

private:
    QWidget* sides();
    QWidget* choices();
    QWidget* classes();
    QWidget* progressPage();
    void buildTable();
    void follow();
    void followRows();
    void showProgress();
    void showCounts();
    void showState();
    void pick();
    void toggleHeading(const QModelIndex& index);
    void askForRenames();
    void addRenames(const std::vector<std::pair<std::string, std::string>>& renames);
    void changeTolerance();
    void copyReport() const;
    void fillNames();

    Document* m_document;
    CompareSession* m_session;
    CompareModel* m_model;
    Table* m_table = nullptr;
    CompareDetail* m_detail = nullptr;
    CompareResultPtr m_shown; ///< whose rows the table shows
    QTimer m_poll;

    QLabel* m_titleA = nullptr;
    QLabel* m_titleB = nullptr;
    style::QuietLabel* m_factsA = nullptr;
    style::QuietLabel* m_factsB = nullptr;
    QPushButton* m_back = nullptr;
    QComboBox* m_names = nullptr;
    QComboBox* m_tolerance = nullptr;
    CompareBar* m_bar = nullptr;
    std::array<ClassPill*, CompareClassCount> m_pills{};
    style::QuietLabel* m_sentence = nullptr;
    QWidget* m_offer = nullptr; ///< one rename for all tensors with equal bytes under other names
    QPushButton* m_offerButton = nullptr;
    QStackedWidget* m_pages = nullptr;
    QWidget* m_progress = nullptr;
    QLabel* m_stage = nullptr;
    style::ThinBar* m_thinBar = nullptr;
    style::QuietLabel* m_amount = nullptr;
    EmptyState* m_empty = nullptr;
    CommandBox* m_command = nullptr;
};

} // namespace shardlens::ui
