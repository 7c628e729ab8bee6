// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace shardlens {

class ValueGraph;

/// A node of an inert graph of values, for JSON and pickle alike. Nodes can be shared and can form cycles
/// (a pickle's memo makes both), so a traversal counts its steps or remembers `identity()`. A handle keeps
/// its graph alive; copies are cheap; everything is immutable and safe from many threads.
class Value {
public:
    enum class Kind : std::uint8_t {
        Null,
        Bool,
        Int,
        BigInt,
        Float,
        String,
        Bytes,
        List,
        Tuple,
        Set,
        FrozenSet,
        Dict,
        Object, ///< of a class that was not constructed: typeName, arguments and state as children
        Tensor, ///< stands for a tensor inside a value: typeName says dtype and shape
    };

    Value(); ///< Null
    Value(std::shared_ptr<const ValueGraph> graph, std::uint32_t node);

    Kind kind() const;
    bool asBool() const;
    std::int64_t asInt() const;
    double asFloat() const;
    /// String: UTF-8; Bytes: raw; BigInt: decimal digits with sign; Tensor: a description; others: empty.
    std::string_view text() const;

    /// Children of List, Tuple, Set, FrozenSet and Dict (pairs); of Object: named parts.
    std::size_t size() const;
    Value at(std::size_t index) const;  ///< the element, a Dict's value, an Object's part
    Value key(std::size_t index) const; ///< of a Dict; of an Object the part's name as String
    /// The Dict's value for a string key (the last of equal ones), or the Object's part; Null where absent.
    /// Looks at every key: to go through a large Dict use key() and at().
    Value find(std::string_view key) const;
    bool contains(std::string_view key) const;

    /// Python's name for the type (`int`, `dict`, `NoneType`, `argparse.Namespace`); JSON's values have the
    /// same.
    std::string_view typeName() const;

    /// Equal for two handles of one node.
    std::pair<const ValueGraph*, std::uint32_t> identity() const;

private:
    std::optional<std::size_t> indexOf(std::string_view name) const;

    std::shared_ptr<const ValueGraph> m_graph;
    std::uint32_t m_node = 0;
};

} // namespace shardlens
