// SPDX-License-Identifier: Apache-2.0
#include "formats/hub/header_probe.h"

#include "base/endian.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>
#include <vector>

namespace shardlens::hub {

bool mentionsSlices(const ByteSource& source, const JobContext& context) {
    constexpr std::string_view key = "\"DCP_SHARDING_INFO\"";
    constexpr std::uint64_t block = 1 << 20;
    std::array<std::byte, 8> start{};
    if (source.size() < start.size() || !source.readAt(0, start))
        return false;
    const auto length = loadLittle<std::uint64_t>(start.data());
    if (length > source.size() - start.size() || length > context.limits->safetensorsHeader)
        return false;
    std::vector<std::byte> buffer;
    for (std::uint64_t at = 8; at < 8 + length; at += block - key.size()) {
        buffer.resize(static_cast<std::size_t>(std::min(block, 8 + length - at)));
        if (context.stopped() || !source.readAt(at, buffer))
            return false;
        const std::string_view text(reinterpret_cast<const char*>(buffer.data()), buffer.size());
        if (text.find(key) != std::string_view::npos)
            return true;
        if (buffer.size() < block)
            break;
    }
    return false;
}

} // namespace shardlens::hub
