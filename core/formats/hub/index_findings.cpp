// SPDX-License-Identifier: Apache-2.0
#include "formats/hub/rules.h"
#include "formats/hub/set_assembler.h"

#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace shardlens::hub {

namespace {

class IndexFindings {
public:
    explicit IndexFindings(SetAssembly& assembly)
        : m_assembly(assembly)
        , m_set(assembly.set)
        , m_index(*assembly.set.index) {}

    void run() {
        reportAbsentFiles();
        reportStrangeValues();
        reportMisplaced();
        reportUnmapped();
        reportTotal();
    }

private:
    struct Group {
        std::uint64_t count = 0;
        std::uint32_t first = 0; // index entry
        std::uint32_t shard = 0; // where that really is
    };

    Location inIndex(std::uint32_t entry) const {
        return {.file = m_assembly.path(m_index.file), .offset = m_index.at[entry], .item = nameOf(entry)};
    }
    std::string nameOf(std::uint32_t entry) const { return std::string(m_index.names.at(entry)); }

    void reportAbsentFiles() {
        for (const auto& absent : m_set.absent) {
            if (absent.tensors == 0)
                continue;
            if (absent.reason.empty())
                m_assembly.findings.add(rules::hub::FileMissing,
                                        {absent.name, absent.tensors, nameOf(absent.first)},
                                        inIndex(absent.first));
            else
                m_assembly.findings.add(rules::hub::WeightMapPath,
                                        {absent.name, absent.tensors, nameOf(absent.first), absent.reason},
                                        inIndex(absent.first));
        }
    }

    void reportStrangeValues() {
        if (m_index.strangeValues > 0)
            m_assembly.findings.add(rules::hub::WeightMapValue, {m_index.strangeValues, m_index.firstStrange},
                                    {.file = m_assembly.path(m_index.file),
                                     .offset = m_index.firstStrangeAt,
                                     .item = m_index.firstStrange});
    }

    /// Entries whose file is there and lacks the tensor: it lies in another file, or in none.
    void reportMisplaced() {
        const auto& tensorOf = m_assembly.join.tensorOf;
        std::vector<std::uint32_t> lacking;
        for (std::uint32_t entry = 0; entry < m_index.count(); ++entry) {
            const auto shard = m_set.shardOf[m_index.fileOf[entry]];
            if (tensorOf[entry] == 0 && shard != ShardSet::None && m_set.shards[shard].header)
                lacking.push_back(entry);
        }
        if (lacking.empty())
            return;
        const auto unmapped = unmappedTensors();
        std::map<std::uint32_t, Group> elsewhere, nowhere; // by the index's file
        for (const auto entry : lacking) {
            const auto found = unmapped.find(m_index.names.at(entry));
            auto& group = (found == unmapped.end() ? nowhere : elsewhere)[m_index.fileOf[entry]];
            if (group.count++ > 0)
                continue;
            group.first = entry;
            group.shard = found == unmapped.end() ? 0 : found->second;
        }
        for (const auto& [file, group] : elsewhere)
            m_assembly.findings.add(
                rules::hub::TensorElsewhere,
                {m_index.files[file], group.count, nameOf(group.first), m_set.shards[group.shard].name},
                inIndex(group.first));
        for (const auto& [file, group] : nowhere)
            m_assembly.findings.add(rules::hub::TensorAbsent,
                                    {m_index.files[file], group.count, nameOf(group.first)},
                                    inIndex(group.first));
        for (const auto entry : lacking)
            m_misplaced.emplace(m_index.names.at(entry), entry);
    }

    /// Names of tensors that the index does not put where they are, and the shard.
    std::unordered_map<std::string_view, std::uint32_t> unmappedTensors() const {
        std::unordered_map<std::string_view, std::uint32_t> names;
        forEachUnmapped([&](std::uint32_t shard, std::uint32_t tensor) {
            names.emplace(m_set.shards[shard].header->name(tensor), shard);
        });
        return names;
    }

