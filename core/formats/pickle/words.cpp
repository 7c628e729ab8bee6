// SPDX-License-Identifier: Apache-2.0
#include "formats/pickle/words.h"

#include <algorithm>

namespace shardlens::pickle {

bool Words::grow(std::size_t extra, Budget& budget) {
    constexpr std::size_t First = 256;
    const std::size_t wanted = std::max({m_size + extra, m_capacity + m_capacity / 2, First});
    const std::uint64_t more = (wanted - m_capacity) * sizeof(Node);
    if (more > budget.limit - budget.used)
        return false;
    void* grown = std::realloc(static_cast<void*>(m_data.get()), wanted * sizeof(Node));
    if (grown == nullptr)
        return false;
    static_cast<void>(m_data.release()); // realloc took it
    m_data.reset(static_cast<Node*>(grown));
    budget.used += more;
    m_capacity = wanted;
    return true;
}

void Words::trim(Budget& budget) {
    if (m_size == m_capacity || m_size == 0)
        return;
    void* smaller = std::realloc(static_cast<void*>(m_data.get()), m_size * sizeof(Node));
    if (smaller == nullptr)
        return;
    static_cast<void>(m_data.release());
    m_data.reset(static_cast<Node*>(smaller));
    budget.used -= (m_capacity - m_size) * sizeof(Node);
    m_capacity = m_size;
}

} // namespace shardlens::pickle
