// SPDX-License-Identifier: Apache-2.0
#include "convert/execute_part.h"

#include "convert/chosen.h"
#include "convert/note.h"
#include "convert/partition.h"
#include "convert/plan_digest.h"
#include "convert/publishing.h"
#include "convert/rules.h"
#include "convert/target.h"
#include "convert/verify.h"
#include "convert/writer.h"
#include "io/shared_staging.h"

#include <algorithm>
#include <chrono>

namespace shardlens::convert {

namespace {

using Files = std::vector<const PlannedFile*>;

class PartRun {
public:
    PartRun(const Plan& plan, const Options& options, const SourceGuard& guard, const JobContext& context)
        : m_plan(plan)
        , m_options(options)
        , m_guard(guard)
        , m_context(context)
        , m_digest(planDigest(plan))
        , m_all(filesOf(plan, false))
        , m_own(ownFiles(plan)) {}

    Result<Report> run() {
        m_report.target = m_plan.target;
        m_report.verified = m_options.verify;
        SHARDLENS_TRY(const auto state, SharedStaging::look(m_plan.target, m_digest));
        const bool gone = state == SharedStaging::State::Absent || state == SharedStaging::State::Published;
        if (gone && (state == SharedStaging::State::Published || !m_options.force)) {
            SHARDLENS_TRY(const bool whole, publishedBefore(""));
            if (whole)
                return take();
        }
        if (state == SharedStaging::State::Published)
            SharedStaging::clear(m_plan.target, m_digest); // what it became is no longer there
        if (gone && !m_options.force && isOccupied(m_plan.target))
            return fail(rules::ConvertTargetNotEmpty, {m_plan.target});
        if (gone && m_options.finish)
            return fail(rules::ConvertNothingStaged, {m_plan.target});
        if (gone && m_own.empty()) { // more parts than files
            m_report.published = false;
            return take();
        }
        SHARDLENS_TRY(m_staging, SharedStaging::join(m_plan.target, m_digest, staging()));
        if (gone && !m_options.force && isOccupied(m_plan.target)) { // it was published while we looked
            SHARDLENS_TRY(const bool whole, publishedBefore(""));
            if (whole) {
                m_staging->abandon();
                return take();
            }
        }
        auto outcome = writeOwn();
        if (outcome)
            outcome = finish();
        const bool stopped = !outcome && outcome.error().rule == &rules::JobCancelled;
        if (outcome || stopped || !m_staging->isGone())
            return outcome ? Result<Report>(take()) : Result<Report>(Failure(outcome.error()));
        // Another process has published under our hands what was complete.
        const auto whole = publishedBefore(": another part was faster");
        if (whole && *whole)
            return take();
        return Failure(outcome.error());
    }

private:
    StagingOptions staging() const { return {m_options.force, m_options.sync}; }

    Report take() {
        if (m_report.castOverflows != 0)
            addNote(m_report.notes, rules::ConvertOverflow, {m_report.castOverflows});
        m_report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - m_began).count();
        return std::move(m_report);
    }

    /// Whether the target holds the result, to the last byte of what this part (or who finishes) answers for.
    Result<bool> publishedBefore(const char* why) {
        if (!verifyLayout(m_plan, m_all, m_plan.target, quiet()))
            return m_context.stopped() ? Result<bool>(Failure(m_context.checkStop().error())) : false;
        const auto& mine = m_options.finish ? m_all : m_own;
        if (const auto same = verifyContents(m_plan, mine, m_plan.target, m_context); !same) {
            if (same.error().rule == &rules::ConvertVerifyFailed)
                return false;
            return Failure(same.error());
        }
        SharedStaging::clear(m_plan.target, m_digest);
        m_report.verified = Verify::Full;
        addNote(m_report.notes, rules::ConvertPublishedBefore, {m_plan.target, std::string(why)});
        return true;
    }

    /// Without progress: what is checked while something else is written.
    JobContext quiet() const {
        auto context = m_context;
        context.progress = nullptr;
        context.threads = 1;
        return context;
    }

