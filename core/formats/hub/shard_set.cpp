// SPDX-License-Identifier: Apache-2.0
#include "formats/hub/shard_set.h"

#include "formats/hub/shard_name.h"
#include "io/path_guard.h"
#include "io/rules.h"
#include "jobs/parallel_for.h"

#include <algorithm>
#include <set>
#include <unordered_set>
#include <utility>

namespace shardlens::hub {

namespace {

class SetReader {
public:
    SetReader(const FileTree& folder, const WeightSet& set, const JobContext& context)
        : m_folder(folder)
        , m_set(set)
        , m_context(context) {}

    Result<ShardSet> read() {
        m_result.leftover = m_set.leftover;
        m_context.begin("reading headers", m_set.files.size() + (m_set.index.empty() ? 0 : 1), false);
        SHARDLENS_CHECK(readFirst());
        if (m_result.index) {
            SHARDLENS_CHECK(readFurther(namedBesides()));
            putAside();
        }
        std::ranges::sort(m_result.shards, {}, &OpenedShard::name);
        resolve();
        m_result.slices = std::ranges::any_of(m_result.shards, &OpenedShard::slices);
        return std::move(m_result);
    }

private:
    /// The index and the files that names tie to it, side by side.
    Result<void> readFirst() {
        const std::size_t indexes = m_set.index.empty() ? 0 : 1;
        m_result.shards.resize(m_set.files.size());
        return parallelFor(m_context, m_set.files.size() + indexes, [&](std::size_t i) -> Result<void> {
            if (i < indexes)
                return readIndex();
            SHARDLENS_TRY(m_result.shards[i - indexes],
                          openShard(m_folder, m_set.files[i - indexes], m_context));
            m_context.add(1);
            return {};
        });
    }

    Result<void> readIndex() {
        auto source = m_folder.open(m_set.index);
        auto index = source ? readWeightIndex(**source, m_context)
                            : Result<WeightIndex>(Failure(std::move(source).error()));
        m_context.add(1);
        if (index) {
            m_result.index = std::move(*index);
            return {};
        }
        if (endsJob(index.error()))
            return Failure(std::move(index).error());
        m_result.indexProblem = std::move(index).error();
        return {};
    }

    /// Files that the index names and that were not read yet; what must not or cannot be is noted as absent.
    std::vector<std::string> namedBesides() {
        const std::set<std::string_view> read(m_set.files.begin(), m_set.files.end());
        std::vector<std::string> found;
        for (const auto& file : m_result.index->files) {
            if (read.contains(file))
                continue;
            if (auto plain = checkPlainName(file); !plain) {
                const auto& args = plain.error().args;
                const auto* reason = args.size() > 1 ? std::get_if<std::string>(&args[1]) : nullptr;
                m_result.absent.push_back({file, reason ? *reason : message(plain.error()), 0, 0});
            } else if (m_folder.find(file)) {
                found.push_back(file);
            } else {
                m_result.absent.push_back({file, {}, 0, 0});
            }
        }
        return found;
    }

    Result<void> readFurther(const std::vector<std::string>& files) {
        const auto first = m_result.shards.size();
        m_result.shards.resize(first + files.size());
        return parallelFor(m_context, files.size(), [&](std::size_t i) -> Result<void> {
            SHARDLENS_TRY(m_result.shards[first + i], openShard(m_folder, files[i], m_context));
            return {};
        });
    }

    /// Shards that are not named and do not have the numbering of those that are.
    void putAside() {
        const std::unordered_set<std::string_view> named(m_result.index->files.begin(),
                                                         m_result.index->files.end());
        std::set<std::uint32_t> counts;
        for (const auto& shard : m_result.shards)
            if (const auto name = parseShardName(shard.name); name && named.contains(shard.name))
                counts.insert(name->count);
        std::erase_if(m_result.shards, [&](const OpenedShard& shard) {
            const auto name = parseShardName(shard.name);
            if (counts.empty() || named.contains(shard.name) || !name || counts.contains(name->count))
                return false;
            m_result.leftover.push_back(shard.name);
            return true;
        });
    }

    void resolve() {
        auto& result = m_result;
        result.named.assign(result.shards.size(), !result.index);
        if (!result.index)
            return;
        for (const auto& file : result.index->files) {
            const auto shard = std::ranges::lower_bound(result.shards, file, {}, &OpenedShard::name);
            const bool found = shard != result.shards.end() && shard->name == file;
            const auto at = static_cast<std::uint32_t>(shard - result.shards.begin());
            result.shardOf.push_back(found ? at : ShardSet::None);
            if (found)
                result.named[at] = true;
        }
        countAbsent();
    }

    void countAbsent() {
        std::vector<std::uint32_t> absentOf(m_result.shardOf.size(), ShardSet::None);
        std::uint32_t next = 0; // absent files stand in the index's order
        for (std::size_t file = 0; file < absentOf.size(); ++file)
            if (m_result.shardOf[file] == ShardSet::None)
                absentOf[file] = next++;
        const auto& fileOf = m_result.index->fileOf;
        for (std::uint32_t entry = 0; entry < fileOf.size(); ++entry)
            if (const auto at = absentOf[fileOf[entry]]; at != ShardSet::None) {
                auto& absent = m_result.absent[at];
                if (absent.tensors++ == 0)
                    absent.first = entry;
            }
    }

    const FileTree& m_folder;
    const WeightSet& m_set;
    const JobContext& m_context;
    ShardSet m_result;
};

} // namespace

Result<ShardSet> readShardSet(const FileTree& folder, const WeightSet& set, const JobContext& context) {
    return SetReader(folder, set, context).read();
}

} // namespace shardlens::hub
