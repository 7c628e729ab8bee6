// SPDX-License-Identifier: Apache-2.0
#include "data/bit_copy.h"

#include <algorithm>
#include <cstring>

namespace shardlens {

std::uint64_t loadBits(const std::byte* from, std::uint64_t bit, unsigned count) {
    std::uint64_t value = 0;
    unsigned have = 0;
    while (have < count) {
        const auto at = bit + have;
        const auto inByte = static_cast<unsigned>(at % 8);
        const auto take = std::min(8 - inByte, count - have);
        const auto part = (std::to_integer<std::uint64_t>(from[at / 8]) >> inByte) & ((1u << take) - 1);
        value |= part << have;
        have += take;
    }
    return value;
}

void copyBits(const std::byte* from, std::uint64_t fromBit, std::byte* to, std::uint64_t toBit,
              std::uint64_t count) {
    from += fromBit / 8;
    to += toBit / 8;
    fromBit %= 8;
    toBit %= 8;
    while (count != 0) {
        if (fromBit == 0 && toBit == 0 && count >= 8) {
            const auto bytes = count / 8;
            std::memcpy(to, from, bytes);
            from += bytes;
            to += bytes;
            count %= 8;
            continue;
        }
        const auto take = static_cast<unsigned>(std::min<std::uint64_t>(8 - toBit, count));
        const auto mask = static_cast<std::uint8_t>(((1u << take) - 1) << toBit);
        const auto bits = static_cast<std::uint8_t>(loadBits(from, fromBit, take) << toBit);
        *to = (*to & static_cast<std::byte>(~mask)) | static_cast<std::byte>(bits & mask);
        fromBit += take;
        toBit += take;
        count -= take;
        from += fromBit / 8;
        to += toBit / 8;
        fromBit %= 8;
        toBit %= 8;
    }
}

} // namespace shardlens
