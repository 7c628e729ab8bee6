// SPDX-License-Identifier: Apache-2.0
#include "model/columns.h"

#include "model/box.h"
#include "model/hash.h"

#include <algorithm>

namespace shardlens {

std::uint32_t TextPool::add(std::string_view text) {
    m_text.append(text);
    m_end.push_back(m_text.size());
    return static_cast<std::uint32_t>(m_end.size() - 2);
}

void TextPool::reserve(std::size_t texts, std::size_t bytes) {
    m_end.reserve(texts + 1);
    m_text.reserve(bytes);
}

void TextPool::shrink() {
    m_text.shrink_to_fit();
    m_end.shrink_to_fit();
}

std::uint32_t DimsPool::add(std::span<const std::uint64_t> dims) {
    if ((m_count + 1) * 2 > m_table.size())
        grow();
    const auto mask = m_table.size() - 1;
    auto slot = seededHash(dims.data(), dims.size_bytes()) & mask;
    for (; m_table[slot] != 0; slot = (slot + 1) & mask)
        if (const auto index = m_table[slot] - 1; equal(at(index), dims))
            return index;
    m_dims.insert(m_dims.end(), dims.begin(), dims.end());
    m_end.push_back(m_dims.size());
    m_table[slot] = static_cast<std::uint32_t>(++m_count);
    return m_table[slot] - 1;
}

void DimsPool::grow() {
    constexpr std::size_t FirstSize = 64;
    m_table.assign(std::max(FirstSize, m_table.size() * 2), 0);
    const auto mask = m_table.size() - 1;
    for (std::uint32_t index = 0; index < m_count; ++index) {
        const auto dims = at(index);
        auto slot = seededHash(dims.data(), dims.size_bytes()) & mask;
        while (m_table[slot] != 0)
            slot = (slot + 1) & mask;
        m_table[slot] = index + 1;
    }
}

void DimsPool::freeze() {
    m_table = {};
    m_dims.shrink_to_fit();
    m_end.shrink_to_fit();
}

} // namespace shardlens
