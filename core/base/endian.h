// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstring>

namespace shardlens {

static_assert(std::endian::native == std::endian::little,
              "checkpoints are little-endian, and so are our kernels");

/// Reads a little-endian number from memory of any alignment. The caller has checked the bounds.
template <std::integral T>
T loadLittle(const std::byte* from) {
    T value;
    std::memcpy(&value, from, sizeof value);
    return value;
}

template <std::unsigned_integral T>
constexpr T byteSwap(T value) {
    if constexpr (sizeof(T) == 1)
        return value;
    else if constexpr (sizeof(T) == 2)
        return __builtin_bswap16(value);
    else if constexpr (sizeof(T) == 4)
        return __builtin_bswap32(value);
    else
        return __builtin_bswap64(value);
}

template <std::unsigned_integral T>
T loadBig(const std::byte* from) {
    return byteSwap(loadLittle<T>(from));
}

template <std::integral T>
void storeLittle(std::byte* to, T value) {
    std::memcpy(to, &value, sizeof value);
}

} // namespace shardlens
