// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "formats/hub/weight_sets.h"
#include "io/file_tree.h"
#include "jobs/job_context.h"
#include "model/checkpoint_builder.h"
#include "model/value.h"

#include <cstddef>
#include <string>

namespace shardlens::hub {

/// Where a set goes in a checkpoint that may hold others too.
struct SetPlace {
    std::string filePrefix; ///< put before file names: `unet/`
    std::string namePrefix; ///< put before tensor names: `unet.`
};

/// What became of a set.
struct AddedSet {
    bool slices = false;    ///< it holds DCP slices
    bool sharded = false;   ///< it has an index, a numbering or several files
    std::size_t files = 0;  ///< that lie there
    bool chunkKeys = false; ///< slices lie under keys that are no tensor names (transformers)
    Value metadata;         ///< a Dict: the index's metadata and what all files' `__metadata__` say alike
};

/// Reads a set of files (readShardSet) and adds its files, tensors, slices, regions, aliases and findings,
/// but not its metadata, to the builder. Fails only where the job must end or limits are crossed.
Result<AddedSet> addWeightSet(CheckpointBuilder& builder, const FileTree& folder, const WeightSet& set,
                              const SetPlace& place, const JobContext& context);

} // namespace shardlens::hub
