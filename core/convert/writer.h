// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "convert/plan.h"
#include "io/staged_output.h"
#include "jobs/job_context.h"

#include <cstdint>
#include <vector>

namespace shardlens::convert {

/// What writing found out.
struct Written {
    std::uint64_t bytes = 0;
    std::uint64_t castOverflows = 0;
};

/// Writes the plan's files (all but values) into the staging folder with all of the context's threads, and
/// closes each as soon as it is complete. Stops within 200 ms of being asked to.
Result<Written> writeFiles(const Plan& plan, const std::vector<const PlannedFile*>& files,
                           StagedOutput& staged, bool sync, const JobContext& context);

} // namespace shardlens::convert
