// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"

#include <optional>
#include <string>

namespace shardlens {

/// Where several processes put one target's files until they are complete.
struct SharedSite {
    static constexpr const char* PlanName = "plan";
    static constexpr const char* FilesName = "files";

    std::string target;  ///< absolute, without links
    std::string folder;  ///< the staging folder
    bool inside = false; ///< of the target, since nothing may be made beside it

    /// A name beside `folder` for what is not yet, or no longer, in use.
    std::string passingPath() const;
    /// Removes such: left by processes that were killed, or about to be made again.
    void removePassing() const;
    std::string filesPath(const std::string& digest) const { return folder + "/" + digest + "/" + FilesName; }
};

/// The same for every process: by what stands there, not by what one of them did.
Result<SharedSite> sharedSiteOf(const std::string& target, bool makeParents);

/// The first two lines of the plan's file: its digest, and when and where it was begun.
struct PlanRecord {
    std::string digest, begun;
};
std::optional<PlanRecord> readPlanRecord(const std::string& folder);
Result<void> writePlanRecord(const std::string& folder, const std::string& digest);

/// Makes `<folder>/<digest>/files`.
Result<void> makePlanFolder(const std::string& folder, const std::string& digest);

/// 16 characters that no other process has.
std::string newSuffix();

/// Anything by this name, a link that leads nowhere too.
bool nameExists(const std::string& path);

} // namespace shardlens
