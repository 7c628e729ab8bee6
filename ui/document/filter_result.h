// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "query/filter.h"
#include "query/name_tree.h"

#include <cstdint>
#include <memory>
#include <vector>

namespace shardlens::ui {

/// What a filter leaves of a checkpoint, computed in a worker. Immutable.
class FilterResult {
public:
    /// Takes time for a million items: for workers.
    static Result<std::shared_ptr<const FilterResult>> compute(const Filter& filter, const NameTreePtr& names,
                                                               const JobContext& context);

    const Filter& filter() const { return m_filter; }
    /// Nothing is filtered: bits() is empty and every item matches.
    bool matchesAll() const { return m_bits.empty(); }
    bool matches(ItemIndex item) const {
        return m_bits.empty() || (m_bits[item / 64] >> (item % 64) & 1) != 0;
    }
    /// A bit an item (tensors, then entries), or empty where everything matches.
    const std::vector<std::uint64_t>& bits() const { return m_bits; }
    /// What matches within a branch, in the time of a block of items.
    BranchSums sums(const NameTree& names, const Branch& branch) const;
    /// Items that match within a branch, in O(1).
    std::uint32_t count(const Branch& branch) const;
    bool any(const Branch& branch) const { return m_bits.empty() || count(branch) > 0; }
    /// The first position of the natural order from `position` on that matches; `size` where none does.
    std::uint32_t nextMatch(std::uint32_t position, std::uint32_t size) const;
    /// All that matches.
    const BranchSums& total() const { return m_total; }
    /// Where nothing matches: the term of the filter without which something would; terms().size() where none
    /// helps.
    std::size_t termToDrop() const { return m_termToDrop; }
    /// How many tensors would match without that term.
    std::uint64_t tensorsWithoutTerm() const { return m_tensorsWithoutTerm; }

private:
    FilterResult() = default;
    Result<void> addUp(const NameTree& names, const JobContext& context);
    BranchSums before(const NameTree& names, std::uint32_t position) const;
    std::uint32_t countBefore(std::uint32_t position) const;

    Filter m_filter;
    std::vector<std::uint64_t> m_bits;
    std::vector<std::uint64_t> m_ordered; // the same bits by position in natural order
    std::vector<BranchSums> m_before;     // what matches before each word of those, and in all
    BranchSums m_total;
    std::size_t m_termToDrop = 0;
    std::uint64_t m_tensorsWithoutTerm = 0;
};

using FilterResultPtr = std::shared_ptr<const FilterResult>;

} // namespace shardlens::ui
