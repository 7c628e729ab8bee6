// SPDX-License-Identifier: Apache-2.0
#include "app/cli/masked_sums.h"

namespace shardlens::cli {

MaskedSums::MaskedSums(const NameTree& tree, std::span<const std::uint64_t> bits)
    : m_before(std::size_t{tree.size()} + 1) {
    for (std::uint32_t p = 0; p < tree.size(); ++p) {
        const auto item = tree.item(p);
        auto next = m_before[p];
        if ((bits[item / 64] >> item % 64 & 1) != 0) {
            const auto own = tree.sums({p, p + 1, 0});
            next.tensors += own.tensors;
            next.entries += own.entries;
            next.parameters += own.parameters;
            next.bytes += own.bytes;
        }
        m_before[p + 1] = next;
    }
}

BranchSums MaskedSums::of(const Branch& branch) const {
    const auto &first = m_before[branch.begin], &last = m_before[branch.end];
    return {last.tensors - first.tensors, last.entries - first.entries, last.parameters - first.parameters,
            last.bytes - first.bytes};
}

} // namespace shardlens::cli
