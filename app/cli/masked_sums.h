// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "query/name_tree.h"

#include <cstdint>
#include <span>
#include <vector>

namespace shardlens::cli {

/// Sums of branches over the items that a filter lets through, by prefix sums.
class MaskedSums {
public:
    MaskedSums(const NameTree& tree, std::span<const std::uint64_t> bits);
    BranchSums of(const Branch& branch) const;
    std::uint64_t items(const Branch& branch) const {
        const auto sum = of(branch);
        return sum.tensors + sum.entries;
    }

private:
    std::vector<BranchSums> m_before; // one more than items
};

} // namespace shardlens::cli
