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

} // namespace

Result<void> verifyResult(const Plan& plan, const JobContext& context) {
    std::vector<const PlannedFile*> files;
    for (const auto& file : plan.files)
        if (file.role != PlannedFile::Role::Values)
            files.push_back(&file);
    SHARDLENS_CHECK(verifyFiles(plan, files, plan.singleFile ? folderOf(plan.target) : plan.target,
                                Verify::Full, context));
    for (const auto& file : plan.files) { // values lie where the user said
        if (file.role != PlannedFile::Role::Values)
            continue;
        auto alone = file;
        alone.path = targetFileName(file.path);
        SHARDLENS_CHECK(verifyFiles(plan, {&alone}, folderOf(file.path), Verify::Full, context));
    }
    return {};
}

} // namespace shardlens::convert
