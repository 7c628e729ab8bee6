// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "convert/options.h"
#include "convert/plan.h"
#include "jobs/job_context.h"

#include <string>
#include <vector>

namespace shardlens::convert {

/// Opens what was written with the reader that opens everybody's files, and compares: the same tensors at the
/// same places with the same dtypes and shapes, sizes, no finding; other files byte for byte. Fails with
/// `convert.verify-failed`.
Result<void> verifyLayout(const Plan& plan, const std::vector<const PlannedFile*>& files,
                          const std::string& folder, const JobContext& context);

/// Every file has the size that was planned.
Result<void> checkSizes(const Plan& plan, const std::string& folder);

/// Reads every byte back and compares it with the source's, read again.
Result<void> verifyContents(const Plan& plan, const std::vector<const PlannedFile*>& files,
                            const std::string& folder, const JobContext& context);

/// What `--verify` asks for.
Result<void> verifyFiles(const Plan& plan, const std::vector<const PlannedFile*>& files,
                         const std::string& folder, Verify how, const JobContext& context);

} // namespace shardlens::convert
