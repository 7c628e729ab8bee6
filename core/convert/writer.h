// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "convert/plan.h"
#include "io/staged_output.h"
#include "jobs/job_context.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

namespace shardlens::convert {

/// What writing found out.
struct Written {
    std::uint64_t bytes = 0;
    std::uint64_t castOverflows = 0;
};

/// Where the files go: `create` makes one; `closed` (which may be empty) hears of each that is complete,
/// from any thread.
struct WriteTo {
    std::function<Result<std::unique_ptr<OutputFile>>(const PlannedFile&)> create;
    std::function<Result<void>(const PlannedFile&)> closed;
};

/// Writes the plan's files (all but values) with all of the context's threads, and closes each as soon as
/// it is complete. Stops within 200 ms of being asked to.
Result<Written> writeFiles(const Plan& plan, const std::vector<const PlannedFile*>& files, const WriteTo& to,
                           bool sync, const JobContext& context);

/// The same into a staging folder.
Result<Written> writeFiles(const Plan& plan, const std::vector<const PlannedFile*>& files,
                           StagedOutput& staged, bool sync, const JobContext& context);

} // namespace shardlens::convert
