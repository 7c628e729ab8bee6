// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "convert/dduf_export.h"
#include "jobs/job_context.h"

#include <string>

namespace shardlens::convert {

/// Opens the archive that was written to `folder` with the readers that open everybody's, and compares it with
/// the plan: the same entries at the same places, headers that agree with the directory, nothing that a
/// careful reader would refuse, weights with as many tensors. Fails with `convert.verify-failed`.
Result<void> verifyArchive(const ExportPlan& plan, const std::string& folder, const JobContext& context);

} // namespace shardlens::convert
