// SPDX-License-Identifier: Apache-2.0
#include "formats/dcp/backend.h"
#include "formats/dcp/describer.h"
#include "formats/dcp/dims_reading.h"
#include "formats/dcp/rules.h"
#include "model/rules.h"

#include <algorithm>

namespace shardlens::dcp {

namespace {

constexpr std::size_t StopInterval = 8192;

void appendOnce(std::vector<TensorId>& list, TensorId tensor) {
    if (list.empty() || list.back() != tensor)
        list.push_back(tensor);
}

} // namespace

Result<void> Describer::finish() {
    Dims offset;
    Dims size;
    m_context.begin("adding slices", m_slices.size(), false);
    for (std::size_t i = 0; i < m_slices.size(); ++i) {
        if (i % StopInterval == 0) {
            SHARDLENS_CHECK(m_context.checkStop());
            m_context.add(i == 0 ? 0 : StopInterval);
        }
        addSlice(m_slices[i], offset, size);
    }
    for (PlannedValue& value : m_values)
        m_builder.addEntry(std::move(value.record));
    reportCollected();
    m_files.report();
    return {};
}

void Describer::addSlice(const PlannedSlice& slice, Dims& offset, Dims& size) {
    const pickle::Pickle& p = *m_metadata[slice.metadata].pickle;
    const std::size_t dims = m_builder.shape(slice.tensor).size();
    if (!readDims(p, slice.offset, slice.lastTimes, offset) ||
        !readDims(p, slice.size, slice.lastTimes, size) || offset.size() != dims || size.size() != dims) {
        badTensor(slice.tensor, m_builder.name(slice.tensor), "a slice has other dims than the tensor");
        return;
    }
    if (slice.item == nullptr) {
        if (std::ranges::find(size, 0U) == size.end()) {
            ++m_slicesWithoutBytes;
            appendOnce(m_withoutBytes, slice.tensor);
        }
        return;
    }
    const StoredItem& item = *slice.item;
    const FileTable::File& file = m_files.at(item.file);
    m_files.noteTensor(item.file, slice.tensor);
    if (!file.id.valid())
        return; // its path is refused
    if (const SafetensorsPart* there = part(item.file)) {
        addPartSlice(slice, *there, offset, size);
        return;
    }
    if (item.unknownTransform)
        appendOnce(m_unknownTransforms, slice.tensor);
    m_builder.addSlice(slice.tensor, offset, size, slice.dtype, file.id, item.range,
                       item.unknownTransform ? stored::UnknownTransform : item.layers);
}

void Describer::addPartSlice(const PlannedSlice& slice, const SafetensorsPart& there, DimsView offset,
                             DimsView size) {
    const std::uint32_t number = slice.item->file;
    const FileTable::File& file = m_files.at(number);
    const std::string_view name = m_builder.name(slice.tensor);
    const auto found = there.find(name, offset, size);
    if (found) {
        m_builder.addSlice(slice.tensor, offset, size, there.header().dtype[*found], file.id,
                           there.header().stored(*found), stored::Raw);
        return;
    }
    const bool holdsElements = std::find(size.begin(), size.end(), 0U) == size.end();
    if (holdsElements) {
        Lost& lost = m_lost[number];
        if (lost.slices++ == 0) {
            lost.name = name;
            lost.offset = offsetText(offset);
        }
        appendOnce(lost.tensors, slice.tensor);
    }
    const std::uint64_t begin = std::min(slice.item->range.begin, file.bytes);
    m_builder.addSlice(slice.tensor, offset, size, slice.dtype, file.id, {begin, begin}, stored::Raw);
}

void Describer::reportCollected() {
    if (!m_withoutBytes.empty())
        m_builder.addFinding(rules::SliceWithoutBytes, {m_slicesWithoutBytes}, {}, {},
                             std::move(m_withoutBytes));
    if (!m_unknownDTypes.empty())
        m_builder.addFinding(rules::dcp::UnknownDType,
                             {std::uint64_t{m_unknownDTypes.size()}, m_unknownDTypeNames}, {}, {},
                             m_unknownDTypes);
    if (const auto& tensors = m_facts.reformulated(); !tensors.empty())
        m_builder.addFinding(rules::dcp::Reformulated, {std::uint64_t{tensors.size()}}, {}, {}, tensors);
    if (!m_unknownTransforms.empty() || m_valuesWithTransform > 0) {
        std::string name;
        for (const StorageIndex& index : m_storage)
            name = name.empty() ? index.unknownTransform() : name;
        m_builder.addFinding(rules::dcp::UnknownTransform,
                             {std::uint64_t{m_unknownTransforms.size()} + m_valuesWithTransform, name}, {},
                             {}, m_unknownTransforms);
    }
    for (auto& [number, lost] : m_lost) {
        const FileTable::File& file = m_files.at(number);
        Location where;
        where.file = file.path;
        where.item = lost.name;
        m_builder.addFinding(rules::dcp::SliceNotInPart, {lost.slices, file.path, lost.name, lost.offset},
                             where, {Subject::Kind::File, file.id.value()}, std::move(lost.tensors));
    }
}

} // namespace shardlens::dcp
