// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "convert/plan.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace shardlens::convert {

/// One of several processes that write a plan's files together; `part` counts from 1.
struct Partition {
    std::uint32_t part = 0, parts = 0;
};

/// A variable of the environment, nothing where it is not set.
using Environment = std::function<std::optional<std::string>(const char* name)>;
Environment processEnvironment();

/// `I/N`, or `auto`: by what the launcher says, the innermost first: Open MPI, torchrun, other MPIs, Slurm,
/// then RANK and WORLD_SIZE. Nothing for an empty text. Fails with `convert.bad-option`.
Result<std::optional<Partition>> parsePartition(const std::string& text, const Environment& environment);

/// Gives every file its part (PlannedFile::part): the largest first, each to the part that has the fewest
/// bytes so far. By the plan alone, so that every part finds the same. Values are the publisher's.
void shareOut(Plan& plan);

/// The files that the plan's own part writes.
std::vector<const PlannedFile*> ownFiles(const Plan& plan);

} // namespace shardlens::convert
