// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/columns.h"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace shardlens::hub {

/// Finds names of a pool. Lists that are compared with a pool mostly have its order, so the name after the
/// last hit is tried first; the hash table is built when that fails for the first time. The pool outlives it.
class NameIndex {
public:
    explicit NameIndex(const TextPool& names) : m_names(names) {}

    /// The first one of that name.
    std::optional<std::uint32_t> find(std::string_view name);

private:
    void build();
    std::uint32_t& slot(std::string_view name);

    const TextPool& m_names;
    std::uint32_t m_next = 0;
    std::vector<std::uint32_t> m_table; // open addressing, index + 1, 0 is empty; a power of two long
};

} // namespace shardlens::hub
