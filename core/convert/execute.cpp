// SPDX-License-Identifier: Apache-2.0
#include "convert/convert.h"
#include "convert/execute_part.h"
#include "convert/note.h"
#include "convert/publishing.h"
#include "convert/rules.h"
#include "convert/source_guard.h"
#include "convert/target.h"
#include "convert/verify.h"
#include "convert/writer.h"
#include "io/staged_output.h"

#include <chrono>
#include <memory>

namespace shardlens::convert {

namespace {

/// The first note that stands against the conversion, as the failure.
Result<void> refuse(const Findings& notes) {
    for (const auto& note : notes)
        if (note.severity() == Severity::Error)
            return Failure(note.what);
    return {};
}

Result<std::unique_ptr<StagedOutput>> stage(const Plan& plan, const StagingOptions& options) {
    return plan.singleFile ? StagedOutput::createForFile(plan.target, options)
                           : StagedOutput::create(plan.target, options);
}

} // namespace

Result<Report> execute(const Plan& plan, const Options& options, const JobContext& context) {
    const auto began = std::chrono::steady_clock::now();
    SHARDLENS_CHECK(refuse(plan.notes));
    SHARDLENS_TRY(const auto found, preflight(plan, options, context));
    SHARDLENS_CHECK(refuse(found));
    const SourceGuard guard(plan);
    if (plan.parts != 0 || options.finish)
        return executePart(plan, options, guard, context);
    const auto files = filesOf(plan, false);
    const StagingOptions staging{options.force, options.sync};
    SHARDLENS_TRY(const auto staged, stage(plan, staging));
    SHARDLENS_TRY(const auto written, writeFiles(plan, files, *staged, options.sync, context));
    SHARDLENS_CHECK(guard.check());
    SHARDLENS_CHECK(verifyFiles(plan, files, staged->stagingPath(), options.verify, context));
    SHARDLENS_CHECK(publishValues(plan, staging, false));
    SHARDLENS_CHECK(context.checkStop());
    const auto stale = staleFiles(plan, options);
    SHARDLENS_CHECK(staged->publish(pathsOf(files)));
    Report report;
    removeStale(plan, stale, report.notes);
    if (written.castOverflows != 0)
        addNote(report.notes, rules::ConvertOverflow, {written.castOverflows});
    report.bytesRead = plan.bytesRead;
    report.bytesWritten = plan.bytesWritten;
    report.files = static_cast<std::uint32_t>(plan.files.size());
    report.target = plan.target;
    report.verified = options.verify;
    report.castOverflows = written.castOverflows;
    report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    return report;
}

} // namespace shardlens::convert
