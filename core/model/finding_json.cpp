// SPDX-License-Identifier: Apache-2.0
#include "model/finding_json.h"

namespace shardlens {

namespace {

void writeText(JsonWriter& json, std::string_view name, const std::string& text) {
    json.key(name);
    text.empty() ? json.value(nullptr) : json.value(std::string_view(text));
}

} // namespace

void writeFinding(JsonWriter& json, const Finding& finding) {
    const auto& where = finding.what.where;
    json.beginObject();
    json.field("severity", severityName(finding.severity()));
    json.field("rule", finding.what.rule->id);
    json.field("message", message(finding.what));
    writeText(json, "file", where.file);
    json.field("offset", where.offset);
    writeText(json, "item", where.item);
    json.field("advice", advice(finding.what));
    json.endObject();
}

void writeErrorField(JsonWriter& json, const Error& error) {
    json.key("error");
    json.beginObject();
    json.field("rule", error.rule->id);
    json.field("message", message(error));
    writeText(json, "file", error.where.file);
    json.field("offset", error.where.offset);
    json.endObject();
}

} // namespace shardlens
