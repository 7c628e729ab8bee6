// SPDX-License-Identifier: Apache-2.0
#include "formats/hub/set_metadata.h"

#include "model/value_graph.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

namespace shardlens::hub {

namespace {

using Node = ValueGraph::Node;

/// Copies a value of JSON, whose depth is bounded.
Node copy(ValueGraph& graph, const Value& value) {
    switch (value.kind()) {
    case Value::Kind::Bool:
        return graph.addBool(value.asBool());
    case Value::Kind::Int:
        return graph.addInt(value.asInt());
    case Value::Kind::Float:
        return graph.addFloat(value.asFloat());
    case Value::Kind::String:
    case Value::Kind::BigInt:
        return graph.addText(value.kind(), value.text());
    case Value::Kind::List: {
        std::vector<Node> items;
        for (std::size_t i = 0; i < value.size(); ++i)
            items.push_back(copy(graph, value.at(i)));
        return graph.addSequence(Value::Kind::List, items);
    }
    case Value::Kind::Dict: {
        std::vector<std::pair<Node, Node>> items;
        for (std::size_t i = 0; i < value.size(); ++i) {
            const auto key = copy(graph, value.key(i));
            items.emplace_back(key, copy(graph, value.at(i)));
        }
        return graph.addDict(items);
    }
    default:
        return graph.addNull();
    }
}

bool allSay(const ShardSet& set, const std::string& key, const std::string& text) {
    return std::ranges::all_of(set.shards, [&](const OpenedShard& shard) {
        const auto* value = shard.header ? shard.header->findMetadata(key) : nullptr;
        return !shard.header || (value && *value == text);
    });
}

} // namespace

Value setMetadata(const ShardSet& set) {
    const auto graph = std::make_shared<ValueGraph>();
    std::vector<std::pair<Node, Node>> items;
    const Value* own =
        set.index && set.index->metadata.kind() == Value::Kind::Dict ? &set.index->metadata : nullptr;
    if (own)
        for (std::size_t i = 0; i < own->size(); ++i) {
            const auto key = copy(*graph, own->key(i));
            items.emplace_back(key, copy(*graph, own->at(i)));
        }
    const auto first =
        std::ranges::find_if(set.shards, [](const auto& shard) { return shard.header.has_value(); });
    if (first != set.shards.end())
        for (const auto& [key, text] : first->header->metadata) {
            if (key == "DCP_SHARDING_INFO" || (own && own->contains(key)) || !allSay(set, key, text))
                continue;
            const auto node = graph->addText(Value::Kind::String, key);
            items.emplace_back(node, graph->addText(Value::Kind::String, text));
        }
    const auto dict = graph->addDict(items);
    return {graph, dict};
}

} // namespace shardlens::hub
