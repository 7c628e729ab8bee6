// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "convert/convert.h"
#include "convert/plan.h"
#include "jobs/job_context.h"

#include <functional>
#include <string>

namespace shardlens::convert {

/// Looks at what was written to the staging folder, before it appears under its final name.
using CheckWritten = std::function<Result<void>(const std::string& folder)>;

/// The way of every plan that is no conversion (an archive written or unpacked): preflight, write, compare the
/// sources with what they were, check, publish. On failure or cancel nothing stands under a final name. Of the
/// options `force` and `sync` count.
Result<Report> publishPlan(const Plan& plan, const Options& options, const CheckWritten& check,
                           const JobContext& context);

} // namespace shardlens::convert
