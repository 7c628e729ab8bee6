// SPDX-License-Identifier: Apache-2.0
#include "convert/publish_plan.h"

#include "convert/metadata_files.h"
#include "convert/source_guard.h"
#include "convert/writer.h"
#include "io/staged_output.h"

#include <algorithm>
#include <chrono>
#include <memory>

namespace shardlens::convert {

namespace {

Result<void> refuse(const Findings& notes) {
    for (const auto& note : notes)
        if (note.severity() == Severity::Error)
            return Failure(note.what);
    return {};
}

/// In the order in which files appear: indexes after what they name.
std::vector<std::string> publishingOrder(const Plan& plan) {
    std::vector<std::string> paths;
    for (const auto& file : plan.files)
        paths.push_back(file.path);
    std::ranges::stable_partition(
        paths, [](const std::string& path) { return !baseName(path).ends_with("index.json"); });
    return paths;
}

} // namespace

Result<Report> publishPlan(const Plan& plan, const Options& options, const CheckWritten& check,
                           const JobContext& context) {
    const auto began = std::chrono::steady_clock::now();
    SHARDLENS_CHECK(refuse(plan.notes));
    SHARDLENS_TRY(const auto found, preflight(plan, options, context));
    SHARDLENS_CHECK(refuse(found));
    const SourceGuard guard(plan);
    SHARDLENS_CHECK(guard.check());
    std::vector<const PlannedFile*> files;
    for (const auto& file : plan.files)
        files.push_back(&file);
    const StagingOptions staging{options.force, options.sync};
    SHARDLENS_TRY(const auto staged, plan.singleFile ? StagedOutput::createForFile(plan.target, staging)
                                                     : StagedOutput::create(plan.target, staging));
    SHARDLENS_TRY(const auto written, writeFiles(plan, files, *staged, options.sync, context));
    SHARDLENS_CHECK(guard.check());
    SHARDLENS_CHECK(check(staged->stagingPath()));
    SHARDLENS_CHECK(context.checkStop());
    SHARDLENS_CHECK(staged->publish(publishingOrder(plan)));
    Report report;
    report.bytesRead = plan.bytesRead;
    report.bytesWritten = written.bytes;
    report.files = static_cast<std::uint32_t>(plan.files.size());
    report.target = plan.target;
    report.verified = Verify::Layout;
    report.castOverflows = written.castOverflows;
    report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    return report;
}

} // namespace shardlens::convert
