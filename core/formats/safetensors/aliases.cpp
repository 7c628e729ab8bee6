// SPDX-License-Identifier: Apache-2.0
#include "formats/safetensors/aliases.h"

#include <string_view>
#include <unordered_map>

namespace shardlens::safetensors {

void addAliases(CheckpointBuilder& builder, std::span<const std::pair<std::string, std::string>> metadata,
                const std::string& prefix) {
    std::unordered_map<std::string, bool> isTensor; // only of names that metadata mentions
    for (const auto& [key, value] : metadata) {
        if (key == "format")
            continue;
        isTensor.emplace(prefix + key, false);
        isTensor.emplace(prefix + value, false);
    }
    if (isTensor.empty())
        return;
    std::string name;
    for (std::uint32_t i = 0; i < builder.tensorCount(); ++i) {
        name = builder.name(TensorId(i));
        if (const auto known = isTensor.find(name); known != isTensor.end())
            known->second = true;
    }
    for (const auto& [key, value] : metadata) {
        const auto kept = isTensor.find(prefix + value);
        const auto dropped = isTensor.find(prefix + key);
        if (kept != isTensor.end() && dropped != isTensor.end() && kept->second && !dropped->second)
            builder.addAlias({.dropped = prefix + key, .kept = prefix + value});
    }
}

} // namespace shardlens::safetensors
