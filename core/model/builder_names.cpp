// SPDX-License-Identifier: Apache-2.0
// The builder's table of names. A million names lie in tens of MiB, where every look costs a trip to memory:
// those of many names at once are asked for ahead of their use.
#include "model/builder_state.h"
#include "model/hash.h"
#include "model/rules.h"

#include <algorithm>

namespace shardlens {

namespace {

constexpr std::size_t FirstTableSize = 64;
/// Names whose slots are fetched ahead: enough to hide a trip to memory, few enough to stay in the cache.
constexpr std::size_t Ahead = 24;

std::uint32_t lowBits(std::uint64_t hash) {
    return static_cast<std::uint32_t>(hash);
}

std::uint32_t hashOf(std::string_view name) {
    return lowBits(seededHash(name.data(), name.size()));
}

} // namespace

void CheckpointBuilder::State::resizeTable(std::size_t wanted) {
    std::size_t size = FirstTableSize;
    while (size < wanted * 2)
        size *= 2;
    auto& table = tensors.byName;
    if (size <= table.size())
        return;
    table.assign(size, 0);
    // A table above 2^32 slots would need more of the hash; limits keep the number of tensors below 2^31.
    const auto mask = static_cast<std::uint32_t>(size - 1);
    for (std::uint32_t tensor = 0; tensor < hashes.size(); ++tensor) {
        auto slot = hashes[tensor] & mask;
        while (table[slot] != 0)
            slot = (slot + 1) & mask;
        table[slot] = tensor + 1;
    }
}

Result<void> CheckpointBuilder::State::checkName(std::string_view name) const {
    if (name.size() > context.limits->nameBytes)
        return fail(rules::NameTooLong, {Bytes{name.size()}, Bytes{context.limits->nameBytes}});
    return {};
}

Result<CheckpointBuilder::Added> CheckpointBuilder::State::insertName(std::string_view name,
                                                                      std::uint32_t hash) {
    auto& table = tensors.byName;
    const auto mask = static_cast<std::uint32_t>(table.size() - 1);
    auto slot = hash & mask;
    for (; table[slot] != 0; slot = (slot + 1) & mask)
        if (const auto known = table[slot] - 1; hashes[known] == hash && tensors.names.at(known) == name)
            return Added{TensorId(known), false};
    if (tensorCount() >= context.limits->tensors)
        return fail(rules::TooManyTensors, {context.limits->tensors});
    const auto id = tensors.names.add(name);
    tensors.shape.push_back(0);
    tensors.dtype.push_back(DType::Unknown);
    hashes.push_back(hash);
    table[slot] = id + 1;
    return Added{TensorId(id), true};
}

Result<CheckpointBuilder::Added> CheckpointBuilder::addTensor(std::string_view name) {
    auto& state = *m_state;
    SHARDLENS_CHECK(state.checkName(name));
    if ((state.tensorCount() + 1) * 2 > state.tensors.byName.size())
        state.resizeTable((state.tensorCount() + 1) * 2);
    return state.insertName(name, hashOf(name));
}

Result<void> CheckpointBuilder::addTensors(std::span<const std::string_view> names,
                                           std::vector<Added>& added) {
    auto& state = *m_state;
    added.clear();
    if ((state.tensorCount() + names.size()) * 2 > state.tensors.byName.size())
        state.resizeTable(state.tensorCount() + names.size());
    const auto* table = state.tensors.byName.data();
    const auto mask = static_cast<std::uint32_t>(state.tensors.byName.size() - 1);
    auto& hashes = state.newHashes;
    hashes.resize(names.size());
    for (std::size_t i = 0; i < names.size(); ++i) {
        SHARDLENS_CHECK(state.checkName(names[i]));
        hashes[i] = hashOf(names[i]);
    }
    const auto fetch = [&](std::size_t i) {
        __builtin_prefetch(table + (hashes[i] & mask), 1);
    };
    for (std::size_t i = 0; i < std::min(Ahead, names.size()); ++i)
        fetch(i);
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (i + Ahead < names.size())
            fetch(i + Ahead);
        SHARDLENS_TRY(const auto one, state.insertName(names[i], hashes[i]));
        added.push_back(one);
    }
    return {};
}

} // namespace shardlens
