// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "convert/plan.h"
#include "io/staged_output.h"
#include "model/finding.h"

#include <string>
#include <vector>

namespace shardlens::convert {

/// The plan's files of values, or all others.
std::vector<const PlannedFile*> filesOf(const Plan& plan, bool values);
std::vector<std::string> pathsOf(const std::vector<const PlannedFile*>& files);

/// The file's bytes stand under this path already. For files that the plan holds as text.
bool standsAlready(const PlannedFile& file, const std::string& path);

/// The file of values lies wherever the user says; it is complete before the weights appear. With
/// `sameStays` one that holds just these bytes is left alone: several processes may publish one plan.
Result<void> publishValues(const Plan& plan, const StagingOptions& options, bool sameStays);

/// Removes what an earlier run left in the target; a file that stays is a note.
void removeStale(const Plan& plan, const std::vector<std::string>& stale, Findings& notes);

} // namespace shardlens::convert
