// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "query/filter_term.h"
#include "query/item.h"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace shardlens {

/// Terms against one checkpoint, with what they need of files, findings and aliases looked up once. Safe from
/// many threads; lives no longer than both.
class FilterMatch {
public:
    FilterMatch(std::span<const ParsedTerm> terms, const Checkpoint& checkpoint);

    bool all(ItemIndex item) const;
    /// The one term that the item fails; nothing where it fails none or several.
    std::optional<std::size_t> onlyFailing(ItemIndex item) const;

private:
    bool term(std::size_t index, ItemIndex item) const;
    bool tensorTerm(std::size_t index, const TensorView& tensor) const;
    bool entryTerm(std::size_t index, ItemIndex item) const;
    bool has(const ParsedTerm& term, const TensorView& tensor) const;
    bool anySliceIn(const std::vector<bool>& files, const TensorView& tensor) const;
    void collectFindings();
    void collectAliases();

    std::span<const ParsedTerm> m_terms;
    const Checkpoint& m_checkpoint;
    std::uint32_t m_tensors;
    std::vector<std::vector<bool>> m_files; // a term each: files that match File and Rank terms
    std::vector<bool> m_hasFinding;         // an item each; empty where no term asks
    std::vector<bool> m_hasAlias;           // a tensor each; empty where no term asks
};

} // namespace shardlens
