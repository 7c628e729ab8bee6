// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "formats/hub/shard_set.h"
#include "jobs/job_context.h"

#include <cstdint>
#include <vector>

namespace shardlens::hub {

/// Which tensors the index and the headers agree on.
struct IndexJoin {
    std::vector<std::uint32_t> tensorOf; ///< for each index entry: tensor + 1 in the file that it names, or 0
    /// For each shard, for each tensor of its header: whether the index puts it there.
    std::vector<std::vector<bool>> mapped;
};

/// Compares each file's header with the entries that name it, files in parallel. The set has an index.
Result<IndexJoin> joinIndex(const ShardSet& set, const JobContext& context);

} // namespace shardlens::hub
