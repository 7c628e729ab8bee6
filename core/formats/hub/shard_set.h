// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/error.h"
#include "base/result.h"
#include "formats/hub/opened_shard.h"
#include "formats/hub/weight_index.h"
#include "formats/hub/weight_sets.h"
#include "io/file_tree.h"
#include "jobs/job_context.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace shardlens::hub {

/// A set's index and headers as they were read, nothing judged yet.
struct ShardSet {
    /// A file that the index names and that is not opened.
    struct Absent {
        std::string name;          ///< raw, as the index has it
        std::string reason;        ///< why it is refused; empty where it is missing
        std::uint64_t tensors = 0; ///< that the index puts in it
        std::uint32_t first = 0;   ///< of these, as index entry
    };
    static constexpr std::uint32_t None = ~std::uint32_t{0};

    std::optional<WeightIndex> index;
    std::optional<Error> indexProblem;
    std::vector<OpenedShard> shards;    ///< sorted by name
    std::vector<std::uint32_t> shardOf; ///< for each file of the index: into shards, or None
    std::vector<bool> named;            ///< for each shard: the index names it
    std::vector<Absent> absent;         ///< in the index's order
    std::vector<std::string> leftover;  ///< shards of another numbering, not opened or put aside
    bool slices = false;                ///< some shard has DCP_SHARDING_INFO
};

/// Reads the index and all headers in parallel. Fails only where the job must end or limits are crossed.
Result<ShardSet> readShardSet(const FileTree& folder, const WeightSet& set, const JobContext& context);

} // namespace shardlens::hub
