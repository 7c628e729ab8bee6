// SPDX-License-Identifier: Apache-2.0
#include "formats/hub/index_join.h"

#include "formats/hub/name_index.h"
#include "jobs/parallel_for.h"

namespace shardlens::hub {

namespace {

/// Index entries by the shard that they name, in the index's order; those of shard s from start[s] to start[s
/// + 1].
struct EntriesByShard {
    std::vector<std::uint32_t> start, entries;

    explicit EntriesByShard(const ShardSet& set) : start(set.shards.size() + 1, 0) {
        const auto& fileOf = set.index->fileOf;
        for (const auto file : fileOf)
            if (const auto shard = set.shardOf[file]; shard != ShardSet::None)
                ++start[shard + 1];
        for (std::size_t i = 1; i < start.size(); ++i)
            start[i] += start[i - 1];
        entries.resize(start.back());
        auto next = start;
        for (std::uint32_t entry = 0; entry < fileOf.size(); ++entry)
            if (const auto shard = set.shardOf[fileOf[entry]]; shard != ShardSet::None)
                entries[next[shard]++] = entry;
    }
};

} // namespace

Result<IndexJoin> joinIndex(const ShardSet& set, const JobContext& context) {
    const EntriesByShard byShard(set);
    IndexJoin join;
    join.tensorOf.assign(set.index->count(), 0);
    join.mapped.resize(set.shards.size());
    SHARDLENS_CHECK(parallelFor(context, set.shards.size(), [&](std::size_t at) -> Result<void> {
        const auto& shard = set.shards[at];
        if (!shard.header)
            return {};
        join.mapped[at].assign(shard.tensors(), false);
        NameIndex names(shard.header->names);
        for (auto i = byShard.start[at]; i < byShard.start[at + 1]; ++i) {
            const auto entry = byShard.entries[i];
            if (const auto tensor = names.find(set.index->names.at(entry))) {
                join.tensorOf[entry] = *tensor + 1;
                join.mapped[at][*tensor] = true;
            }
        }
        return {};
    }));
    return join;
}

} // namespace shardlens::hub
