// SPDX-License-Identifier: Apache-2.0
#include "app/cli/plan_text.h"

#include "app/cli/describe.h"
#include "app/cli/table.h"
#include "base/units.h"

#include <fmt/format.h>

#include <algorithm>

namespace shardlens::cli {

namespace {

constexpr std::size_t MostSkippedShown = 20;

std::string_view roleName(convert::PlannedFile::Role role) {
    using Role = convert::PlannedFile::Role;
    switch (role) {
    case Role::Weights:
        return "weights";
    case Role::Index:
        return "index";
    case Role::Side:
        return "copied along";
    case Role::Values:
        return "values";
    case Role::Archive:
        break;
    }
    return "archive";
}

void writeNotes(JsonWriter& json, const Findings& notes) {
    json.key("notes");
    json.beginArray();
    for (const auto& note : notes)
        writeFinding(json, note);
    json.endArray();
}

void printNotes(Session& session, const Findings& notes) {
    for (const auto& note : notes)
        session.print(session.paint(inkOf(note.severity()), severityName(note.severity())) + "  " +
                      describe(note.what) + " [" + std::string(note.what.rule->id) + "]\n");
}

} // namespace

std::string_view verifyName(convert::Verify verify) {
    switch (verify) {
    case convert::Verify::None:
        return "none";
    case convert::Verify::Layout:
        return "layout";
    case convert::Verify::Full:
        break;
    }
    return "full";
}

void writePlan(JsonWriter& json, const convert::Plan& plan) {
    json.key("plan");
    json.beginObject();
    json.key("files");
    json.beginArray();
    for (const auto& file : plan.files) {
        json.beginObject();
        json.field("path", file.path);
        json.field("bytes", file.bytes);
        json.field("tensors", file.tensors.size());
        json.field("names", file.tensors);
        json.field("role", roleName(file.role));
        json.endObject();
    }
    json.endArray();
    json.key("skipped");
    json.beginArray();
    for (const auto& skipped : plan.skipped) {
        json.beginObject();
        json.field("name", skipped.name);
        json.field("reason", skipped.reason);
        json.endObject();
    }
    json.endArray();
    json.key("renamed");
    json.beginArray();
    for (const auto& [from, to] : plan.renamed) {
        json.beginObject();
        json.field("from", from);
        json.field("to", to);
        json.endObject();
    }
    json.endArray();
    json.field("cast", plan.cast);
    json.field("target", plan.target);
    json.field("bytes_read", plan.bytesRead);
    json.field("bytes_written", plan.bytesWritten);
    writeNotes(json, plan.notes);
    json.endObject();
}

void writeReport(JsonWriter& json, const convert::Report& report) {
    json.key("report");
    json.beginObject();
    json.field("seconds", report.seconds);
    json.field("bytes_read", report.bytesRead);
    json.field("bytes_written", report.bytesWritten);
    json.field("files", report.files);
    json.field("verified", verifyName(report.verified));
    json.field("target", report.target);
    json.field("cast_overflows", report.castOverflows);
    writeNotes(json, report.notes);
    json.endObject();
}

void printPlan(Session& session, const convert::Plan& plan) {
    using Align = Table::Align;
    std::vector<std::vector<std::string>> rows;
    for (const auto& file : plan.files)
        rows.push_back({formatBytes(file.bytes),
                        file.tensors.empty() ? "" : formatGrouped(file.tensors.size()),
                        std::string(roleName(file.role)), shown(file.path)});
    session.print(session.paint(Ink::Faint, "target  ") + shown(plan.target) + "\n\n");
    Table({{"bytes", Align::Right, Ink::Plain},
           {"tensors", Align::Right, Ink::Plain},
           {"what", Align::Left, Ink::Faint},
           {"file", Align::Left, Ink::Bold}})
        .print(session.out(), session.style(), rows);
    session.print(fmt::format("\n{} to read, {} to write\n", formatBytes(plan.bytesRead),
                              formatBytes(plan.bytesWritten)));
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
                              formatBytes(static_cast<std::uint64_t>(rate)), verifyName(report.verified)));
    session.print(shown(report.target) + "\n");
    printNotes(session, report.notes);
}

} // namespace shardlens::cli
