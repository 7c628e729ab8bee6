// SPDX-License-Identifier: Apache-2.0
#include "base/checked.h"
#include "base/units.h"
#include "formats/hub/rules.h"
#include "formats/hub/set_assembler.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

namespace shardlens::hub {

namespace {

class SliceAssembler {
public:
    explicit SliceAssembler(SetAssembly& assembly) : m_assembly(assembly), m_set(assembly.set) {}

    Result<void> run() {
        for (std::uint32_t shard = 0; shard < m_set.shards.size(); ++shard)
            if (m_set.shards[shard].header)
                SHARDLENS_CHECK(addShard(shard));
        setShapes();
        for (auto& [id, facts] : m_facts)
            m_assembly.builder.setFacts(id, std::move(facts));
        return {};
    }

private:
    /// What is known of a tensor from the slices so far. Its dims lie in m_extents: how far slices reach,
    /// then what they claim the whole shape to be.
    struct Seen {
        std::uint32_t shard = 0; ///< the first one that has it
        std::uint32_t dims = 0;
        std::size_t extents = 0;
        DType dtype = DType::Unknown;
        bool claimed = false;
        bool dimsReported = false, dtypeReported = false, claimReported = false;
    };
    /// Slices of one file that have the same trouble.
    struct Trouble {
        std::uint64_t count = 0;
        std::string first, reason;
        std::vector<TensorId> tensors;

        void add(std::string_view name, std::string_view why, TensorId id) {
            if (count++ == 0) {
                first = name;
                reason = why;
            }
            tensors.push_back(id);
        }
    };

    Seen& seen(TensorId id) { return m_seen[id.index() - m_assembly.firstTensor]; }

    Result<void> addShard(std::uint32_t at) {
        const auto& shard = m_set.shards[at];
        Trouble unknown, broken, whole;
        for (std::uint32_t tensor = 0; tensor < shard.tensors(); ++tensor) {
            if (tensor % 4096 == 0)
                SHARDLENS_CHECK(m_assembly.context.checkStop());
            const auto* entry = entryOf(shard, tensor);
            const auto name = entry && entry->logical ? shard.info.logicalNames.at(entry->logical - 1)
                                                      : shard.header->name(tensor);
            SHARDLENS_TRY(const auto added, m_assembly.addTensor(name));
            m_assembly.ids[at][tensor] = added.id;
            if (added.isNew)
                begin(at, tensor, added.id);
            if (shard.infoProblem) {
                unknown.add(name, {}, added.id);
                continue;
            }
            if (shard.slices && (!entry || (!entry->hasOffsets && !entry->broken)))
                whole.add(name, {}, added.id);
            if (auto reason = place(at, tensor, entry, added.id); !reason.empty())
                broken.add(name, reason, added.id);
        }
        keepFields(at);
        report(at, unknown, broken, whole);
        return {};
    }

    static const ShardingInfo::Entry* entryOf(const OpenedShard& shard, std::uint32_t tensor) {
        if (shard.entryOf.empty() || shard.entryOf[tensor] == 0)
            return nullptr;
        return &shard.info.entries[shard.entryOf[tensor] - 1];
    }

    void begin(std::uint32_t at, std::uint32_t tensor, TensorId id) {
        const auto& header = *m_set.shards[at].header;
        const auto dims = header.shape(tensor).size();
        m_seen.push_back({.shard = at,
                          .dims = static_cast<std::uint32_t>(dims),
                          .extents = m_extents.size(),
                          .dtype = header.dtype[tensor]});
        m_extents.resize(m_extents.size() + 2 * dims, 0);
        m_assembly.builder.setDType(id, header.dtype[tensor], header.dtypeName(tensor));
    }

    /// Adds the slice; says why where that makes no sense.
    std::string place(std::uint32_t at, std::uint32_t tensor, const ShardingInfo::Entry* entry, TensorId id) {
        const auto& header = *m_set.shards[at].header;
        const auto& info = m_set.shards[at].info;
        const auto size = header.shape(tensor);
        if (entry && entry->broken)
            return "a number is no unsigned integer";
        m_zeros.assign(size.size(), 0);
        const DimsView offset = entry && entry->hasOffsets ? info.at(entry->offsets) : DimsView(m_zeros);
        if (offset.size() != size.size())
            return std::to_string(offset.size()) + " offsets for " + std::to_string(size.size()) + " dims";
        for (std::size_t i = 0; i < size.size(); ++i)
            if (!checkedAdd(offset[i], size[i]))
                return "an offset overflows";
        if (entry && entry->hasGlobal && entry->global.count != size.size())
            return "the shape has " + std::to_string(entry->global.count) + " dims, the slice " +
                   std::to_string(size.size());
        if (!agrees(at, tensor, id))
            return {};
        const auto extents = m_extents.begin() + static_cast<std::ptrdiff_t>(seen(id).extents);
        for (std::size_t i = 0; i < size.size(); ++i)
            extents[static_cast<std::ptrdiff_t>(i)] =
                std::max(extents[static_cast<std::ptrdiff_t>(i)], offset[i] + size[i]);
        if (entry && entry->hasGlobal)
            claim(at, id, info.at(entry->global));
        if (header.state[tensor] != safetensors::TensorState::Broken)
            m_assembly.builder.addSlice(id, offset, size, header.dtype[tensor], m_assembly.files[at],
                                        m_assembly.stored(at, header.stored(tensor)));
        return {};
    }

