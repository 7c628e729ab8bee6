// SPDX-License-Identifier: Apache-2.0
#include "analysis/count_table.h"

#include <algorithm>
#include <limits>
#include <new>
#include <span>
#include <utility>

namespace shardlens {

CountTable::CountTable(std::size_t keys)
    : m_cells(static_cast<std::uint32_t*>(std::calloc(keys, 2 * sizeof(std::uint32_t))))
    , m_touched(keys / RowKeys) {
    if (!m_cells)
        throw std::bad_alloc();
}

void CountTable::touchAll() {
    std::fill(m_touched.begin(), m_touched.end(), std::uint8_t{1});
}

void CountTable::touch(std::size_t firstKey, std::size_t lastKey) {
    const auto first = firstKey / RowKeys, last = lastKey / RowKeys;
    std::fill_n(m_touched.begin() + static_cast<std::ptrdiff_t>(first), last - first + 1, std::uint8_t{1});
}

void CountTable::expect(std::uint64_t count) {
    if (count > std::numeric_limits<std::uint32_t>::max() - m_inCells)
        carry();
    m_inCells += count;
}

void CountTable::carry() {
    m_carried.resize(m_touched.size() * RowKeys);
    for (std::size_t row = 0; row != m_touched.size(); ++row) {
        if (m_touched[row] == 0)
            continue;
        for (std::size_t key = row * RowKeys; key != (row + 1) * RowKeys; ++key) {
            m_carried[key] += std::uint64_t{m_cells[2 * key]} + m_cells[2 * key + 1];
            m_cells[2 * key] = m_cells[2 * key + 1] = 0;
        }
    }
    m_inCells = 0;
}

void CountTable::absorb(CountTable& other) {
    if (!other.m_carried.empty() || other.m_inCells > std::numeric_limits<std::uint32_t>::max() - m_inCells) {
        carry();
        other.carry();
    }
    m_inCells += other.m_inCells;
    const bool large = !other.m_carried.empty();
    Counted found[RowKeys];
    for (std::size_t row = 0; row != m_touched.size(); ++row) {
        if (!other.isTouched(row))
            continue;
        const auto size = other.take(row, found);
        m_touched[row] = 1;
        for (const auto& [key, count] : std::span(found).first(size))
            if (large)
                m_carried[key] += count;
            else
                m_cells[2 * key] += static_cast<std::uint32_t>(count);
    }
    other.m_inCells = 0;
}

std::size_t CountTable::take(std::size_t row, Counted (&found)[RowKeys]) {
    const auto first = row * RowKeys;
    auto* cells = m_cells.get() + 2 * first;
    std::size_t size = 0;
    for (std::size_t i = 0; i != RowKeys; ++i) {
        auto count = std::uint64_t{cells[2 * i]} + cells[2 * i + 1];
        if (!m_carried.empty())
            count += std::exchange(m_carried[first + i], 0);
        found[size] = {first + i, count}; // kept where the next one does not take its place
        size += count != 0 ? 1 : 0;
    }
    std::fill_n(cells, 2 * RowKeys, 0U);
    m_touched[row] = 0;
    return size;
}

} // namespace shardlens
