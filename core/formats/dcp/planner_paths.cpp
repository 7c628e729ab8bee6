// SPDX-License-Identifier: Apache-2.0
#include "formats/dcp/planner_paths.h"

namespace shardlens::dcp {

using pickle::Kind;
using pickle::Node;

PlannerPaths::PlannerPaths(const MetadataFile& metadata)
    : m_pickle(*metadata.pickle)
    , m_pairs(m_pickle.items(metadata.planner)) {}

std::optional<Node> PlannerPaths::pathOf(Node name) {
    if (m_next + 1 < m_pairs.size() && m_byName.empty()) {
        const Node key = m_pairs[m_next];
        if (key == name || m_pickle.text(key) == m_pickle.text(name)) {
            m_next += 2;
            return m_pairs[m_next - 1];
        }
    }
    if (m_byName.empty())
        for (std::size_t i = 0; i + 1 < m_pairs.size(); i += 2)
            m_byName.insert_or_assign(m_pickle.text(m_pairs[i]), m_pairs[i + 1]);
    const auto found = m_byName.find(m_pickle.text(name));
    return found == m_byName.end() ? std::nullopt : std::optional(found->second);
}

std::optional<std::span<const std::uint32_t>> PlannerPaths::cuts(Node name) {
    if (m_pairs.empty())
        return std::nullopt;
    const auto path = pathOf(name);
    if (!path)
        return std::nullopt;
    // PyTorch joins the parts with dots, numbers in decimal; the path is believed where that gives the name.
    std::string_view rest = m_pickle.text(name);
    const std::size_t whole = rest.size();
    m_cuts.clear();
    bool first = true;
    for (const Node part : m_pickle.items(*path)) {
        if (!first) {
            if (!rest.starts_with('.'))
                return std::nullopt;
            m_cuts.push_back(static_cast<std::uint32_t>(whole - rest.size()));
            rest.remove_prefix(1);
        }
        first = false;
        if (m_pickle.is(part, Kind::String)) {
            if (!rest.starts_with(m_pickle.text(part)))
                return std::nullopt;
            rest.remove_prefix(m_pickle.text(part).size());
        } else {
            const std::string digits = m_pickle.integerText(part);
            if (digits.empty() || !rest.starts_with(digits))
                return std::nullopt;
            rest.remove_prefix(digits.size());
        }
    }
    if (first || !rest.empty())
        return std::nullopt;
    return std::span<const std::uint32_t>(m_cuts);
}

} // namespace shardlens::dcp
