// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "formats/dcp/metadata_file.h"
#include "formats/dcp/seeded_map.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace shardlens::dcp {

/// planner_data: where the names' paths are cut. A key with dots in it is one part of its path, which dots
/// alone could not tell.
class PlannerPaths {
public:
    explicit PlannerPaths(const MetadataFile& metadata);

    bool empty() const { return m_pairs.empty(); }
    /// Positions of the separators in the name. Nothing where planner data has no path, or one that does not
    /// join to the name. The view lives until the next call. Names asked for in the file's order are found at
    /// once.
    std::optional<std::span<const std::uint32_t>> cuts(pickle::Node name);

private:
    std::optional<pickle::Node> pathOf(pickle::Node name);

    const pickle::Pickle& m_pickle;
    std::span<const pickle::Node> m_pairs;
    std::size_t m_next = 0;
    TextMap<pickle::Node> m_byName; // filled once the orders differ
    std::vector<std::uint32_t> m_cuts;
};

} // namespace shardlens::dcp
