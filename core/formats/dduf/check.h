// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "jobs/job_context.h"
#include "model/columns.h"
#include "model/finding.h"

#include <string>
#include <vector>

namespace shardlens::dduf {

/// Three verdicts on one archive: ours, and those of the two public readers.
struct ArchiveCheck {
    Findings findings;            ///< errors first; an archive with any is refused
    std::vector<Verdict> readers; ///< would they open it

    bool refused() const { return countFindings(findings).errors > 0; }
};

/// Checks the archive at a path: entries, structure, the headers of all safetensors entries; `deep` reads all
/// data and compares the CRC-32 of every entry. A file that is damaged or no archive at all is refused; fails
/// only where the file cannot be read or the job must end.
Result<ArchiveCheck> checkArchive(const std::string& path, bool deep, const JobContext& context);

} // namespace shardlens::dduf
