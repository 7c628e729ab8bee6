// SPDX-License-Identifier: Apache-2.0
#include "formats/torch/torch_backend.h"

#include "formats/pickle/to_value.h"
#include "formats/torch/rules.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace shardlens::torch {

Payload payloadOf(const TensorRecipe& recipe, ByteRange storage, ByteOrder order, FileId file) {
    Payload out;
    out.file = file;
    out.bytes = storage;
    out.dtype = recipe.dtype;
    out.order = order;
    out.start = recipe.start;
    out.strides = recipe.strides;
    out.conj = recipe.conj;
    out.neg = recipe.neg;
    return out;
}

std::uint32_t TorchBackend::add(std::shared_ptr<const TorchFile> file, pickle::Node node) {
    m_items.push_back({std::move(file), node});
    return static_cast<std::uint32_t>(m_items.size() - 1);
}

void TorchBackend::addChecksums(std::shared_ptr<const TorchFile> file, FileId id) {
    const auto first = m_work.steps;
    m_work.steps += file->checksums.size();
    for (const auto& checksum : file->checksums)
        m_work.bytes += checksum.bytes.size();
    m_checked.push_back({std::move(file), id, first});
}

ChecksumWork TorchBackend::checksumWork(const Checkpoint&) const {
    return m_work;
}

Result<std::vector<StoredChecksum>> TorchBackend::checksums(const Checkpoint&, std::size_t step,
                                                            const JobContext&) const {
    const auto after = std::ranges::upper_bound(m_checked, step, {}, &Checked::firstStep);
    const auto& [file, id, first] = *std::prev(after);
    const auto& one = file->checksums[step - first];
    return std::vector{StoredChecksum{file->source, one.bytes, one.crc32, one.name, id, one.bytes}};
}

Result<Payload> TorchBackend::payload(const Checkpoint& checkpoint, SliceId id) const {
    const auto slice = checkpoint.slice(id);
    const auto& item = m_items[slice.detail];
    const auto& file = *item.file;
    SHARDLENS_TRY(const auto recipe, readTensor(*file.pickle, item.node));
    const auto place = file.storages.find(recipe.storage.key);
    if (place == file.storages.end())
        return fail(rules::torch::StorageMissing, {std::string(recipe.storage.key)},
                    {file.source->name(), std::nullopt, std::string(checkpoint.tensor(slice.tensor).name())});
    if (!place->second.usable)
        return Failure(place->second.problem);
    return payloadOf(recipe, place->second.bytes, file.order, slice.file);
}

Result<Value> TorchBackend::value(const Checkpoint& checkpoint, EntryId entry) const {
    const auto& item = m_items[checkpoint.entry(entry).detail];
    pickle::ToValueOptions options;
    options.tensor = describeTensor;
    return pickle::toValue(item.file->pickle, item.node, JobContext(), options);
}

} // namespace shardlens::torch
