// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "convert/options.h"
#include "jobs/job_context.h"
#include "model/checkpoint.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace shardlens::convert {

/// A choice that most people would make for a checkpoint because of how its tensors are named: without the
/// optimizer, without a wrapper's prefix. It changes what is written, so that it is offered and never made.
struct Suggestion {
    bool dropOptimizer = false;
    std::vector<std::string> exclude;                         ///< filters: what else a trainer keeps
    std::vector<std::string> stripPrefixes;                   ///< in order of stripping
    std::vector<std::pair<std::string, std::string>> renames; ///< wrappers within names

    std::uint64_t tensors = 0, bytes = 0; ///< that would be written
    std::uint64_t leftOut = 0, leftOutBytes = 0;

    /// The options with the suggestion taken.
    Options takenIn(Options options) const;
    /// `--drop-optimizer --strip-prefix model.`
    std::string asArguments() const;
};

/// What suits the checkpoint beyond what the options say already: the whole of it first, then, where that is more
/// than leaving things out, only that. Empty where names tell nothing. A pure function of names and options.
Result<std::vector<Suggestion>> suggest(const Checkpoint& source, const Options& options,
                                        const JobContext& context);

} // namespace shardlens::convert
