// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/value.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace shardlens {

/// The nodes behind Values. Built once by one thread, then immutable. Children may name nodes that are filled
/// later (`reserve`), which is how cycles come to be.
class ValueGraph {
public:
    using Node = std::uint32_t;
    using Kind = Value::Kind;

    Node addNull();
    Node addBool(bool value);
    Node addInt(std::int64_t value);
    Node addFloat(double value);
    Node addText(Kind kind, std::string_view text); ///< String, Bytes, BigInt, Tensor
    Node addSequence(Kind kind, const std::vector<Node>& items);
    Node addDict(const std::vector<std::pair<Node, Node>>& items, std::string_view typeName = {});
    /// `typeName` is `module.name`; parts are named (`args`, `state`, `items`, …).
    Node addObject(std::string_view typeName, const std::vector<std::pair<Node, Node>>& parts);

    /// A Null that `fill…` replaces later, keeping its number.
    Node reserve();
    void fill(Node reserved, Node content);

    /// Bytes the graph takes, for limits.
    std::uint64_t memory() const;

private:
    friend class Value;
    struct Record {
        Kind kind = Kind::Null;
        std::uint32_t type = 0; // index into m_types; 0 is the kind's own name
        std::uint64_t a = 0;    // number, or offset into m_text, m_children
        std::uint64_t b = 0;    // length or count
    };
    Node push(Record record);
    Node addPairs(Kind kind, const std::vector<std::pair<Node, Node>>& items, std::string_view typeName);
    std::uint32_t internType(std::string_view name);

    std::vector<Record> m_records;
    std::string m_text;
    std::vector<Node> m_children; // Dict and Object: key, value, key, value, …
    std::vector<std::string> m_types{std::string()};
    std::unordered_map<std::string, std::uint32_t> m_typeIndex;
};

} // namespace shardlens
