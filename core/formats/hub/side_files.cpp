// SPDX-License-Identifier: Apache-2.0
#include "formats/hub/side_files.h"

#include "formats/hub/opened_shard.h"
#include "formats/hub/rules.h"
#include "formats/hub/shard_name.h"
#include "formats/json/visit.h"

#include <array>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace shardlens::hub {

namespace {

using Kind = EntryRecord::Kind;

constexpr std::string_view MetadataFolder = ".hf_metadata";
constexpr std::string_view FileIndexMapping = ".hf_metadata/fqn_to_file_index_mapping.json";

struct Ending {
    std::string_view ending;
    Kind kind;
};
constexpr std::array<Ending, 9> Endings{{{".json", Kind::Json},
                                         {".txt", Kind::Text},
                                         {".jinja", Kind::Text},
                                         {".py", Kind::Text},
                                         {".yaml", Kind::Text},
                                         {".yml", Kind::Text},
                                         {".tiktoken", Kind::Text},
                                         {".model", Kind::Binary},
                                         {".spm", Kind::Binary}}};

class SideFiles {
public:
    SideFiles(CheckpointBuilder& builder, const FileTree& folder, const WeightSet& set,
              const JobContext& context)
        : m_builder(builder)
        , m_folder(folder)
        , m_set(set)
        , m_context(context) {}

    Result<void> addFolder(std::string_view name) {
        auto names = m_folder.list(name);
        if (!names)
            return endsJob(names.error()) ? Result<void>(Failure(std::move(names).error())) : Result<void>();
        for (const auto& file : *names) {
            const auto kind = sideFileKind(file.name);
            if (!kind || file.kind != NameKind::File || file.bytes > m_context.limits->document)
                continue;
            if (name.empty() && isForeignIndex(file.name))
                continue;
            if (m_added++ >= m_context.limits->sideFiles)
                break;
            SHARDLENS_CHECK(add(name.empty() ? file.name : std::string(name) + "/" + file.name, *kind));
        }
        return {};
    }

private:
    bool isForeignIndex(std::string_view name) const {
        return name.find(".index") != std::string_view::npos && name.ends_with(".json") &&
               name != m_set.index;
    }

    Result<void> add(std::string path, Kind kind) {
        SHARDLENS_CHECK(m_context.checkStop());
        auto source = m_folder.open(path);
        if (!source) // no part of the checkpoint proper: what cannot be opened is not shown
            return endsJob(source.error()) ? Result<void>(Failure(std::move(source).error()))
                                           : Result<void>();
        EntryRecord entry;
        entry.name = path;
        entry.kind = kind;
        entry.sideFile = path != m_set.index && !isLayout(path);
        entry.stored = {0, (*source)->size()};
        FileRecord file;
        file.path = std::move(path);
        file.bytes = (*source)->size();
        file.source = std::move(*source);
        entry.file = m_builder.addFile(std::move(file));
        m_builder.addEntry(std::move(entry));
        return {};
    }

    static bool isLayout(std::string_view path) {
        return path.starts_with(MetadataFolder) && path.find("/fqn_to_") != std::string_view::npos;
    }

    CheckpointBuilder& m_builder;
    const FileTree& m_folder;
    const WeightSet& m_set;
    const JobContext& m_context;
    std::uint64_t m_added = 0;
};

/// The keys of a JSON object of numbers.
class MappingVisitor final : public json::Visitor {
public:
    std::vector<std::pair<std::string, std::uint64_t>> names; // with the byte of the key

    void restart() override {
        names.clear();
        m_depth = 0;
    }
    bool beginObject(std::uint64_t) override { return ++m_depth > 0; }
    bool key(std::uint64_t at, std::string_view name) override {
        if (m_depth == 1)
            names.emplace_back(name, at);
        return true;
    }
    bool endObject(std::uint64_t) override { return --m_depth >= 0; }
    bool beginArray(std::uint64_t) override { return ++m_depth > 0; }
    bool endArray(std::uint64_t) override { return --m_depth >= 0; }
    bool string(std::uint64_t, std::string_view) override { return true; }
    bool number(std::uint64_t, std::string_view, bool) override { return true; }
    bool boolean(std::uint64_t, bool) override { return true; }
    bool null(std::uint64_t) override { return true; }

private:
    int m_depth = 0;
};

void compareMapping(CheckpointBuilder& builder, const MappingVisitor& mapping) {
    std::unordered_map<std::string_view, bool> held;
    for (const auto& [name, at] : mapping.names)
        held.emplace(name, false);
    std::uint64_t unnamed = 0;
    std::string firstUnnamed;
    for (std::uint32_t i = 0; i < builder.tensorCount(); ++i) {
        const auto name = builder.name(TensorId(i));
        if (const auto known = held.find(name); known != held.end())
            known->second = true;
        else if (unnamed++ == 0)
            firstUnnamed = name;
    }
    std::uint64_t absent = 0;
    const std::pair<std::string, std::uint64_t>* firstAbsent = nullptr;
    for (const auto& member : mapping.names)
        if (!held.at(member.first) && absent++ == 0)
            firstAbsent = &member;
    const std::string file(FileIndexMapping);
    if (firstAbsent)
        builder.addFinding(rules::hub::MappedAbsent, {file, absent, firstAbsent->first},
                           {.file = file, .offset = firstAbsent->second, .item = firstAbsent->first});
    if (unnamed > 0)
        builder.addFinding(rules::hub::MappedMissing, {file, unnamed, firstUnnamed},
                           {.file = file, .offset = {}, .item = firstUnnamed});
}

} // namespace

std::optional<EntryRecord::Kind> sideFileKind(std::string_view name) {
    for (const auto& [ending, kind] : Endings)
        if (name.size() > ending.size() && name.ends_with(ending))
            return kind;
    return std::nullopt;
}

Result<void> addSideFiles(CheckpointBuilder& builder, const FileTree& folder, const WeightSet& set,
                          const JobContext& context) {
    SideFiles files(builder, folder, set, context);
    SHARDLENS_CHECK(files.addFolder({}));
    for (const std::string_view name : {MetadataFolder, std::string_view("additional_chat_templates")})
        if (const auto found = folder.find(name); found && found->kind == NameKind::Folder)
            SHARDLENS_CHECK(files.addFolder(name));
    return {};
}

Result<void> checkMapping(CheckpointBuilder& builder, const FileTree& folder, const JobContext& context) {
    const auto found = folder.find(FileIndexMapping);
    if (!found || found->kind != NameKind::File)
        return {};
    const auto compare = [&]() -> Result<void> {
        SHARDLENS_TRY(const auto source, folder.open(FileIndexMapping));
        SHARDLENS_TRY(const auto bytes, readAll(*source, context.limits->indexFile));
        MappingVisitor mapping;
        SHARDLENS_CHECK(json::visit({reinterpret_cast<const char*>(bytes.data()), bytes.size()},
                                    std::string(FileIndexMapping), mapping, context));
        compareMapping(builder, mapping);
        return {};
    };
    if (auto compared = compare(); !compared) {
        if (endsJob(compared.error()))
            return compared;
        builder.addFinding({std::move(compared).error(), {}, {}});
    }
    return {};
}

} // namespace shardlens::hub
