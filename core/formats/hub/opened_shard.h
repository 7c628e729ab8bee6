// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/byte_range.h"
#include "base/error.h"
#include "base/result.h"
#include "formats/hub/sharding_info.h"
#include "formats/safetensors/header.h"
#include "io/file_tree.h"
#include "jobs/job_context.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace shardlens::hub {

/// One file of a checkpoint, read in a worker of its own: its header and what it says of slices.
struct OpenedShard {
    std::string name;     ///< in the folder
    ByteSourcePtr source; ///< null where it cannot be opened
    std::optional<safetensors::Header> header;
    std::optional<Error> problem;          ///< why there is no source or no header
    std::vector<ByteRange> archives;       ///< torch.save archives before the header
    std::vector<std::string> archiveTypes; ///< Python's name for what each holds; empty where unknown
    std::optional<std::uint32_t> rank;

    bool slices = false;              ///< it has DCP_SHARDING_INFO
    std::optional<Error> infoProblem; ///< why that cannot be read
    ShardingInfo info;
    std::vector<std::uint32_t> entryOf; ///< for each tensor of the header: index + 1 in info, 0 for none
    std::uint32_t absentEntries = 0;    ///< entries of info that the header lacks
    std::string firstAbsent;

    bool missing() const { return source == nullptr; }
    std::uint32_t tensors() const { return header ? header->count() : 0; }
};

/// Opens the file of this name. Fails only where the whole job must end (a stop, memory); all else becomes
/// the shard's problem.
Result<OpenedShard> openShard(const FileTree& folder, const std::string& name, const JobContext& context);

/// True for failures that end a job and say nothing about a file.
bool endsJob(const Error& error);

} // namespace shardlens::hub
