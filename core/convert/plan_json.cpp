// SPDX-License-Identifier: Apache-2.0
#include "convert/plan_json.h"

#include "convert/partition.h"
#include "model/finding_json.h"

#include <cstdint>
#include <string>
#include <vector>

namespace shardlens::convert {

namespace {

void writePartition(JsonWriter& json, const Plan& plan) {
    std::vector<std::string> paths;
    std::uint64_t bytes = 0;
    for (const auto* file : ownFiles(plan)) {
        paths.push_back(file->path);
        bytes += file->bytes;
    }
    json.key("partition");
    json.beginObject();
    json.field("part", plan.part);
    json.field("parts", plan.parts);
    json.field("files", paths);
    json.field("bytes", bytes);
    json.endObject();
}

void writeNotes(JsonWriter& json, const Findings& notes) {
    json.key("notes");
    json.beginArray();
    for (const auto& note : notes)
        writeFinding(json, note);
    json.endArray();
}

} // namespace

std::string_view roleName(PlannedFile::Role role) {
    using Role = PlannedFile::Role;
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

std::string_view verifyName(Verify verify) {
    switch (verify) {
    case Verify::None:
        return "none";
    case Verify::Layout:
        return "layout";
    case Verify::Full:
        break;
    }
    return "full";
}

void writePlan(JsonWriter& json, const Plan& plan) {
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
        if (file.part != 0)
            json.field("part", file.part);
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
    if (plan.parts != 0)
        writePartition(json, plan);
    json.field("bytes_read", plan.bytesRead);
    json.field("bytes_written", plan.bytesWritten);
    writeNotes(json, plan.notes);
    json.endObject();
}

void writeReport(JsonWriter& json, const Report& report) {
    json.key("report");
    json.beginObject();
    json.field("seconds", report.seconds);
    json.field("bytes_read", report.bytesRead);
    json.field("bytes_written", report.bytesWritten);
    json.field("files", report.files);
    json.field("verified", verifyName(report.verified));
    json.field("target", report.target);
    json.field("cast_overflows", report.castOverflows);
    json.field("published", report.published);
    json.field("waiting", report.waiting);
    writeNotes(json, report.notes);
    json.endObject();
}

std::string planDocument(const Plan& plan, std::string_view command) {
    std::string text;
    JsonWriter json([&text](std::string_view part) { text += part; });
    json.beginObject();
    json.field("schema", 1U);
    json.field("command", command);
    writePlan(json, plan);
    if (const auto* cause = blockingNote(plan.notes))
        writeErrorField(json, cause->what);
    json.endObject();
    return text;
}

const Finding* blockingNote(const Findings& notes) {
    for (const auto& note : notes)
        if (note.severity() == Severity::Error)
            return &note;
    return nullptr;
}

} // namespace shardlens::convert
