// SPDX-License-Identifier: Apache-2.0
#include "app/cli/describe.h"

#include "base/escape.h"
#include "model/value_json.h"

#include <algorithm>

namespace shardlens::cli {

namespace {

constexpr std::uint64_t Page = 64 * 1024;
/// Naming everybody to everybody would be quadratic; the storage number says the rest.
constexpr std::size_t MostTied = 100;

} // namespace

std::string shown(std::string_view text) {
    return escapeText(text, 1000);
}

std::string terminalText(std::string_view text) {
    std::string out;
    for (;;) {
        const auto end = std::min(text.find_first_of("\n\t\\"), text.size());
        out += escapeText(text.substr(0, end));
        if (end == text.size())
            return out;
        out += text[end];
        text.remove_prefix(end + 1);
    }
}

void writeSlice(JsonWriter& json, const Checkpoint& checkpoint, SliceId id, const ArchiveMembers& members) {
    const auto slice = checkpoint.slice(id);
    json.beginObject();
    json.field("offset", slice.box.offset);
    json.field("size", slice.box.size);
    if (slice.file.valid()) {
        const auto& file = checkpoint.file(slice.file);
        json.field("file", members.path(slice));
        if (!members.empty())
            json.field("archive", std::string_view(file.path));
        json.field("rank", file.rank);
        json.field("begin", slice.stored.begin);
        json.field("end", slice.stored.end);
    } else {
        for (const auto* name : {"file", "rank", "begin", "end"})
            json.field(name, nullptr);
    }
    json.endObject();
}

TiedNames::TiedNames(const Checkpoint& checkpoint) : m_checkpoint(checkpoint) {
    for (const auto& alias : checkpoint.aliases()) {
        m_aliases[alias.kept].push_back(alias.dropped);
        m_aliases[alias.dropped].push_back(alias.kept);
    }
    for (std::uint32_t i = 0; i < checkpoint.tensorCount(); ++i)
        if (const auto storage = checkpoint.tensor(TensorId(i)).storage())
            m_storages[*storage].push_back(TensorId(i));
}

std::vector<std::string> TiedNames::of(const TensorView& tensor) const {
    std::vector<std::string> out;
    const auto add = [&](std::string_view name) {
        if (out.size() < MostTied && name != tensor.name() &&
            std::find(out.begin(), out.end(), name) == out.end())
            out.emplace_back(name);
    };
    if (const auto found = m_aliases.find(tensor.name()); found != m_aliases.end())
        for (const auto& name : found->second)
            add(name);
    if (const auto storage = tensor.storage()) {
        const auto& group = m_storages.at(*storage);
        for (std::size_t i = 0; i < std::min(group.size(), MostTied + 1); ++i)
            add(m_checkpoint.tensor(group[i]).name());
    }
    return out;
}

void writeTensorFields(JsonWriter& json, const Checkpoint& checkpoint, const TensorView& tensor,
                       const TiedNames& tied, const ArchiveMembers& members) {
    json.field("name", tensor.name());
    json.field("dtype", tensor.dtypeName());
    json.field("shape", tensor.shape());
    json.field("bytes", tensor.bytes());
    json.key("slices");
    json.beginArray();
    for (std::uint32_t i = 0; i < tensor.sliceCount(); ++i)
        writeSlice(json, checkpoint, tensor.slice(i), members);
    json.endArray();
    json.field("tied", tied.of(tensor));
    json.field("storage", tensor.storage());
}

std::string entryType(const Checkpoint& checkpoint, EntryId id) {
    const auto& entry = checkpoint.entry(id);
    switch (entry.kind) {
    case EntryRecord::Kind::Json:
        return "json";
    case EntryRecord::Kind::Text:
        return "text";
    case EntryRecord::Kind::Binary:
        return "binary";
    case EntryRecord::Kind::Value:
        break;
    }
    if (!entry.typeName.empty())
        return entry.typeName;
    const auto value = checkpoint.value(id);
    return value ? std::string(value->typeName()) : std::string("unknown");
}

void writeEntry(JsonWriter& json, const Checkpoint& checkpoint, EntryId id, bool all) {
    const auto& entry = checkpoint.entry(id);
    json.beginObject();
    json.field("name", std::string_view(entry.name));
    json.field("type", entryType(checkpoint, id));
    json.key("value");
    const bool isFile = entry.kind != EntryRecord::Kind::Value;
    const bool decode =
        !isFile || (entry.kind != EntryRecord::Kind::Binary && (all || entry.stored.size() <= Page));
    if (!decode) {
        json.value(nullptr);
    } else if (const auto value = checkpoint.value(id)) {
        json.raw(safeJson(toJson(*value, {.indent = -1})));
    } else {
        json.value(nullptr);
        json.field("problem", message(value.error()));
    }
    json.endObject();
}

std::vector<FileId> filesOf(const Checkpoint& checkpoint, const TensorView& tensor) {
    std::vector<FileId> out;
    for (std::uint32_t i = 0; i < tensor.sliceCount(); ++i) {
        const auto file = checkpoint.slice(tensor.slice(i)).file;
        if (file.valid())
            out.push_back(file);
    }
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
}

} // namespace shardlens::cli
