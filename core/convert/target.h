// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "convert/options.h"
#include "convert/plan.h"
#include "jobs/job_context.h"

#include <string>
#include <vector>

namespace shardlens::convert {

/// `FILE.safetensors` is a file, unless a folder of this name stands there.
bool isFileTarget(const std::string& output);
std::string targetFileName(const std::string& output);

/// What stands against writing there: the target is or holds an input, is not empty, has no room.
Findings checkTarget(const Plan& plan, const Options& options);

/// Something stands in the folder, staging folders aside.
bool isOccupied(const std::string& folder);

/// Files of the same name pattern that stand in the target and that the plan does not write: left by an
/// earlier run.
std::vector<std::string> staleFiles(const Plan& plan, const Options& options);

} // namespace shardlens::convert
