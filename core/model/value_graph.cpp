// SPDX-License-Identifier: Apache-2.0
#include "model/value_graph.h"

#include <algorithm>
#include <bit>

namespace shardlens {

ValueGraph::Node ValueGraph::push(Record record) {
    m_records.push_back(record);
    return static_cast<Node>(m_records.size() - 1);
}

std::uint32_t ValueGraph::internType(std::string_view name) {
    if (name.empty())
        return 0;
    const auto [found, isNew] =
        m_typeIndex.try_emplace(std::string(name), static_cast<std::uint32_t>(m_types.size()));
    if (isNew)
        m_types.emplace_back(name);
    return found->second;
}

ValueGraph::Node ValueGraph::addNull() {
    return push({});
}

ValueGraph::Node ValueGraph::addBool(bool value) {
    return push({Kind::Bool, 0, value ? 1u : 0u, 0});
}

ValueGraph::Node ValueGraph::addInt(std::int64_t value) {
    return push({Kind::Int, 0, static_cast<std::uint64_t>(value), 0});
}

ValueGraph::Node ValueGraph::addFloat(double value) {
    return push({Kind::Float, 0, std::bit_cast<std::uint64_t>(value), 0});
}

ValueGraph::Node ValueGraph::addText(Kind kind, std::string_view text) {
    const auto offset = m_text.size();
    m_text.append(text);
    return push({kind, 0, offset, text.size()});
}

ValueGraph::Node ValueGraph::addSequence(Kind kind, const std::vector<Node>& items) {
    const auto offset = m_children.size();
    m_children.insert(m_children.end(), items.begin(), items.end());
    return push({kind, 0, offset, items.size()});
}

ValueGraph::Node ValueGraph::addPairs(Kind kind, const std::vector<std::pair<Node, Node>>& items,
                                      std::string_view typeName) {
    const auto offset = m_children.size();
    for (const auto& [key, value] : items) {
        m_children.push_back(key);
        m_children.push_back(value);
    }
    return push({kind, internType(typeName), offset, items.size()});
}

ValueGraph::Node ValueGraph::addDict(const std::vector<std::pair<Node, Node>>& items,
                                     std::string_view typeName) {
    return addPairs(Kind::Dict, items, typeName);
}

ValueGraph::Node ValueGraph::addObject(std::string_view typeName,
                                       const std::vector<std::pair<Node, Node>>& parts) {
    return addPairs(Kind::Object, parts, typeName);
}

ValueGraph::Node ValueGraph::reserve() {
    return addNull();
}

void ValueGraph::fill(Node reserved, Node content) {
    m_records[reserved] = m_records[content];
}

std::uint64_t ValueGraph::memory() const {
    constexpr std::uint64_t PerType = 128; // the name twice, the table's node
    return m_records.capacity() * sizeof(Record) + m_text.capacity() + m_children.capacity() * sizeof(Node) +
           m_types.size() * PerType;
}

} // namespace shardlens
