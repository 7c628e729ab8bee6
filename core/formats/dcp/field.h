// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "formats/pickle/pickle.h"

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace shardlens::dcp {

/// The attributes of an object whose state is a dict: keys and values. Empty for other states.
inline std::span<const pickle::Node> attributesOf(const pickle::Pickle& pickle, pickle::Node object) {
    const auto state = pickle.state(object);
    return state && pickle.is(*state, pickle::Kind::Dict) ? pickle.items(*state)
                                                          : std::span<const pickle::Node>();
}

/// An attribute that many objects have. It remembers the key's node, which the memo shares between them, and
/// its place, so that a million lookups compare 64 bits each. For one thread.
class Field {
public:
    explicit constexpr Field(std::string_view name) : m_name(name) {}

    /// Of attributesOf() an object.
    std::optional<pickle::Node> in(const pickle::Pickle& pickle, std::span<const pickle::Node> attributes) {
        if (m_known && m_place + 1 < attributes.size() && attributes[m_place] == m_key) [[likely]]
            return attributes[m_place + 1];
        for (std::size_t i = 0; i + 1 < attributes.size(); i += 2)
            if (pickle.is(attributes[i], pickle::Kind::String) && pickle.text(attributes[i]) == m_name) {
                m_key = attributes[i];
                m_place = i;
                m_known = true;
                return attributes[i + 1];
            }
        return std::nullopt;
    }

    std::optional<pickle::Node> of(const pickle::Pickle& pickle, pickle::Node object) {
        const auto attributes = attributesOf(pickle, object);
        return attributes.empty() ? pickle.attribute(object, m_name) : in(pickle, attributes);
    }

private:
    std::string_view m_name;
    pickle::Node m_key;
    std::size_t m_place = 0;
    bool m_known = false;
};

} // namespace shardlens::dcp
