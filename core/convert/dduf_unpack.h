// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "convert/convert.h"
#include "convert/plan.h"
#include "jobs/job_context.h"

#include <string>
#include <vector>

namespace shardlens::convert {

/// The options of `dduf unpack`.
struct UnpackOptions {
    std::string archive;
    std::string output;               ///< a folder
    std::vector<std::string> include; ///< entries or components; none: everything
    bool force = false;               ///< into a folder that is not empty
    bool sync = true;
};

/// What unpacking will write: a file an entry. Fails where the archive's directory cannot be read; blocked by
/// its notes where the archive is not to be trusted (names that leave the folder, links, entries that overlap,
/// several of one name, headers that contradict the directory, data past the end), whichever entries are
/// asked for. An archive that breaks DDUF's rules and harms nobody is unpacked with a warning.
Result<Plan> planUnpack(const UnpackOptions& options, const JobContext& context);

/// What stands against writing there, and against reading what the plan names. Findings; an Error blocks.
Result<Findings> checkUnpack(const Plan& plan, const UnpackOptions& options, const JobContext& context);

/// Copies every entry with its CRC-32 compared on the way, and publishes all of them together. Fails with
/// `zip.crc-mismatch` where the data is not what was stored; then nothing stands under a final name.
Result<Report> executeUnpack(const Plan& plan, const UnpackOptions& options, const JobContext& context);

/// The call of `shardlens-cli dduf unpack` that does the same.
std::string asCommand(const UnpackOptions& options);

} // namespace shardlens::convert
