// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "convert/chosen.h"
#include "convert/options.h"
#include "convert/plan.h"
#include "jobs/job_context.h"
#include "model/checkpoint.h"

#include <optional>

namespace shardlens::convert {

/// --values: the plain ones among the source's values as one JSON object by name. Others are added to the
/// choice's skipped. Nothing where the option is not given.
Result<std::optional<PlannedFile>> planValues(const CheckpointPtr& source, const Options& options,
                                              Choice& choice, const JobContext& context);

} // namespace shardlens::convert
