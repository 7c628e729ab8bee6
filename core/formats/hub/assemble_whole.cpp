// SPDX-License-Identifier: Apache-2.0
#include "formats/hub/rules.h"
#include "formats/hub/set_assembler.h"
#include "formats/safetensors/add_header.h"

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace shardlens::hub {

namespace {

/// Names that go to the builder together; between two batches is a look at the stop token.
constexpr std::size_t BatchSize = 4096;

struct Batch {
    std::vector<std::string_view> names;
    std::vector<std::uint32_t> from; // index entries, or tensors of a header
    std::vector<CheckpointBuilder::Added> added;

    void clear() {
        names.clear();
        from.clear();
    }
    void add(std::string_view name, std::uint32_t at) {
        names.push_back(name);
        from.push_back(at);
    }
};

class WholeAssembler {
public:
    explicit WholeAssembler(SetAssembly& assembly) : m_assembly(assembly), m_set(assembly.set) {}

    Result<void> run() {
        if (m_set.index)
            SHARDLENS_CHECK(addMapped());
        for (std::uint32_t shard = 0; shard < m_set.shards.size(); ++shard)
            SHARDLENS_CHECK(addRest(shard));
        reportTwice();
        return {};
    }

private:
    struct Owner {
        std::uint32_t shard = 0, tensor = 0;
    };
    /// Tensors of one file that an earlier one has already.
    struct Twice {
        std::uint64_t count = 0;
        std::string first;
        std::vector<TensorId> ambiguous;
        std::uint64_t offset = 0;
    };

    Owner& owner(TensorId id) { return m_owners[id.index() - m_assembly.firstTensor]; }

    /// What index and headers agree on, in the index's order. Of a name that stands twice in the index the
    /// last one counts, so bytes are assigned when all are known.
    Result<void> addMapped() {
        const auto& index = *m_set.index;
        const auto& tensorOf = m_assembly.join.tensorOf;
        std::uint64_t repeated = 0;
        std::uint32_t firstRepeated = 0;
        for (std::uint32_t entry = 0; entry < index.count();) {
            SHARDLENS_CHECK(m_assembly.context.checkStop());
            m_batch.clear();
            for (; entry < index.count() && m_batch.names.size() < BatchSize; ++entry)
                if (tensorOf[entry] != 0)
                    m_batch.add(index.names.at(entry), entry);
            SHARDLENS_CHECK(m_assembly.addTensors(m_batch.names, m_batch.added));
            for (std::size_t i = 0; i < m_batch.added.size(); ++i) {
                const auto from = m_batch.from[i];
                const Owner at{m_set.shardOf[index.fileOf[from]], tensorOf[from] - 1};
                if (m_batch.added[i].isNew) {
                    m_owners.push_back(at);
                    continue;
                }
                owner(m_batch.added[i].id) = at;
                if (repeated++ == 0)
                    firstRepeated = from;
            }
        }
        m_mapped = m_owners.size();
        for (std::uint32_t i = 0; i < m_mapped; ++i)
            fill(TensorId(m_assembly.firstTensor + i), m_owners[i]);
        if (repeated > 0)
            m_assembly.findings.add(rules::hub::IndexDuplicateKey,
                                    {repeated, std::string(index.names.at(firstRepeated))},
                                    {.file = m_assembly.path(index.file),
                                     .offset = index.at[firstRepeated],
                                     .item = std::string(index.names.at(firstRepeated))});
        return {};
    }

    void fill(TensorId id, Owner at) {
        m_assembly.ids[at.shard][at.tensor] = id;
        safetensors::fillTensor(m_assembly.builder, *m_set.shards[at.shard].header, at.tensor, id,
                                m_assembly.files[at.shard], m_assembly.begins[at.shard]);
    }

    Result<void> addRest(std::uint32_t shard) {
        if (!m_set.shards[shard].header)
            return {};
        const auto& header = *m_set.shards[shard].header;
        auto& ids = m_assembly.ids[shard];
        for (std::uint32_t tensor = 0; tensor < header.count();) {
            SHARDLENS_CHECK(m_assembly.context.checkStop());
            m_batch.clear();
            for (; tensor < header.count() && m_batch.names.size() < BatchSize; ++tensor)
                if (!ids[tensor].valid())
                    m_batch.add(header.name(tensor), tensor);
            SHARDLENS_CHECK(m_assembly.addTensors(m_batch.names, m_batch.added));
            for (std::size_t i = 0; i < m_batch.added.size(); ++i)
                place(shard, m_batch.from[i], m_batch.added[i]);
        }
        return {};
    }

    void place(std::uint32_t shard, std::uint32_t tensor, CheckpointBuilder::Added added) {
        m_assembly.ids[shard][tensor] = added.id;
        if (added.isNew) {
            m_owners.push_back({shard, tensor});
            fill(added.id, {shard, tensor});
        } else {
            noteTwice(shard, tensor, added.id);
        }
    }

    void noteTwice(std::uint32_t shard, std::uint32_t tensor, TensorId id) {
        const auto& header = *m_set.shards[shard].header;
        auto& twice = m_twice[{shard, owner(id).shard}];
        if (twice.count++ == 0) {
            twice.first = header.name(tensor);
            twice.offset = header.nameOffset(tensor);
        }
        if (id.index() - m_assembly.firstTensor >= m_mapped)
            twice.ambiguous.push_back(id);
        if (const auto stored = m_assembly.stored(shard, header.stored(tensor)); !stored.empty())
            m_assembly.builder.addRegion({.file = m_assembly.files[shard],
                                          .kind = Region::Kind::Unclaimed,
                                          .range = stored,
                                          .name = std::string(header.name(tensor)),
                                          .crc32 = {}});
    }

    void reportTwice() {
        for (auto& [files, twice] : m_twice) {
            const auto& rule =
                twice.ambiguous.empty() ? rules::hub::TensorTwice : rules::hub::TensorAmbiguous;
            auto where = m_assembly.inFile(files.first, twice.first);
            where.offset = twice.offset;
            m_assembly.findings.add(
                rule,
                {m_set.shards[files.first].name, m_set.shards[files.second].name, twice.count, twice.first},
                std::move(where), m_assembly.about(files.first), std::move(twice.ambiguous));
        }
    }

    SetAssembly& m_assembly;
    const ShardSet& m_set;
    Batch m_batch;
    std::vector<Owner> m_owners;                                      // by tensor
    std::size_t m_mapped = 0;                                         // the first of them are the index's
    std::map<std::pair<std::uint32_t, std::uint32_t>, Twice> m_twice; // by the files
};

} // namespace

Result<void> assembleWhole(SetAssembly& assembly) {
    return WholeAssembler(assembly).run();
}

} // namespace shardlens::hub
