// SPDX-License-Identifier: Apache-2.0
#include "app/cli/plan_text.h"

#include "app/cli/describe.h"
#include "app/cli/table.h"
#include "base/units.h"
#include "convert/partition.h"
#include "convert/plan_json.h"

#include <fmt/format.h>

#include <algorithm>

namespace shardlens::cli {

namespace {

constexpr std::size_t MostSkippedShown = 20;

void printNotes(Session& session, const Findings& notes) {
    for (const auto& note : notes)
        session.print(session.paint(inkOf(note.severity()), severityName(note.severity())) + "  " +
                      describe(note.what) + " [" + std::string(note.what.rule->id) + "]\n");
}

/// What this part of several writes.
struct OwnShare {
    std::vector<std::string> paths;
    std::uint64_t bytes = 0;

    explicit OwnShare(const convert::Plan& plan) {
        for (const auto* file : convert::ownFiles(plan)) {
            paths.push_back(file->path);
            bytes += file->bytes;
        }
    }
};

std::string filesText(std::size_t count) {
    return count == 1 ? "1 file" : formatGrouped(count) + " files";
}

std::string partText(const convert::Plan& plan, const convert::PlannedFile& file) {
    if (file.part == 0)
        return {};
    return file.part == plan.part ? fmt::format("{} (this)", file.part) : std::to_string(file.part);
}

void printWaiting(Session& session, const convert::Report& report) {
    if (report.waiting.empty())
        session.print("No file is this part's: others write and publish.\n");
    else
        session.print("Nothing is published yet: " + filesText(report.waiting.size()) +
                      " of other parts to come, first " + shown(report.waiting.front()) + ".\n");
}

} // namespace

void printPlan(Session& session, const convert::Plan& plan) {
    using Align = Table::Align;
    std::vector<Table::Column> columns{{"bytes", Align::Right, Ink::Plain},
                                       {"tensors", Align::Right, Ink::Plain},
                                       {"what", Align::Left, Ink::Faint},
                                       {"file", Align::Left, Ink::Bold}};
    std::vector<std::vector<std::string>> rows;
    for (const auto& file : plan.files) {
        rows.push_back({formatBytes(file.bytes),
                        file.tensors.empty() ? "" : formatGrouped(file.tensors.size()),
                        std::string(convert::roleName(file.role)), shown(file.path)});
        if (plan.parts != 0)
            rows.back().insert(rows.back().end() - 1, partText(plan, file));
    }
    if (plan.parts != 0)
        columns.insert(columns.end() - 1, {"part", Align::Left, Ink::Plain});
    session.print(session.paint(Ink::Faint, "target  ") + shown(plan.target) + "\n\n");
    Table(std::move(columns)).print(session.out(), session.style(), rows);
    session.print(fmt::format("\n{} to read, {} to write\n", formatBytes(plan.bytesRead),
                              formatBytes(plan.bytesWritten)));
    if (plan.parts != 0) {
        const OwnShare own(plan);
        session.print(fmt::format("part {} of {} writes {}, {}\n", plan.part, plan.parts,
                                  filesText(own.paths.size()), formatBytes(own.bytes)));
    }
    if (!plan.renamed.empty())
        session.print(fmt::format("{} renamed, first {} to {}\n", formatGrouped(plan.renamed.size()),
                                  shown(plan.renamed.front().first), shown(plan.renamed.front().second)));
    if (!plan.cast.empty())
        session.print(
            fmt::format("{} cast, first {}\n", formatGrouped(plan.cast.size()), shown(plan.cast.front())));
    for (std::size_t i = 0; i < std::min(plan.skipped.size(), MostSkippedShown); ++i)
        session.print(session.paint(Ink::Yellow, "left out") + "  " + shown(plan.skipped[i].name) + ": " +
                      shown(plan.skipped[i].reason) + "\n");
    if (plan.skipped.size() > MostSkippedShown)
        session.print(
            fmt::format("… and {} more; --json lists all\n", plan.skipped.size() - MostSkippedShown));
    printNotes(session, plan.notes);
}

void printReport(Session& session, const convert::Report& report) {
    const auto rate = report.seconds > 0 ? static_cast<double>(report.bytesWritten) / report.seconds : 0.0;
    session.print(session.paint(Ink::Green, "Done.") +
                  fmt::format(" {} in {} files, {:.2f} s, {}/s, verified: {}\n",
                              formatBytes(report.bytesWritten), report.files, report.seconds,
                              formatBytes(static_cast<std::uint64_t>(rate)),
                              convert::verifyName(report.verified)));
    if (report.published)
        session.print(shown(report.target) + "\n");
    else
        printWaiting(session, report);
    printNotes(session, report.notes);
}

} // namespace shardlens::cli
