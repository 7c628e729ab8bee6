// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/value.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace shardlens {

/// The nodes from a value's root down to where a traversal stands, with a place in each. Traversals keep this
/// instead of recursing: files nest thousands of values, and a node may lie inside itself.
class ValuePath {
public:
    struct Step {
        Value value;
        std::size_t next = 0; ///< the child to visit next
    };

    /// False where the node already is on the path.
    bool enter(const Value& value);
    void leave();
    bool empty() const { return m_steps.empty(); }
    std::size_t depth() const { return m_steps.size(); }
    Step& top() { return m_steps.back(); }

private:
    std::vector<Step> m_steps;
    std::unordered_set<std::uint32_t> m_nodes;
};

/// The shortest text that reads back to the same number, with a point or an exponent. For finite ones.
std::string floatText(double value);

bool isContainer(Value::Kind kind);

/// One line in Python's notation; stops after `maxBytes` or `maxNodes`, then ends with `…`. `nodes` is raised
/// by the nodes that were visited.
std::string lineOf(const Value& value, std::size_t maxBytes, std::uint64_t maxNodes, std::uint64_t& nodes);

} // namespace shardlens
