// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "query/folding.h"
#include "ui/document/filter_result.h"
#include "ui/document/selected_item.h"
#include "ui/models/contents_row.h"
#include "ui/models/finding_marks.h"

#include <QAbstractItemModel>

#include <memory>
#include <optional>
#include <vector>

namespace shardlens::ui {

/// The tree of names, lazily: rows exist for opened branches only, a branch is an interval of the natural
/// order. Chains of single children are one row (`q_proj.weight`), long sibling lists are split into buckets.
/// Any change of what is shown is a reset; the view keeps what is open by keyOf().
class ContentsModel : public QAbstractItemModel {
    Q_OBJECT

public:
    enum Column { Name, Type, Slices, Size, Share, ColumnCount };
    /// Siblings shown without buckets.
    static constexpr std::uint32_t BucketSize = 2000;
    /// Siblings that are looked at one by one, and folded; of more only the opened buckets are.
    static constexpr std::size_t LookedAt = 16'000;

    struct Content {
        NameTreePtr names;
        FilterResultPtr filter;
        FindingMarksPtr marks;                      ///< may come later
        FoldingPtr folding;                         ///< null: every branch is a row of its own
        std::shared_ptr<const FoldMarks> foldMarks; ///< of the filter, where one is in force
        std::optional<std::uint32_t> alone; ///< a position whose branches are not folded: it is selected
    };

    explicit ContentsModel(QObject* parent = nullptr);
    ~ContentsModel() override;

    void setContent(Content content);
    const Content& content() const { return m_content; }
    /// True where the row lies below one that stands for several branches.
    bool isWithinAlike(const QModelIndex& index) const;

    ContentsRow row(const QModelIndex& index) const;
    /// What selecting the row means.
    SelectedItem itemOf(const QModelIndex& index) const;
    /// The row that shows an item, made if need be; invalid where the filter hides it.
    QModelIndex indexOf(const SelectedItem& item);
    /// The full raw name behind a row; of a branch its path.
    std::string rawName(const QModelIndex& index) const;
    Branch branchOf(const QModelIndex& index) const;
    /// Tells a row from all others across resets.
    quint64 keyOf(const QModelIndex& index) const;

    QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
    QModelIndex parent(const QModelIndex& index) const override;
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    bool hasChildren(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;

private:
    struct Node;
    Node* nodeAt(const QModelIndex& index) const;
    QModelIndex indexFor(Node* node) const;
    bool shown(const Branch& branch) const;
    std::optional<std::vector<Branch>> shownChildren(const Branch& branch) const;
    std::vector<Branch> matchingChildren(const Branch& branch) const;
    std::vector<std::unique_ptr<Node>> makeRows(Node* parent, const std::vector<Branch>& branches) const;
    std::vector<std::unique_ptr<Node>> makeBuckets(Node* parent, const Branch& branch) const;
    std::unique_ptr<Node> makeSeveral(Node* parent, ContentsRow::Kind kind, const ChildGroup& group) const;
    std::unique_ptr<Node> makeRow(Node* parent, const Branch& branch) const;
    std::vector<FoldedRun> runsOf(const std::vector<Branch>& branches) const;
    Branch listed(const Node& node) const;
    void load(Node* node) const;
    BranchSums sumsOf(const Branch& branch) const;
    QString labelOf(const Node& node) const;
    QString besideOf(const Node& node) const;
    std::size_t numberedChildren(const Node& node) const;
    void describeItem(const Node& node, ContentsRow& into) const;
    Branch leafOf(const SelectedItem& item) const;

    Content m_content;
    std::unique_ptr<Node> m_root;
};

} // namespace shardlens::ui
