// SPDX-License-Identifier: Apache-2.0
#include "model/checkpoint_builder.h"

#include "model/builder_state.h"

#include <algorithm>
#include <functional>
#include <utility>

namespace shardlens {

namespace {

/// The column's value for a tensor, in a column that exists only from its first value on.
void setLazily(std::vector<std::uint32_t>& column, std::size_t tensors, TensorId id, std::uint32_t value) {
    if (column.size() < tensors)
        column.resize(tensors, TensorColumns::None);
    column[id.index()] = value;
}

bool cutsAtEveryDot(std::string_view name, std::span<const std::uint32_t> separators) {
    std::size_t next = 0;
    for (std::size_t i = 0; i < name.size(); ++i)
        if (name[i] == '.') {
            if (next == separators.size() || separators[next] != i)
                return false;
            ++next;
        }
    return next == separators.size();
}

} // namespace

CheckpointBuilder::State::State(const JobContext& job) {
    context = job;
    tensors.dims.add({}); // the shape of new tensors
    resizeTable(1);
}

CheckpointBuilder::CheckpointBuilder(const JobContext& context) : m_state(std::make_unique<State>(context)) {}

CheckpointBuilder::~CheckpointBuilder() = default;

CheckpointFacts& CheckpointBuilder::facts() {
    return m_state->facts;
}

const CheckpointBackend& CheckpointBuilder::backendOf(const Checkpoint& checkpoint) {
    return *checkpoint.m_backend;
}

FileId CheckpointBuilder::addFile(FileRecord file) {
    m_state->files.push_back(std::move(file));
    return FileId(m_state->files.size() - 1);
}

FileRecord& CheckpointBuilder::file(FileId id) {
    return m_state->files[id.index()];
}

void CheckpointBuilder::addRegion(Region region) {
    m_state->regions.push_back(std::move(region));
}

void CheckpointBuilder::reserve(std::size_t tensors, std::size_t slices, std::size_t nameBytes) {
    auto& state = *m_state;
    state.tensors.names.reserve(tensors, nameBytes);
    state.tensors.shape.reserve(tensors);
    state.tensors.dtype.reserve(tensors);
    state.hashes.reserve(tensors);
    state.resizeTable(tensors);
    state.slices.tensor.reserve(slices);
    state.slices.box.reserve(slices);
    state.slices.dtype.reserve(slices);
    state.slices.file.reserve(slices);
    state.slices.begin.reserve(slices);
    state.slices.end.reserve(slices);
}

void CheckpointBuilder::setDType(TensorId id, DType dtype, std::string_view unknownName) {
    auto& tensors = m_state->tensors;
    tensors.dtype[id.index()] = dtype;
    if (dtype == DType::Unknown && !unknownName.empty())
        tensors.unknownDTypes[id.value()] = unknownName;
    else if (!tensors.unknownDTypes.empty())
        tensors.unknownDTypes.erase(id.value());
}

void CheckpointBuilder::setShape(TensorId id, DimsView shape) {
    m_state->tensors.shape[id.index()] = m_state->tensors.dims.add(shape);
}

DType CheckpointBuilder::dtype(TensorId id) const {
    return m_state->tensors.dtype[id.index()];
}

DimsView CheckpointBuilder::shape(TensorId id) const {
    return m_state->shape(id.index());
}

std::string_view CheckpointBuilder::name(TensorId id) const {
    return m_state->tensors.names.at(id.index());
}

std::uint32_t CheckpointBuilder::tensorCount() const {
    return static_cast<std::uint32_t>(m_state->tensorCount());
}

void CheckpointBuilder::setCuts(TensorId id, std::span<const std::uint32_t> separators) {
    auto& tensors = m_state->tensors;
    const auto text = name(id);
    const bool rising =
        std::adjacent_find(separators.begin(), separators.end(), std::greater_equal<>()) == separators.end();
    const bool inside = separators.empty() || separators.back() < text.size();
    std::uint32_t list = TensorColumns::DotCuts;
    if (rising && inside && !cutsAtEveryDot(text, separators)) {
        const auto [known, isNew] =
            m_state->cutLists.try_emplace(std::vector<std::uint32_t>(separators.begin(), separators.end()),
                                          static_cast<std::uint32_t>(tensors.cutLists.size()));
        if (isNew)
            tensors.cutLists.push_back(known->first);
        list = known->second;
    }
    if (list != TensorColumns::DotCuts || !tensors.cuts.empty())
        setLazily(tensors.cuts, m_state->tensorCount(), id, list);
}

void CheckpointBuilder::setStorage(TensorId id, std::uint32_t storage) {
    setLazily(m_state->tensors.storage, m_state->tensorCount(), id, storage);
}

void CheckpointBuilder::setFacts(TensorId id, std::vector<Fact> facts) {
    auto& tensors = m_state->tensors;
    const auto [known, isNew] = m_state->factLists.try_emplace(
        std::move(facts), static_cast<std::uint32_t>(tensors.factLists.size()));
    if (isNew)
        tensors.factLists.push_back(known->first);
    setLazily(tensors.facts, m_state->tensorCount(), id, known->second);
}

void CheckpointBuilder::setFactsLike(TensorId id, TensorId other) {
    const auto& facts = m_state->tensors.facts;
    if (other.index() < facts.size() && facts[other.index()] != TensorColumns::None)
        setLazily(m_state->tensors.facts, m_state->tensorCount(), id, facts[other.index()]);
}

void CheckpointBuilder::addWholeSlice(TensorId id, DType dtype, FileId file, ByteRange stored,
                                      std::uint32_t detail) {
    auto& slices = m_state->slices;
    if (m_state->sliceCount() >= m_state->context.limits->slices) {
        m_state->tooManySlices = true;
        return;
    }
    slices.tensor.push_back(id.value());
    slices.box.push_back(SliceColumns::WholeBox);
    slices.dtype.push_back(dtype);
    slices.file.push_back(file);
    slices.begin.push_back(stored.begin);
    slices.end.push_back(stored.end);
    if (detail != 0 || !slices.detail.empty()) {
        slices.detail.resize(slices.tensor.size(), 0);
        slices.detail.back() = detail;
    }
}

void CheckpointBuilder::addSlice(TensorId id, DimsView offset, DimsView size, DType dtype, FileId file,
                                 ByteRange stored, std::uint32_t detail) {
    const auto before = m_state->sliceCount();
    addWholeSlice(id, dtype, file, stored, detail);
    if (m_state->sliceCount() == before)
        return;
    auto& both = m_state->bothDims;
    both.assign(offset.begin(), offset.end());
    both.insert(both.end(), size.begin(), size.end());
    m_state->slices.box.back() = m_state->tensors.dims.add(both);
}

EntryId CheckpointBuilder::addEntry(EntryRecord entry) {
    m_state->entries.push_back(std::move(entry));
    return EntryId(m_state->entries.size() - 1);
}

void CheckpointBuilder::addAlias(Alias alias) {
    m_state->aliases.push_back(std::move(alias));
}

void CheckpointBuilder::addVerdict(Verdict verdict) {
    m_state->verdicts.push_back(std::move(verdict));
}

void CheckpointBuilder::setMetadata(Value metadata) {
    m_state->metadata = std::move(metadata);
}

void CheckpointBuilder::setBackend(std::shared_ptr<const CheckpointBackend> backend) {
    m_state->backend = std::move(backend);
}

void CheckpointBuilder::addFinding(Finding finding) {
    m_state->findings.push_back(std::move(finding));
}

void CheckpointBuilder::addFinding(const Rule& rule, Args args, Location where, Subject subject,
                                   std::vector<TensorId> tensors) {
    addFinding({{&rule, std::move(args), std::move(where)}, subject, std::move(tensors)});
}

} // namespace shardlens
