// SPDX-License-Identifier: Apache-2.0
#include "formats/hub/opened_shard.h"

#include "formats/hub/archive_prefix.h"
#include "formats/hub/name_index.h"
#include "formats/hub/rules.h"
#include "formats/hub/shard_name.h"

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

Result<void> readParts(OpenedShard& shard, const JobContext& context) {
    SHARDLENS_TRY(shard.archives, findArchivePrefix(*shard.source, context));
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