    /// Compares with the slices before. A slice of another number of dims cannot be described.
    bool agrees(std::uint32_t at, std::uint32_t tensor, TensorId id) {
        const auto& header = *m_set.shards[at].header;
        auto& known = seen(id);
        const auto& first = m_set.shards[known.shard].name;
        if (header.dtype[tensor] == known.dtype && header.shape(tensor).size() == known.dims)
            return true;
        const std::string name(m_assembly.builder.name(id));
        if (header.dtype[tensor] != known.dtype && !std::exchange(known.dtypeReported, true)) {
            const auto before = std::string(shardlens::name(known.dtype));
            m_assembly.findings.add(
                rules::hub::DTypeDisagrees,
                {name, before, first, std::string(header.dtypeName(tensor)), m_set.shards[at].name},
                whereIs(at, tensor, name), about(id), {id});
        }
        if (header.shape(tensor).size() == known.dims)
            return true;
        if (!std::exchange(known.dimsReported, true))
            m_assembly.findings.add(rules::hub::DimsDisagree,
                                    {name, std::uint64_t{known.dims}, first,
                                     std::uint64_t{header.shape(tensor).size()}, m_set.shards[at].name},
                                    whereIs(at, tensor, name), about(id), {id});
        return false;
    }

    void claim(std::uint32_t at, TensorId id, DimsView shape) {
        auto& known = seen(id);
        const auto claimed = std::span(m_extents).subspan(known.extents + known.dims, known.dims);
        if (!std::exchange(known.claimed, true)) {
            std::ranges::copy(shape, claimed.begin());
            return;
        }
        if (std::ranges::equal(shape, claimed))
            return;
        const std::string name(m_assembly.builder.name(id));
        if (!std::exchange(known.claimReported, true))
            m_assembly.findings.add(rules::hub::ShapeDisagrees,
                                    {name, formatShape(claimed), formatShape(shape)},
                                    m_assembly.inFile(at, name), about(id), {id});
        for (std::size_t i = 0; i < claimed.size(); ++i)
            claimed[i] = std::max(claimed[i], shape[i]);
    }

    /// Where nothing states the whole shape, the slices' reach is all there is: a lost last slice shrinks it.
    void setShapes() {
        for (std::uint32_t i = 0; i < m_seen.size(); ++i) {
            const auto& known = m_seen[i];
            const auto first = known.extents + (known.claimed ? known.dims : 0);
            m_assembly.builder.setShape(TensorId(m_assembly.firstTensor + i),
                                        DimsView(m_extents).subspan(first, known.dims));
        }
    }

    void keepFields(std::uint32_t at) {
        const auto& shard = m_set.shards[at];
        const auto& ids = m_assembly.ids[at];
        for (const auto& [tensor, fact] : shard.header->unknownFields)
            keep(ids[tensor], fact);
        if (shard.info.unknownFields.empty())
            return;
        std::map<std::uint32_t, std::uint32_t> tensorOf;
        for (std::uint32_t tensor = 0; tensor < shard.entryOf.size(); ++tensor)
            tensorOf.emplace(shard.entryOf[tensor], tensor);
        for (const auto& [entry, fact] : shard.info.unknownFields)
            if (const auto tensor = tensorOf.find(entry + 1); tensor != tensorOf.end())
                keep(ids[tensor->second], fact);
    }

    void keep(TensorId id, const Fact& fact) {
        auto& facts = m_facts[id];
        if (std::ranges::find(facts, fact) == facts.end() && facts.size() < 64)
            facts.push_back(fact);
    }

    void report(std::uint32_t at, Trouble& unknown, Trouble& broken, Trouble& whole) {
        const auto& shard = m_set.shards[at];
        auto& findings = m_assembly.findings;
        const auto where = m_assembly.inFile(at, "DCP_SHARDING_INFO");
        if (shard.infoProblem)
            findings.add({*shard.infoProblem, m_assembly.about(at), std::move(unknown.tensors)});
        if (broken.count > 0)
            findings.add(rules::hub::OffsetsBroken, {shard.name, broken.count, broken.first, broken.reason},
                         where, m_assembly.about(at), std::move(broken.tensors));
        if (whole.count > 0)
            findings.add(rules::hub::OffsetsMissing, {shard.name, whole.count, whole.first}, where,
                         m_assembly.about(at), std::move(whole.tensors));
        if (shard.absentEntries > 0)
            findings.add(rules::hub::SliceAbsent,
                         {shard.name, std::uint64_t{shard.absentEntries}, shard.firstAbsent}, where,
                         m_assembly.about(at));
    }

    Location whereIs(std::uint32_t at, std::uint32_t tensor, std::string_view name) const {
        auto where = m_assembly.inFile(at, name);
        where.offset = m_set.shards[at].header->nameOffset(tensor);
        return where;
    }

    static Subject about(TensorId id) { return {.kind = Subject::Kind::Tensor, .id = id.value()}; }

    SetAssembly& m_assembly;
    const ShardSet& m_set;
    std::vector<Seen> m_seen; // by tensor
    std::vector<std::uint64_t> m_extents;
    std::vector<std::uint64_t> m_zeros;
    std::map<TensorId, std::vector<Fact>> m_facts;
};

} // namespace

Result<void> assembleSlices(SetAssembly& assembly) {
    return SliceAssembler(assembly).run();
}

} // namespace shardlens::hub
