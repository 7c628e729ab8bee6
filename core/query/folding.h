// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "jobs/job_context.h"
#include "query/name_tree.h"

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace shardlens {

/// Neighbouring children of a branch that are shown as one row: `0 … 16  17 alike`. A child alone has
/// count 1.
struct FoldedRun {
    std::uint32_t firstChild = 0; ///< index into the branch's children
    std::uint32_t lastChild = 0;
    std::uint32_t count() const { return lastChild - firstChild + 1; }

    bool operator==(const FoldedRun&) const = default;
};

/// Marks of items (a filter's bits) by which otherwise equal siblings differ. Built once a filter, in linear
/// time.
class FoldMarks {
public:
    FoldMarks() = default;

private:
    friend class Folding;
    std::vector<std::uint64_t> m_before; // prefix sums; empty: no marks
};

/// Says which branches have the same structure below them: labels, dtypes, shapes, kinds of entries. No hash
/// is kept a branch: that of any branch follows from prefix sums over the items in the time of its path.
/// Hashes have seeds drawn once per process, so that no file can be made whose branches collide. Immutable.
class Folding {
public:
    static Result<std::shared_ptr<const Folding>> build(NameTreePtr tree, const JobContext& context);

    const NameTreePtr& tree() const { return m_tree; }
    /// Equal where the structures below two branches are equal; their own labels do not count.
    std::uint64_t structure(const Branch& branch) const;

    /// `bits` as Filter::apply gives them, by item.
    FoldMarks mark(std::span<const std::uint64_t> bits) const;

    /// What stands against folding a child with its neighbours.
    struct Splits {
        std::span<const std::uint32_t> positions = {}; ///< sorted: a child that holds one of them stays alone
        const FoldMarks* marks = nullptr;              ///< children that are marked differently stay apart
        std::uint32_t minimum = 3;                     ///< shorter runs are given as single children
    };
    /// Children in runs, in order. Folded are neighbours whose labels count up by one with the same text
    /// around the number (`0 1 2`, `block7 block8`) and whose structures are equal.
    std::vector<FoldedRun> runs(std::span<const Branch> children, const Splits& splits) const;

private:
    explicit Folding(NameTreePtr tree);
    Result<void> fill(const JobContext& context);
    std::uint64_t markHash(const FoldMarks& marks, const Branch& branch) const;

    NameTreePtr m_tree;
    std::vector<std::uint64_t> m_weight;        // of an item's position: powers of a seed
    std::vector<std::uint64_t> m_contentBefore; // prefix sums of weighted hashes of path, dtype and shape
    std::vector<std::uint64_t> m_lengthBefore;  // prefix sums of weighted powers of path lengths
};

using FoldingPtr = std::shared_ptr<const Folding>;

} // namespace shardlens
