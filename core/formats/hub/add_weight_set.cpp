// SPDX-License-Identifier: Apache-2.0
#include "formats/hub/add_weight_set.h"

#include "formats/hub/set_assembler.h"
#include "formats/hub/set_metadata.h"
#include "formats/safetensors/add_header.h"
#include "formats/safetensors/aliases.h"

#include <algorithm>
#include <utility>

namespace shardlens::hub {

std::uint64_t SetPlace::begin(std::string_view name) const {
    const auto range = archive == nullptr ? std::nullopt : archive->find(name);
    return range ? range->begin : 0;
}

void SetPlace::locate(Location& where) const {
    if (where.file.empty())
        return;
    std::string_view name = where.file;
    if (!filePrefix.empty() && name.starts_with(filePrefix))
        name.remove_prefix(filePrefix.size());
    const auto range = archive == nullptr ? std::nullopt : archive->find(name);
    auto path = filePrefix + std::string(name);
    if (!range) {
        where.file = std::move(path);
        return;
    }
    where.file = archive->path;
    if (where.item.empty())
        where.item = std::move(path);
    where.offset = range->begin + where.offset.value_or(0);
}

Result<CheckpointBuilder::Added> SetAssembly::addTensor(std::string_view name) {
    if (place.namePrefix.empty())
        return builder.addTensor(name);
    m_name.assign(place.namePrefix).append(name);
    return builder.addTensor(m_name);
}

Result<void> SetAssembly::addTensors(std::span<const std::string_view> names,
                                     std::vector<CheckpointBuilder::Added>& added) {
    if (place.namePrefix.empty())
        return builder.addTensors(names, added);
    added.clear();
    for (const auto name : names) {
        SHARDLENS_TRY(const auto one, addTensor(name));
        added.push_back(one);
    }
    return {};
}

namespace {

void reserve(CheckpointBuilder& builder, const ShardSet& set) {
    std::size_t tensors = 0, bytes = 0;
    for (const auto& shard : set.shards)
        if (shard.header) {
            tensors += shard.tensors();
            bytes += shard.header->json.size() / 2;
        }
    // Slices of one tensor repeat its name.
    builder.reserve(set.slices ? tensors / 2 : tensors, tensors, set.slices ? bytes / 4 : bytes);
}

void addFiles(SetAssembly& assembly) {
    for (const auto& shard : assembly.set.shards) {
        assembly.ids.emplace_back(shard.tensors());
        assembly.begins.push_back(assembly.place.begin(shard.name));
        if (assembly.place.archive != nullptr) {
            assembly.files.push_back(assembly.place.archive->file);
            continue;
        }
        FileRecord record;
        record.path = assembly.path(shard.name);
        record.source = shard.source;
        record.bytes = shard.source ? shard.source->size() : 0;
        record.missing = shard.missing();
        record.rank = shard.rank;
        if (shard.header)
            record.metadata = shard.header->metadata;
        assembly.files.push_back(assembly.builder.addFile(std::move(record)));
    }
    for (const auto& absent : assembly.set.absent)
        if (absent.reason.empty()) {
            FileRecord record;
            record.path = assembly.path(absent.name);
            record.missing = true;
            assembly.builder.addFile(std::move(record));
        }
}

void addRegionsAndFindings(SetAssembly& assembly) {
    for (std::size_t i = 0; i < assembly.set.shards.size(); ++i) {
        const auto& shard = assembly.set.shards[i];
        if (!shard.header)
            continue;
        safetensors::addRegions(assembly.builder, *shard.header, assembly.files[i], assembly.begins[i]);
        safetensors::addFindings(assembly.builder, *shard.header, assembly.files[i], assembly.ids[i],
                                 [&](Location& where) { assembly.place.locate(where); });
    }
}

/// The archives as values: their names are not in the file, so they are numbered.
void addArchives(SetAssembly& assembly) {
    for (std::size_t i = 0; i < assembly.set.shards.size(); ++i) {
        const auto& shard = assembly.set.shards[i];
        for (std::size_t n = 0; n < shard.archives.size(); ++n) {
            EntryRecord entry;
            entry.name = assembly.path(shard.name) + "#" + std::to_string(n + 1);
            entry.ownCuts = true;
            entry.kind = EntryRecord::Kind::Value;
            entry.typeName = shard.archiveTypes[n];
            entry.file = assembly.files[i];
            entry.stored = assembly.stored(i, shard.archives[n]);
            assembly.builder.addEntry(std::move(entry));
            assembly.builder.addRegion({.file = assembly.files[i],
                                        .kind = Region::Kind::Entry,
                                        .range = assembly.stored(i, shard.archives[n]),
                                        .name = "torch.save",
                                        .crc32 = {}});
        }
    }
}

void addSetAliases(SetAssembly& assembly) {
    const auto& set = assembly.set;
    if (set.index)
        safetensors::addAliases(assembly.builder, set.index->texts, assembly.place.namePrefix);
    else if (set.shards.size() == 1 && set.shards.front().header && !set.slices)
        safetensors::addAliases(assembly.builder, set.shards.front().header->metadata,
                                assembly.place.namePrefix);
}

} // namespace

Result<AddedSet> addWeightSet(CheckpointBuilder& builder, const FileTree& folder, const WeightSet& set,
                              const SetPlace& place, const JobContext& context) {
    SHARDLENS_TRY(const auto read, readShardSet(folder, set, context));
    SetAssembly assembly(builder, read, place, context);
    if (read.index) {
        SHARDLENS_TRY(assembly.join, joinIndex(read, context));
    }
    reserve(builder, read);
    addFiles(assembly);
    SHARDLENS_CHECK(read.slices ? assembleSlices(assembly) : assembleWhole(assembly));
    addRegionsAndFindings(assembly);
    addArchives(assembly);
    addFileFindings(assembly, set);
    addIndexFindings(assembly);
    addSliceFindings(assembly);
    assembly.findings.flush();
    addSetAliases(assembly);
    AddedSet added;
    added.slices = read.slices;
    added.sharded = !set.index.empty() || set.count > 1 || set.files.size() > 1;
    added.files = read.shards.size();
    added.chunkKeys = std::ranges::any_of(
        read.shards, [](const auto& shard) { return shard.info.logicalNames.size() > 0; });
    added.metadata = setMetadata(read);
    return added;
}

} // namespace shardlens::hub
