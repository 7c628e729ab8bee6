// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "jobs/job_context.h"
#include "model/checkpoint.h"
#include "query/item.h"

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace shardlens {

/// A branch of the tree of names: the items [begin, end) of the natural order, whose first `depth` path parts
/// are equal. A leaf has one item and depth == its path's length. A name that is also a branch (`a` beside
/// `a.b`), or several items with one path, are leaves of that branch with the branch's own depth and label.
/// A plain value; no node objects exist.
struct Branch {
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
    std::uint32_t depth = 0;

    bool operator==(const Branch&) const = default;
};

/// Neighbouring children of one branch.
struct ChildGroup {
    Branch first, last;
    std::uint32_t count = 0;
};

struct BranchSums {
    std::uint64_t tensors = 0, entries = 0, parameters = 0, bytes = 0;
};

/// Names in natural order (layer 2 before 10) as a tree. Derived from a checkpoint once; immutable.
class NameTree {
public:
    static Result<std::shared_ptr<const NameTree>> build(CheckpointPtr checkpoint, const JobContext& context);

    const CheckpointPtr& checkpoint() const { return m_checkpoint; }
    Branch root() const;
    std::uint32_t size() const { return static_cast<std::uint32_t>(m_order.size()); }
    ItemIndex item(std::uint32_t position) const { return m_order[position]; }
    std::uint32_t position(ItemIndex item) const { return m_position[item]; }
    bool isTensor(ItemIndex item) const { return item < m_tensors; }
    TensorId tensor(ItemIndex item) const { return TensorId(item); }
    EntryId entry(ItemIndex item) const { return EntryId(item - m_tensors); }

    bool isLeaf(const Branch& branch) const;
    /// The branch's last path part, raw ("" is a legal name).
    std::string_view label(const Branch& branch) const;
    /// Children in natural order, no more than `atMost + 1` of them. Costs their number times log n.
    std::vector<Branch> children(const Branch& branch, std::size_t atMost = NoLimit) const;
    static constexpr std::size_t NoLimit = ~std::size_t{0} - 1;
    /// The child of a branch that holds a position within it. Costs no more than the child's items.
    Branch childAt(const Branch& branch, std::uint32_t position) const;
    /// All children in groups of `each`, the last one shorter: for lists too long to be looked at one by one.
    /// Costs a byte an item.
    std::vector<ChildGroup> childGroups(const Branch& branch, std::uint32_t each) const;
    /// The branches from below the root to the item's leaf.
    std::vector<Branch> pathTo(ItemIndex item) const;
    BranchSums sums(const Branch& branch) const; ///< by prefix sums, O(1)
    /// Path parts that the items at `position` and `position + 1` have in common.
    std::uint32_t sharedWithNext(std::uint32_t position) const;
    std::uint32_t pathLength(std::uint32_t position) const;

private:
    NameTree() = default;
    friend class NameTreeBuilder;
    bool shareParts(std::uint32_t a, std::uint32_t b, std::uint32_t count) const;
    Branch child(std::uint32_t begin, std::uint32_t end, std::uint32_t parentDepth) const;
    std::uint32_t childEnd(std::uint32_t begin, std::uint32_t end, std::uint32_t depth) const;
    CheckpointPtr m_checkpoint;
    std::uint32_t m_tensors = 0;
    std::vector<ItemIndex> m_order;
    std::vector<std::uint32_t> m_position;
    std::vector<std::uint64_t> m_parametersBefore, m_bytesBefore; // prefix sums, one more than items
    std::vector<std::uint32_t> m_tensorsBefore;
    std::vector<std::uint8_t> m_sharedWithNext; // depth shared with the next item, saturated
};

using NameTreePtr = std::shared_ptr<const NameTree>;

} // namespace shardlens
