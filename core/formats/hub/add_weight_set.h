// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/byte_range.h"
#include "base/error.h"
#include "base/result.h"
#include "formats/hub/weight_sets.h"
#include "io/file_tree.h"
#include "jobs/job_context.h"
#include "model/checkpoint_builder.h"
#include "model/value.h"

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace shardlens::hub {

/// The one physical file that holds a set's files, for sets within an archive.
struct ArchivePlace {
    FileId file;
    std::string path; ///< of the archive, for findings
    /// Where a file of the set's folder lies in the archive.
    std::function<std::optional<ByteRange>(std::string_view name)> find;
};

/// Where a set goes in a checkpoint that may hold others too.
struct SetPlace {
    std::string filePrefix;                ///< put before file names: `unet/`
    std::string namePrefix;                ///< put before tensor names: `unet/`
    const ArchivePlace* archive = nullptr; ///< null where the files are files of the file system

    /// The first byte of a file of the set in the physical file that holds it.
    std::uint64_t begin(std::string_view name) const;
    /// A place that is named within the set's folder becomes one within the checkpoint.
    void locate(Location& where) const;
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
