// SPDX-License-Identifier: Apache-2.0
#include "convert/mapping.h"

#include "convert/metadata_files.h"
#include "convert/renamer.h"
#include "convert/rules.h"
#include "formats/json/parse.h"
#include "formats/open.h"
#include "io/path_guard.h"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <unordered_map>

namespace shardlens::convert {

namespace {

Failure badMap(const std::string& title, std::string why) {
    return fail(rules::ConvertBadMap, {title, std::move(why)});
}

/// `{"fqn": number}`. Numbers that are not exactly 1 … N keep their order and are counted anew.
Result<Mapping> fromNumbers(const Value& map, std::string title) {
    Mapping mapping;
    mapping.numbered = true;
    mapping.title = std::move(title);
    std::map<std::int64_t, std::uint32_t> numbers;
    for (std::size_t i = 0; i != map.size(); ++i) {
        if (map.at(i).kind() != Value::Kind::Int || map.at(i).asInt() < 0)
            return badMap(mapping.title,
                          "the value of \"" + std::string(map.key(i).text()) + "\" is no file number");
        numbers.emplace(map.at(i).asInt(), 0);
    }
    if (numbers.empty())
        return badMap(mapping.title, "it names no tensors");
    std::uint32_t next = 0;
    for (auto& [number, index] : numbers) {
        mapping.renumbered = mapping.renumbered || number != std::int64_t{next} + 1;
        index = next++;
    }
    mapping.fileNames.resize(numbers.size());
    for (std::size_t i = 0; i != map.size(); ++i)
        mapping.files.emplace_back(map.key(i).text(), numbers[map.at(i).asInt()]);
    return mapping;
}

/// Names with the files that hold them: of an index, or of an open checkpoint.
struct NamedFiles {
    std::vector<std::pair<std::string, std::string>> names;
    bool indexed = true;
};

/// Files keep their names where they are safetensors; others (pickles) are numbered in sorted order.
Result<Mapping> fromNamedFiles(const NamedFiles& named, std::string title) {
    Mapping mapping;
    mapping.title = std::move(title);
    mapping.writesIndex = named.indexed;
    std::set<std::string> distinct;
    bool keep = true;
    for (const auto& [name, file] : named.names) {
        if (!distinct.insert(file).second)
            continue;
        if (!checkPlainName(file))
            return badMap(mapping.title, "it names the file \"" + file + "\"");
        keep = keep && file.ends_with(".safetensors");
    }
    if (distinct.empty())
        return badMap(mapping.title, "it names no tensors");
    std::unordered_map<std::string, std::uint32_t> index;
    for (const auto& file : distinct) {
        const auto number = static_cast<std::uint32_t>(index.size());
        index.emplace(file, number);
        mapping.fileNames.push_back(file);
    }
    for (const auto& [name, file] : named.names)
        mapping.files.emplace_back(name, index[file]);
    mapping.numbered = !keep;
    return mapping;
}

Result<Mapping> fromCheckpoint(CheckpointPtr reference, std::string title) {
    NamedFiles named;
    bool whole = true;
    for (std::uint32_t i = 0; i != reference->tensorCount(); ++i) {
        const auto tensor = reference->tensor(TensorId(i));
        whole = whole && tensor.sliceCount() <= 1;
        std::string file;
        if (tensor.sliceCount() != 0)
            if (const auto id = reference->slice(tensor.slice(0)).file; id.valid())
                file = baseName(reference->file(id).path);
        named.names.emplace_back(tensor.name(), std::move(file));
    }
    named.indexed = reference->fileCount() > 1;
    const auto format = reference->format();
    const bool shards = whole && (format == Format::Safetensors || format == Format::ShardedSafetensors ||
                                  format == Format::Torch || format == Format::ShardedTorch);
    Mapping mapping;
    if (shards && std::ranges::none_of(named.names, [](const auto& entry) { return entry.second.empty(); })) {
        SHARDLENS_TRY(mapping, fromNamedFiles(named, std::move(title)));
    } else { // slices and containers tell names and order, not files
        mapping.title = std::move(title);
        mapping.ordersOnly = true;
        for (auto& [name, file] : named.names)
            mapping.files.emplace_back(std::move(name), 0);
    }
    mapping.reference = std::move(reference);
    return mapping;
}

Result<Value> parseFile(const std::string& path, const JobContext& context) {
    SHARDLENS_TRY(const auto file, openFile(path));
    SHARDLENS_TRY(const auto bytes, readAll(*file, context.limits->indexFile));
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    SHARDLENS_TRY(auto document, json::parse(text, path, context));
    if (document.value.kind() != Value::Kind::Dict)
        return badMap(path, "it is no JSON object");
    return document.value;
}

Result<Mapping> fromIndex(const Value& weightMap, const std::string& title) {
    NamedFiles named;
    for (std::size_t i = 0; i != weightMap.size(); ++i) {
        if (weightMap.at(i).kind() != Value::Kind::String)
            return badMap(title,
                          "the value of \"" + std::string(weightMap.key(i).text()) + "\" is no file name");
        named.names.emplace_back(weightMap.key(i).text(), weightMap.at(i).text());
    }
    return fromNamedFiles(named, title);
}

Result<Mapping> fromJson(const std::string& path, const JobContext& context) {
    SHARDLENS_TRY(const auto value, parseFile(path, context));
    if (const auto weightMap = value.find("weight_map"); weightMap.kind() == Value::Kind::Dict)
        return fromIndex(weightMap, path);
    return fromNumbers(value, path);
}

Result<Mapping> fromReference(const Options& options, const JobContext& context) {
    Mapping mapping;
    if (options.like.ends_with(".json")) {
        SHARDLENS_TRY(mapping, fromJson(options.like, context));
        // An index may lie among its shards, with configs and tokenizer, or all alone.
        if (auto beside = shardlens::open(options.like, {}, context))
            mapping.beside = std::move(*beside);
        SHARDLENS_CHECK(context.checkStop());
    } else {
        SHARDLENS_TRY(auto reference, shardlens::open(options.like, {}, context));
        SHARDLENS_TRY(mapping, fromCheckpoint(reference, options.like));
        mapping.beside = std::move(reference);
    }
    SHARDLENS_TRY(const auto renamer, Renamer::create({}, options.likeRenames, "--like-rename"));
    if (!renamer.changesNothing())
        for (auto& [name, file] : mapping.files) {
            SHARDLENS_TRY(name, renamer.rename(name));
        }
    return mapping;
}

} // namespace

Result<std::optional<Mapping>> chooseMapping(const CheckpointPtr& source, const Options& options,
                                             const JobContext& context) {
    std::optional<Mapping> mapping;
    if (!options.like.empty()) {
        SHARDLENS_TRY(mapping, fromReference(options, context));
    } else if (!options.mapFile.empty()) {
        SHARDLENS_TRY(mapping, fromJson(options.mapFile, context));
    } else if (const auto entry = findMetadataFile(*source, FileIndexMapping);
               entry && !options.maxShardSize) {
        SHARDLENS_TRY(const auto value, source->value(*entry));
        if (value.kind() == Value::Kind::Dict) {
            SHARDLENS_TRY(mapping, fromNumbers(value, source->entry(*entry).name));
        }
    }
    if (mapping && (options.singleFile || options.maxShardSize))
        mapping->ordersOnly = true;
    return mapping;
}

} // namespace shardlens::convert
