// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/document/document.h"
#include "ui/models/contents_model.h"

#include <QSet>
#include <QWidget>

#include <optional>

class QAction;
class QLabel;
class QStackedLayout;
class QTreeView;

namespace shardlens::ui {

class ContentsDelegate;
class EmptyState;

/// The contents as a tree, with what the filter hides counted at its foot. What is open and where it is
/// scrolled to survive a change of the filter.
class ContentsView : public QWidget {
    Q_OBJECT

public:
    explicit ContentsView(Document* document, QWidget* parent = nullptr);
    ~ContentsView() override;

    QTreeView* tree() const { return m_tree; }
    ContentsModel* model() const { return m_model; }
    /// Alike layers as one row; checkable, for a title bar or menu.
    QAction* foldAction() const { return m_fold; }
    /// For a title bar: `12.5 of 15.0 GiB`.
    QString summary() const;

signals:
    void summaryChanged();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void becomeCheckpoint();
    void becomeFilter();
    void showContent(const ContentsModel::Content& content);
    void openAtFirst();
    void openRemembered(const QModelIndex& parent);
    void openAll(const QModelIndex& parent, int& budget);
    void followSelection();
    void splitAround(const SelectedItem& item);
    void deriveMore();
    void markFolds();
    ContentsModel::Content contentNow() const;
    void pick(const QModelIndex& index);
    void dropColumns();
    void updateFoot();
    void updateNothing();
    void showMenu(const QPoint& at);
    void copyName() const;

    Document* m_document;
    ContentsModel* m_model;
    QTreeView* m_tree;
    ContentsDelegate* m_delegate;
    QWidget* m_foot;
    QLabel* m_hidden;
    EmptyState* m_nothing;
    QStackedLayout* m_stack;
    QSet<quint64> m_open; ///< what the user opened
    bool m_updating = false;
    struct Derived {
        FindingMarksPtr marks;
        FoldingPtr folding;
    };
    Derived m_derived;
    std::shared_ptr<const FoldMarks> m_foldMarks; ///< of the filter in force
    std::optional<std::uint32_t> m_alone;
    QAction* m_fold;
    std::optional<JobHandle<Result<Derived>>> m_deriving;
    std::optional<JobHandle<Result<std::shared_ptr<const FoldMarks>>>> m_marking;
};

} // namespace shardlens::ui
