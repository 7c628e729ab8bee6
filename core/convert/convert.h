// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "convert/options.h"
#include "convert/plan.h"
#include "jobs/job_context.h"
#include "model/checkpoint.h"

#include <cstdint>
#include <string>
#include <vector>

namespace shardlens::convert {

/// Makes the plan. Fails only where options cannot be understood (a map that cannot be read, a bad regular
/// expression); what stands against the conversion is in the plan's notes.
Result<Plan> planConversion(CheckpointPtr source, const Options& options, const JobContext& context);

/// Reads what the plan relies on and compares (payloads, room, targets, inputs). Findings; an Error blocks.
Result<Findings> preflight(const Plan& plan, const Options& options, const JobContext& context);

struct Report {
    double seconds = 0;
    std::uint64_t bytesRead = 0;
    std::uint64_t bytesWritten = 0;
    std::uint32_t files = 0;
    std::string target; ///< folder or file that stands now
    Verify verified = Verify::None;
    std::uint64_t castOverflows = 0;  ///< finite values that became infinite
    bool published = true;            ///< false where other parts' files are still to come
    std::vector<std::string> waiting; ///< these files
    Findings notes;
};

/// Reads back all that a plan wrote and compares it with the source: the layout, then every byte. For a run that
/// was verified less. Fails with `convert.verify-failed`.
Result<void> verifyResult(const Plan& plan, const JobContext& context);

/// Preflight, write, verify, publish. The only writer. On failure or cancel nothing stands under a final name
/// and no input has changed.
Result<Report> execute(const Plan& plan, const Options& options, const JobContext& context);

/// The call of `shardlens-cli convert` that does the same, quoted for a shell. `part` and `variant` choose among
/// what the path holds; empty where there is nothing to choose.
std::string asCommand(const std::string& sourcePath, const Options& options, const std::string& part = {},
                      const std::string& variant = {});

} // namespace shardlens::convert
