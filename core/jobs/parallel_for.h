// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "jobs/job_context.h"

#include <cstddef>
#include <functional>

namespace shardlens {

/// Calls `work(index)` for 0 … count - 1 from `context.threadCount()` threads (the caller's among them), in
/// rising order of start. Returns when all have ended. The first failure, or a stop, keeps further indices from
/// starting; the failure with the lowest index is returned. std::bad_alloc becomes `job.out-of-memory`.
Result<void> parallelFor(const JobContext& context, std::size_t count,
                         const std::function<Result<void>(std::size_t)>& work);

} // namespace shardlens
