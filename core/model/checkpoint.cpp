// SPDX-License-Identifier: Apache-2.0
#include "model/checkpoint.h"

#include "io/rules.h"
#include "model/hash.h"

namespace shardlens {

std::optional<TensorId> Checkpoint::findTensor(std::string_view name) const {
    const auto& table = m_tensors.byName;
    if (table.empty())
        return std::nullopt;
    const auto mask = table.size() - 1;
    for (auto slot = seededHash(name.data(), name.size()) & mask; table[slot] != 0; slot = (slot + 1) & mask)
        if (m_tensors.names.at(table[slot] - 1) == name)
            return TensorId(table[slot] - 1);
    return std::nullopt;
}

Slice Checkpoint::slice(SliceId id) const {
    const auto i = id.index();
    Slice out;
    out.tensor = TensorId(m_slices.tensor[i]);
    if (m_slices.box[i] == SliceColumns::WholeBox) {
        out.box.size = m_tensors.dims.at(m_tensors.shape[out.tensor.index()]);
        out.box.offset = m_slices.zero.at(0).first(out.box.size.size());
    } else {
        const auto both = m_tensors.dims.at(m_slices.box[i]);
        out.box = {both.first(both.size() / 2), both.subspan(both.size() / 2)};
    }
    out.dtype = m_slices.dtype[i];
    out.file = m_slices.file[i];
    out.stored = {m_slices.begin[i], m_slices.end[i]};
    out.detail = m_slices.detail.empty() ? 0 : m_slices.detail[i];
    return out;
}

Result<Payload> Checkpoint::payload(SliceId id) const {
    return m_backend->payload(*this, id);
}

Result<ByteSourcePtr> Checkpoint::source(FileId id) const {
    const auto& record = file(id);
    if (!record.source)
        return fail(rules::NotFound, {record.path}, {.file = record.path, .offset = {}, .item = {}});
    return record.source;
}

std::span<const Region> Checkpoint::regions(FileId id) const {
    const auto begin = m_regionStart[id.index()];
    return std::span(m_regions).subspan(begin, m_regionStart[id.index() + 1] - begin);
}

std::optional<EntryId> Checkpoint::findEntry(std::string_view name) const {
    for (std::size_t i = 0; i < m_entries.size(); ++i)
        if (m_entries[i].name == name)
            return EntryId(i);
    return std::nullopt;
}

Result<Value> Checkpoint::value(EntryId id) const {
    return m_backend->value(*this, id);
}

} // namespace shardlens
