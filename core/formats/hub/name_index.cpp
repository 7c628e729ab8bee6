// SPDX-License-Identifier: Apache-2.0
#include "formats/hub/name_index.h"

#include <xxhash.h>

#include <bit>
#include <random>

namespace shardlens::hub {

namespace {

/// Names come from files: the seed keeps anybody from choosing them so that all collide.
std::uint64_t hashOf(std::string_view name) {
    static const std::uint64_t seed = std::random_device()();
    return XXH3_64bits_withSeed(name.data(), name.size(), seed);
}

} // namespace

std::optional<std::uint32_t> NameIndex::find(std::string_view name) {
    if (m_next < m_names.size() && m_names.at(m_next) == name)
        return m_next++;
    if (m_table.empty())
        build();
    const auto found = slot(name);
    if (found == 0)
        return std::nullopt;
    m_next = found;
    return found - 1;
}

void NameIndex::build() {
    m_table.assign(std::bit_ceil(m_names.size() * 2 + 1), 0);
    for (std::uint32_t i = 0; i < m_names.size(); ++i)
        if (auto& place = slot(m_names.at(i)); place == 0)
            place = i + 1;
}

std::uint32_t& NameIndex::slot(std::string_view name) {
    const std::size_t mask = m_table.size() - 1;
    std::size_t at = static_cast<std::size_t>(hashOf(name)) & mask;
    while (m_table[at] != 0 && m_names.at(m_table[at] - 1) != name)
        at = (at + 1) & mask;
    return m_table[at];
}

} // namespace shardlens::hub