    template <typename Function>
    void forEachUnmapped(const Function& function) const {
        for (std::uint32_t shard = 0; shard < m_set.shards.size(); ++shard)
            for (std::uint32_t tensor = 0; tensor < m_assembly.join.mapped[shard].size(); ++tensor)
                if (!m_assembly.join.mapped[shard][tensor])
                    function(shard, tensor);
    }

    /// Tensors that the index does not know at all. One that it puts elsewhere was reported with that; one
    /// that it has from another file was when it was added.
    void reportUnmapped() {
        std::map<std::uint32_t, std::pair<std::uint64_t, std::uint32_t>> groups;
        forEachUnmapped([&](std::uint32_t shard, std::uint32_t tensor) {
            const auto id = m_assembly.ids[shard][tensor];
            if (m_misplaced.contains(m_set.shards[shard].header->name(tensor)) || isMapped(id))
                return;
            auto& [count, first] = groups[shard];
            if (count++ == 0)
                first = tensor;
        });
        for (std::uint32_t shard = 0; shard < m_set.shards.size(); ++shard) {
            if (!m_set.named[shard]) {
                m_assembly.findings.add(rules::hub::FileUnmapped, {m_set.shards[shard].name},
                                        m_assembly.inFile(shard), m_assembly.about(shard));
                continue;
            }
            const auto group = groups.find(shard);
            if (group == groups.end())
                continue;
            const auto& header = *m_set.shards[shard].header;
            const auto [count, first] = group->second;
            const std::string name(header.name(first));
            auto where = m_assembly.inFile(shard, name);
            where.offset = header.nameOffset(first);
            m_assembly.findings.add(rules::hub::TensorUnmapped, {m_set.shards[shard].name, count, name},
                                    std::move(where), m_assembly.about(shard));
        }
    }

    /// Whether some entry of the index leads to the tensor.
    bool isMapped(TensorId id) {
        if (m_mappedIds.empty()) {
            m_mappedIds.assign(m_assembly.builder.tensorCount(), false);
            for (std::uint32_t entry = 0; entry < m_index.count(); ++entry)
                if (const auto tensor = m_assembly.join.tensorOf[entry]; tensor != 0)
                    m_mappedIds[m_assembly.ids[m_set.shardOf[m_index.fileOf[entry]]][tensor - 1].index()] =
                        true;
        }
        return m_mappedIds[id.index()];
    }

    /// Compared only where all files are there: otherwise their absence is the cause.
    void reportTotal() {
        if (!m_index.totalSize || !m_set.absent.empty() || m_set.slices)
            return;
        std::uint64_t total = 0;
        std::vector<bool> counted(m_assembly.builder.tensorCount(), false);
        for (std::uint32_t shard = 0; shard < m_set.shards.size(); ++shard) {
            if (!m_set.shards[shard].header)
                return;
            const auto& header = *m_set.shards[shard].header;
            for (std::uint32_t tensor = 0; tensor < header.count(); ++tensor) {
                if (header.state[tensor] == safetensors::TensorState::Broken)
                    return;
                const auto id = m_assembly.ids[shard][tensor].index();
                if (!counted[id])
                    total += header.stored(tensor).size();
                counted[id] = true;
            }
        }
        if (total != *m_index.totalSize)
            m_assembly.findings.add(
                rules::hub::TotalSize, {Bytes{*m_index.totalSize}, Bytes{total}},
                {.file = m_assembly.path(m_index.file), .offset = m_index.totalSizeAt, .item = "total_size"});
    }

    SetAssembly& m_assembly;
    const ShardSet& m_set;
    const WeightIndex& m_index;
    std::unordered_map<std::string_view, std::uint32_t> m_misplaced;
    std::vector<bool> m_mappedIds;
};

} // namespace

void addIndexFindings(SetAssembly& assembly) {
    if (assembly.set.index)
        IndexFindings(assembly).run();
}

} // namespace shardlens::hub
