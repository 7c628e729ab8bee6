// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "convert/options.h"
#include "jobs/job_context.h"
#include "model/checkpoint.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace shardlens::convert {

/// Which file each name goes to and in which order: from a map, the source's `.hf_metadata`, or a reference.
struct Mapping {
    std::string title;                                        ///< what it is, for messages
    std::vector<std::pair<std::string, std::uint32_t>> files; ///< in the map's order; index into fileNames
    std::vector<std::string> fileNames; ///< in order; where `numbered` only their count matters
    bool numbered = false;              ///< files are named by the pattern
    bool writesIndex = true;
    bool ordersOnly = false; ///< names and order alone: files are split as if there were no map
    bool renumbered = false;
    CheckpointPtr reference; ///< where it came from a checkpoint
    CheckpointPtr beside; ///< what lies beside the reference (the same, or where an index lies): side files
};

/// The mapping that the options ask for, else the source's own; nothing where tensors are to be split by
/// size. Fails with `convert.bad-map` where it cannot be used, and with the errors of opening a reference.
Result<std::optional<Mapping>> chooseMapping(const CheckpointPtr& source, const Options& options,
                                             const JobContext& context);

} // namespace shardlens::convert