    /// What an earlier run of this part has completed stays, if it is what it should be.
    Result<Files> stillToWrite() {
        SHARDLENS_TRY(const auto missing, m_staging->missing(pathsOf(m_own)));
        Files files;
        for (const auto* file : m_own) {
            const bool absent = !missing || std::ranges::find(*missing, file->path) != missing->end();
            const auto how = m_options.verify == Verify::None ? Verify::Layout : m_options.verify;
            if (!absent && verifyFiles(m_plan, {file}, m_staging->filesPath(), how, m_context))
                continue;
            SHARDLENS_CHECK(m_context.checkStop());
            if (!absent)
                m_staging->discard(file->path);
            files.push_back(file);
        }
        return files;
    }

    Result<void> writeOwn() {
        SHARDLENS_TRY(const auto files, stillToWrite());
        const auto create = [this](const PlannedFile& file) {
            return m_staging->create(file.path, file.bytes);
        };
        const auto closed = [this](const PlannedFile& file) -> Result<void> {
            SHARDLENS_CHECK(m_guard.check());
            SHARDLENS_CHECK(verifyFiles(m_plan, {&file}, m_staging->ownPath(), m_options.verify, quiet()));
            return m_staging->place(file.path);
        };
        SHARDLENS_TRY(const auto written,
                      writeFiles(m_plan, files, {create, closed}, m_options.sync, m_context));
        for (const auto* file : files) // nobody writes to a file of no bytes
            if (file->bytes == 0)
                SHARDLENS_CHECK(closed(*file));
        m_report.castOverflows = written.castOverflows;
        m_report.files = static_cast<std::uint32_t>(files.size());
        for (const auto* file : files) {
            m_report.bytesWritten += file->bytes;
            m_report.bytesRead += bytesReadFor(m_plan, *file);
        }
        return {};
    }

    Result<void> finish() {
        SHARDLENS_TRY(const auto missing, m_staging->missing(pathsOf(m_all)));
        if (!missing)
            return publishedByAnother();
        if (!missing->empty() && m_options.finish)
            return fail(rules::ConvertPartsMissing,
                        {std::uint64_t{missing->size()}, firstNames(*missing, 8)});
        m_report.published = missing->empty();
        if (!missing->empty()) {
            m_report.waiting = *missing;
            return {};
        }
        // The parts have verified what they wrote as they were asked to; that all fits together is seen here.
        const bool full = m_options.finish && m_options.verify == Verify::Full;
        SHARDLENS_CHECK(verifyFiles(m_plan, m_all, m_staging->filesPath(),
                                    full ? Verify::Full : Verify::Layout, m_context));
        SHARDLENS_CHECK(m_guard.check());
        SHARDLENS_CHECK(publishValues(m_plan, staging(), true));
        SHARDLENS_CHECK(m_context.checkStop());
        const auto stale = staleFiles(m_plan, m_options);
        SHARDLENS_CHECK(m_staging->publish(pathsOf(m_all)));
        removeStale(m_plan, stale, m_report.notes);
        return {};
    }

    Result<void> publishedByAnother() {
        SHARDLENS_CHECK(verifyLayout(m_plan, m_all, m_plan.target, m_context));
        SharedStaging::clear(m_plan.target, m_digest);
        addNote(m_report.notes, rules::ConvertPublishedBefore,
                {m_plan.target, std::string(": another part was faster")});
        return {};
    }

    const Plan& m_plan;
    const Options& m_options;
    const SourceGuard& m_guard;
    const JobContext& m_context;
    std::string m_digest;
    Files m_all, m_own;
    std::unique_ptr<SharedStaging> m_staging;
    Report m_report;
    std::chrono::steady_clock::time_point m_began = std::chrono::steady_clock::now();
};

} // namespace

Result<Report> executePart(const Plan& plan, const Options& options, const SourceGuard& guard,
                           const JobContext& context) {
    return PartRun(plan, options, guard, context).run();
}

std::uint64_t bytesToWrite(const Plan& plan) {
    const auto own = ownFiles(plan);
    const auto complete = SharedStaging::filesPathOf(plan.target, planDigest(plan));
    std::uint64_t bytes = 0;
    for (const auto* file : own)
        if (const auto written = openFile(complete + "/" + file->path);
            !written || (*written)->size() != file->bytes)
            bytes += file->bytes;
    return bytes;
}

} // namespace shardlens::convert
