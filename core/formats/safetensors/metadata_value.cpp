// SPDX-License-Identifier: Apache-2.0
#include "formats/safetensors/metadata_value.h"

#include "formats/safetensors/names_index.h"
#include "model/value_graph.h"

#include <cstdint>
#include <memory>

namespace shardlens::safetensors {

Value metadataValue(const std::vector<std::pair<std::string, std::string>>& metadata) {
    TextPool keys;
    for (const auto& pair : metadata)
        keys.add(pair.first);
    std::vector<std::uint32_t> valueOf(metadata.size());
    for (std::uint32_t i = 0; i < metadata.size(); ++i)
        valueOf[i] = i;
    constexpr auto dropped = ~std::uint32_t{0};
    for (const auto& [later, first] : findRepeated(keys)) {
        valueOf[first] = later;
        valueOf[later] = dropped;
    }
    auto graph = std::make_shared<ValueGraph>();
    std::vector<std::pair<ValueGraph::Node, ValueGraph::Node>> items;
    for (std::uint32_t i = 0; i < metadata.size(); ++i) {
        if (valueOf[i] == dropped)
            continue;
        const auto key = graph->addText(Value::Kind::String, metadata[i].first);
        items.emplace_back(key, graph->addText(Value::Kind::String, metadata[valueOf[i]].second));
    }
    const auto root = graph->addDict(items);
    return Value(std::move(graph), root);
}

} // namespace shardlens::safetensors
