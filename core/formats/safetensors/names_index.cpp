// SPDX-License-Identifier: Apache-2.0
#include "formats/safetensors/names_index.h"

#define XXH_INLINE_ALL // short names: the call would cost as much as the hash
#include <xxhash.h>

#include <bit>
#include <random>

namespace shardlens::safetensors {

namespace {

std::uint64_t processSeed() {
    static const std::uint64_t seed = [] {
        std::random_device device;
        return (std::uint64_t{device()} << 32) | device();
    }();
    return seed;
}

} // namespace

std::vector<std::pair<std::uint32_t, std::uint32_t>> findRepeated(const TextPool& names) {
    struct Cell {
        std::uint32_t next = 0; // index + 1, 0 is empty
        std::uint32_t tag = 0;  // the hash's upper half, which spares most comparisons
    };
    std::vector<std::pair<std::uint32_t, std::uint32_t>> repeated;
    const auto count = static_cast<std::uint32_t>(names.size());
    std::vector<Cell> cells(std::bit_ceil(std::size_t{count} * 2 + 1));
    const auto mask = cells.size() - 1;
    const auto seed = processSeed();
    for (std::uint32_t index = 0; index < count; ++index) {
        const auto name = names.at(index);
        const auto hash = XXH3_64bits_withSeed(name.data(), name.size(), seed);
        const auto tag = static_cast<std::uint32_t>(hash >> 32);
        auto at = hash & mask;
        while (cells[at].next != 0 && (cells[at].tag != tag || names.at(cells[at].next - 1) != name))
            at = (at + 1) & mask;
        if (cells[at].next == 0)
            cells[at] = {index + 1, tag};
        else
            repeated.emplace_back(index, cells[at].next - 1);
    }
    return repeated;
}

} // namespace shardlens::safetensors
