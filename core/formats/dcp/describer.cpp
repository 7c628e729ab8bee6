// SPDX-License-Identifier: Apache-2.0
#include "formats/dcp/describer.h"

#include "base/units.h"
#include "formats/dcp/backend.h"
#include "formats/dcp/dims_reading.h"
#include "formats/dcp/rules.h"
#include "formats/pickle/to_value.h"

#include <algorithm>
#include <span>

namespace shardlens::dcp {

namespace {

using pickle::Kind;
using pickle::Node;
using pickle::Pickle;

constexpr std::size_t StopInterval = 8192;
constexpr std::size_t MaxNamedDTypes = 200; // characters of a list in a message

} // namespace

Describer::Describer(CheckpointBuilder& builder, const std::vector<MetadataFile>& metadata,
                     const FileTree& folder, const JobContext& context)
    : m_builder(builder)
    , m_metadata(metadata)
    , m_context(context)
    , m_files(builder, folder)
    , m_facts(builder, metadata) {}

const SafetensorsPart* Describer::part(std::uint32_t file) const {
    return file < m_parts.size() ? m_parts[file].get() : nullptr;
}

Result<void> Describer::read() {
    std::size_t tensors = 0;
    std::size_t slices = 0;
    for (const MetadataFile& metadata : m_metadata) {
        SHARDLENS_TRY(auto index, StorageIndex::build(metadata, m_files, m_context));
        tensors += metadata.pickle->size(metadata.stateDict);
        slices += index.all().size();
        m_storage.push_back(std::move(index));
    }
    m_builder.reserve(tensors, slices, tensors * 40);
    m_slices.reserve(slices);
    SHARDLENS_CHECK(readParts());
    for (std::uint32_t i = 0; i < m_metadata.size(); ++i)
        SHARDLENS_CHECK(readOne(i));
    m_facts.finish(m_slices);
    return {};
}

// One look a file, at the first tensor that the metadata puts there.
Result<void> Describer::readParts() {
    m_parts.resize(m_files.count());
    std::vector<bool> looked(m_files.count(), false);
    for (std::size_t i = 0; i < m_storage.size(); ++i)
        for (const StoredItem& item : m_storage[i].all()) {
            if (looked[item.file] || item.layers > 0 || m_metadata[i].pickle->is(item.offset, Kind::None))
                continue;
            looked[item.file] = true;
            const FileTable::File& file = m_files.at(item.file);
            if (file.source == nullptr)
                continue;
            SHARDLENS_CHECK(m_context.checkStop());
            const auto isPart = SafetensorsPart::isAt(*file.source, item.range.begin);
            if (!isPart || !*isPart)
                continue;
            auto part = SafetensorsPart::read(*file.source, item.range.begin, m_context);
            if (!part)
                continue; // then each item says what is wrong with it
            m_parts[item.file] = std::make_unique<SafetensorsPart>(std::move(*part));
            m_parts[item.file]->indexNames();
            for (const safetensors::HeaderFinding& finding : m_parts[item.file]->header().findings)
                m_builder.addFinding({finding.what, {Subject::Kind::File, file.id.value()}, {}});
        }
    return {};
}

Result<void> Describer::readOne(std::uint32_t metadata) {
    const MetadataFile& file = m_metadata[metadata];
    const Pickle& p = *file.pickle;
    m_paths = std::make_unique<PlannerPaths>(file);
    m_fields = {};
    const auto pairs = p.items(file.stateDict);
    m_context.begin("describing tensors", pairs.size() / 2, false);
    for (std::size_t i = 0; i + 1 < pairs.size(); i += 2) {
        if (i % StopInterval == 0) {
            SHARDLENS_CHECK(m_context.checkStop());
            m_context.add(i == 0 ? 0 : StopInterval / 2);
        }
        if (!p.is(pairs[i], Kind::String))
            continue;
        if (const auto size = m_fields.size.of(p, pairs[i + 1]))
            SHARDLENS_CHECK(addTensor(metadata, pairs[i], pairs[i + 1], *size));
        else
            addValue(metadata, pairs[i]);
    }
    return {};
}

const TensorProperties& Describer::propertiesOf(std::uint32_t metadata, Node object) {
    const Pickle& pickle = *m_metadata[metadata].pickle;
    std::vector<std::uint64_t> key{metadata, object.bits()};
    const auto state = pickle.state(object);
    if (state && pickle.is(*state, Kind::Tuple)) {
        key.pop_back();
        for (const Node item : pickle.items(*state))
            key.push_back(item.bits());
    }
    const auto known = m_properties.find(key);
    if (known != m_properties.end())
        return known->second;
    return m_properties.emplace(std::move(key), readProperties(pickle, object)).first->second;
}

void Describer::badTensor(TensorId tensor, std::string_view name, std::string reason) {
    Location where;
    where.item = name;
    m_builder.addFinding(rules::dcp::BadEntry, {std::string(name), std::move(reason)}, where,
                         {Subject::Kind::Tensor, tensor.value()}, {tensor});
}

Result<void> Describer::addTensor(std::uint32_t metadata, Node nameNode, Node object, Node sizeNode) {
    const Pickle& p = *m_metadata[metadata].pickle;
    const std::string_view name = p.text(nameNode);
    SHARDLENS_TRY(const auto added, m_builder.addTensor(name));
    const TensorProperties& properties =
        propertiesOf(metadata, m_fields.properties.of(p, object).value_or(Node()));
    const std::uint64_t lastTimes = properties.dtype == DType::F4 ? 2 : 1;
    const Node chunks = m_fields.chunks.of(p, object).value_or(Node());
    Dims shape;
    if (!readDims(p, sizeNode, lastTimes, shape) || shape.size() > m_context.limits->dims) {
        badTensor(added.id, name, "its size is no list of numbers");
        return {};
    }
    if (added.isNew) {
        m_builder.setShape(added.id, shape);
        m_builder.setDType(added.id, properties.dtype, properties.dtypeName);
        if (properties.dtype == DType::Unknown) {
            m_unknownDTypes.push_back(added.id);
            if (m_unknownDTypeNames.size() < MaxNamedDTypes &&
                m_unknownDTypeNames.find(properties.dtypeName) == std::string::npos)
                m_unknownDTypeNames += (m_unknownDTypeNames.empty() ? "" : ", ") + properties.dtypeName;
        }
        if (const auto cuts = m_paths->cuts(nameNode))
            m_builder.setCuts(added.id, *cuts);
    } else if (!equal(m_builder.shape(added.id), shape)) {
        Location where;
        where.file = m_metadata[metadata].name;
        where.item = name;
        m_builder.addFinding(rules::dcp::MetadataDiffers,
                             {std::string(name), formatShape(m_builder.shape(added.id)), m_metadata[0].name,
                              formatShape(shape), m_metadata[metadata].name},
                             where, {Subject::Kind::Tensor, added.id.value()}, {added.id});
        return {};
    }
    const auto before = m_slices.size();
    addChunks(metadata, added.id, name, chunks, added.isNew, lastTimes);
    if (added.isNew)
        m_facts.add(metadata, added.id, properties, std::span(m_slices).subspan(before));
    return {};
}

void Describer::addChunks(std::uint32_t metadata, TensorId tensor, std::string_view name, Node chunks,
                          bool isNew, std::uint64_t lastTimes) {
    const Pickle& p = *m_metadata[metadata].pickle;
    const auto list = p.items(chunks);
    const auto key = m_storage[metadata].keyOf(name);
    for (std::size_t i = 0; i < list.size(); ++i) {
        PlannedSlice slice;
        slice.tensor = tensor;
        slice.metadata = metadata;
        const auto attributes = attributesOf(p, list[i]);
        slice.offset = m_fields.offsets.in(p, attributes).value_or(Node());
        slice.size = m_fields.sizes.in(p, attributes).value_or(Node());
        slice.item = key ? m_storage[metadata].find(*key, slice.offset, i) : nullptr;
        slice.dtype = m_builder.dtype(tensor);
        slice.lastTimes = lastTimes;
        planSlice(slice, isNew);
    }
}

// Ranks that saved by themselves each name what all of them have: one copy is enough, one that can be read is
// best.
void Describer::planSlice(PlannedSlice slice, bool isNew) {
    if (m_metadata.size() == 1) {
        m_slices.push_back(slice);
        return;
    }
    const Pickle& p = *m_metadata[slice.metadata].pickle;
    std::pair<Dims, Dims> box;
    if (!readDims(p, slice.offset, slice.lastTimes, box.first) ||
        !readDims(p, slice.size, slice.lastTimes, box.second)) {
        m_slices.push_back(slice);
        return;
    }
    const auto [known, first] = m_sliceOfBox.try_emplace({slice.tensor, std::move(box)}, m_slices.size());
    if (first || isNew) {
        m_slices.push_back(slice);
        return;
    }
    PlannedSlice& other = m_slices[known->second];
    const auto readable = [this](const PlannedSlice& one) {
        return one.item != nullptr && m_files.at(one.item->file).problem.has_value();
    };
    if (!readable(other) && readable(slice))
        other = slice;
}

void Describer::addValue(std::uint32_t metadata, Node nameNode) {
    const Pickle& p = *m_metadata[metadata].pickle;
    const std::string_view name = p.text(nameNode);
    const StoredItem* item = m_storage[metadata].find(name);
    const auto known = m_valueOfName.find(name);
    if (known != m_valueOfName.end()) {
        m_values[known->second].places.emplace_back(metadata, item);
        return;
    }
    EntryRecord entry;
    entry.name = name;
    entry.kind = EntryRecord::Kind::Value;
    if (const auto cuts = m_paths->cuts(nameNode)) {
        entry.cuts.assign(cuts->begin(), cuts->end());
        entry.ownCuts = true;
    }
    if (item != nullptr) {
        entry.file = m_files.at(item->file).id;
        entry.stored = item->range;
        entry.detail = item->unknownTransform ? stored::UnknownTransform : item->layers;
        m_valuesWithTransform += item->unknownTransform ? 1 : 0;
        m_files.noteValue(item->file);
    }
    PlannedValue value;
    value.name = name;
    value.entry = EntryId(m_values.size());
    value.record = std::move(entry);
    value.places.emplace_back(metadata, item);
    m_valueOfName.emplace(value.name, m_values.size());
    m_values.push_back(std::move(value));
}

} // namespace shardlens::dcp
