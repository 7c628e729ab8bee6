// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/document/document.h"

#include <QWidget>

class QStackedLayout;

namespace shardlens::ui {

class BranchPage;
class EntryPage;
class FilePage;
class FindingPage;
class OverviewPage;
class TensorPage;

/// What is selected, in words and figures: a tensor, branch, entry, file or finding; else the checkpoint.
class DetailsView : public QWidget {
    Q_OBJECT

public:
    explicit DetailsView(Document* document, QWidget* parent = nullptr);

    TensorPage* tensorPage() const { return m_tensor; }
    /// The page that is shown.
    QWidget* current() const;

signals:
    void slicesWanted(); ///< the slices large: the Slices tab

private:
    void becomeCheckpoint();
    void followSelection();

    Document* m_document;
    QStackedLayout* m_stack;
    OverviewPage* m_overview;
    TensorPage* m_tensor;
    BranchPage* m_branch;
    EntryPage* m_entry;
    FilePage* m_file;
    FindingPage* m_finding;
};

} // namespace shardlens::ui
