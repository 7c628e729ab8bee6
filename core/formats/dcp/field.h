// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "formats/pickle/pickle.h"

#include <optional>
#include <string_view>

namespace shardlens::dcp {

/// An attribute that many objects have. It remembers the key's node, which the memo shares between them, so
/// that a million lookups compare 64 bits each.
class Field {
public:
    explicit constexpr Field(std::string_view name) : m_name(name) {}

    std::optional<pickle::Node> of(const pickle::Pickle& pickle, pickle::Node object) {
        const auto state = pickle.state(object);
        if (!state || !pickle.is(*state, pickle::Kind::Dict))
            return pickle.attribute(object, m_name);
        const auto pairs = pickle.items(*state);
        for (std::size_t i = 0; i + 1 < pairs.size(); i += 2)
            if (m_known && pairs[i] == m_key)
                return pairs[i + 1];
        for (std::size_t i = 0; i + 1 < pairs.size(); i += 2)
            if (pickle.is(pairs[i], pickle::Kind::String) && pickle.text(pairs[i]) == m_name) {
                m_key = pairs[i];
                m_known = true;
                return pairs[i + 1];
            }
        return std::nullopt;
    }

private:
    std::string_view m_name;
    pickle::Node m_key;
    bool m_known = false;
};

} // namespace shardlens::dcp
