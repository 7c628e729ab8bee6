// SPDX-License-Identifier: Apache-2.0
#include "convert/convert.h"
#include "convert/note.h"
#include "convert/rules.h"
#include "convert/source_guard.h"
#include "convert/target.h"
#include "convert/verify.h"
#include "convert/writer.h"
#include "io/remove_file.h"
#include "io/staged_output.h"

#include <algorithm>
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

std::vector<const PlannedFile*> filesOf(const Plan& plan, bool values) {
    std::vector<const PlannedFile*> files;
    for (const auto& file : plan.files)
        if ((file.role == PlannedFile::Role::Values) == values)
            files.push_back(&file);
    return files;
}

std::vector<std::string> pathsOf(const std::vector<const PlannedFile*>& files) {
    std::vector<std::string> paths;
    for (const auto* file : files)
        paths.push_back(file->path);
    return paths;
}

Result<std::unique_ptr<StagedOutput>> stage(const Plan& plan, const StagingOptions& options) {
    return plan.singleFile ? StagedOutput::createForFile(plan.target, options)
                           : StagedOutput::create(plan.target, options);
}

/// The file of values lies wherever the user says; it is complete before the weights appear.
Result<std::unique_ptr<StagedOutput>> writeValues(const PlannedFile& file, const StagingOptions& options) {
    SHARDLENS_TRY(auto staged, StagedOutput::createForFile(file.path, options));
    const auto& text = std::get<Literal>(file.pieces.front().what).bytes;
    SHARDLENS_TRY(const auto output, staged->create(targetFileName(file.path), text.size()));
    SHARDLENS_CHECK(output->writeAt(0, std::as_bytes(std::span(text))));
    SHARDLENS_CHECK(output->close(options.sync));
    return staged;
}

Result<void> verify(const Plan& plan, const std::vector<const PlannedFile*>& files, const std::string& folder,
                    Verify how, const JobContext& context) {
    if (how == Verify::None)
        return {};
    SHARDLENS_CHECK(verifyLayout(plan, files, folder, context));
    return how == Verify::Full ? verifyContents(plan, files, folder, context) : Result<void>();
}

void removeStale(const Plan& plan, const std::vector<std::string>& stale, Findings& notes) {
    for (const auto& name : stale)
        if (const auto removed = removeFile(plan.target + "/" + name); !removed)
            addNote(notes, rules::ConvertStale, {name, message(removed.error())});
}

} // namespace

Result<Report> execute(const Plan& plan, const Options& options, const JobContext& context) {
    const auto began = std::chrono::steady_clock::now();
    SHARDLENS_CHECK(refuse(plan.notes));
    SHARDLENS_TRY(const auto found, preflight(plan, options, context));
    SHARDLENS_CHECK(refuse(found));
    const SourceGuard guard(plan);
    const auto files = filesOf(plan, false);
    const StagingOptions staging{options.force, options.sync};
    SHARDLENS_TRY(const auto staged, stage(plan, staging));
    SHARDLENS_TRY(const auto written, writeFiles(plan, files, *staged, options.sync, context));
    SHARDLENS_CHECK(guard.check());
    SHARDLENS_CHECK(verify(plan, files, staged->stagingPath(), options.verify, context));
    std::vector<std::unique_ptr<StagedOutput>> values;
    for (const auto* file : filesOf(plan, true)) {
        SHARDLENS_TRY(auto output, writeValues(*file, staging));
        values.push_back(std::move(output));
        SHARDLENS_CHECK(values.back()->publish({targetFileName(file->path)}));
    }
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
