// SPDX-License-Identifier: Apache-2.0
#include "formats/hub/opened_shard.h"

#include "formats/hub/archive_prefix.h"
#include "formats/hub/name_index.h"
#include "formats/hub/rules.h"
#include "formats/hub/shard_name.h"
#include "formats/pickle/to_value.h"
#include "formats/torch/archive.h"

#include <algorithm>
#include <utility>

namespace shardlens::hub {

namespace {

/// Finds each tensor's entry; keys that stand twice: the last counts.
void matchEntries(OpenedShard& shard) {
    const auto& header = *shard.header;
    const auto& info = shard.info;
    NameIndex keys(header.names);
    shard.entryOf.assign(header.count(), 0);
    for (std::uint32_t entry = 0; entry < info.count(); ++entry) {
        const auto key = info.keys.at(entry);
        if (const auto tensor = keys.find(key))
            shard.entryOf[*tensor] = entry + 1;
        else if (shard.absentEntries++ == 0)
            shard.firstAbsent = key;
    }
}

Result<void> readSharding(OpenedShard& shard, const JobContext& context) {
    const auto* text = shard.header->findMetadata("DCP_SHARDING_INFO");
    if (!text)
        return {};
    shard.slices = true;
    auto info = parseShardingInfo(*text, shard.name, context);
    if (info) {
        shard.info = std::move(*info);
        matchEntries(shard);
        return {};
    }
    if (endsJob(info.error()))
        return Failure(std::move(info).error());
    const auto reason = message(info.error());
    shard.infoProblem = info.error().rule == &rules::hub::ShardingInfo
                            ? std::move(info).error()
                            : Error{&rules::hub::ShardingInfo,
                                    {shard.name, reason},
                                    {.file = shard.name, .offset = {}, .item = "DCP_SHARDING_INFO"}};
    return {};
}

/// The type of an archive's value. Values are small; one that is not is decoded when somebody asks.
Result<std::string> typeOfArchive(const OpenedShard& shard, ByteRange range, const JobContext& context) {
    if (range.size() > 16 * Limits::MiB)
        return std::string();
    SHARDLENS_TRY(auto window, windowSource(shard.source, range.begin, range.size(), shard.name));
    SHARDLENS_TRY(const auto archive, torch::Archive::open(std::move(window), context));
    SHARDLENS_TRY(const auto pickle, archive.readPickle(context));
    return pickle::typeName(*pickle, pickle->root());
}

Result<void> readArchiveTypes(OpenedShard& shard, const JobContext& context) {
    constexpr std::size_t most = 1000;
    shard.archiveTypes.resize(shard.archives.size());
    for (std::size_t i = 0; i < std::min(most, shard.archives.size()); ++i) {
        auto type = typeOfArchive(shard, shard.archives[i], context);
        if (type)
            shard.archiveTypes[i] = std::move(*type);
        else if (endsJob(type.error()))
            return Failure(std::move(type).error());
    }
    return {};
}

Result<void> readParts(OpenedShard& shard, const JobContext& context) {
    SHARDLENS_TRY(shard.archives, findArchivePrefix(*shard.source, context));
    SHARDLENS_CHECK(readArchiveTypes(shard, context));
    const safetensors::HeaderPlace place{.begin = shard.archives.empty() ? 0 : shard.archives.back().end};
    SHARDLENS_TRY(shard.header, safetensors::readHeader(*shard.source, context, place));
    return readSharding(shard, context);
}

} // namespace

bool endsJob(const Error& error) {
    return error.rule == &rules::JobCancelled || error.rule == &rules::OutOfMemory;
}

Result<OpenedShard> openShard(const FileTree& folder, const std::string& name, const JobContext& context) {
    OpenedShard shard;
    shard.name = name;
    if (const auto parsed = parseShardName(name))
        shard.rank = parsed->rank;
    auto source = folder.open(name);
    if (!source) {
        if (endsJob(source.error()))
            return Failure(std::move(source).error());
        shard.problem = std::move(source).error();
        return shard;
    }
    shard.source = std::move(*source);
    if (auto read = readParts(shard, context); !read) {
        if (endsJob(read.error()))
            return Failure(std::move(read).error());
        shard.header.reset();
        shard.problem = std::move(read).error();
    }
    return shard;
}

} // namespace shardlens::hub
