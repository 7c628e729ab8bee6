// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstdint>

namespace shardlens {

/// Bytes [begin, end) of a file. begin <= end.
struct ByteRange {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;

    constexpr std::uint64_t size() const { return end - begin; }
    constexpr bool empty() const { return begin == end; }
    constexpr auto operator<=>(const ByteRange&) const = default;
};

} // namespace shardlens
