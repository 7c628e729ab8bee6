// SPDX-License-Identifier: Apache-2.0
#include "convert/convert.h"
#include "convert/target.h"
#include "convert/verify.h"

#include <vector>

namespace shardlens::convert {

namespace {

std::string folderOf(const std::string& file) {
    const auto slash = file.rfind('/');
    return slash == std::string::npos ? "." : slash == 0 ? "/" : file.substr(0, slash);
}

Result<void> verifyIn(const std::string& folder, const Plan& plan,
                      const std::vector<const PlannedFile*>& files, const JobContext& context) {
    SHARDLENS_CHECK(verifyLayout(plan, files, folder, context));
    return verifyContents(plan, files, folder, context);
}

} // namespace

Result<void> verifyResult(const Plan& plan, const JobContext& context) {
    std::vector<const PlannedFile*> files;
    for (const auto& file : plan.files)
        if (file.role != PlannedFile::Role::Values)
            files.push_back(&file);
    SHARDLENS_CHECK(verifyIn(plan.singleFile ? folderOf(plan.target) : plan.target, plan, files, context));
    for (const auto& file : plan.files) { // values lie where the user said
        if (file.role != PlannedFile::Role::Values)
            continue;
        auto alone = file;
        alone.path = targetFileName(file.path);
        SHARDLENS_CHECK(verifyIn(folderOf(file.path), plan, {&alone}, context));
    }
    return {};
}

} // namespace shardlens::convert
