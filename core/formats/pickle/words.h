// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "formats/pickle/node.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <utility>

namespace shardlens::pickle {

/// Bytes that one parse may take, arena, memo and stacks together.
struct Budget {
    std::uint64_t limit = 0;
    std::uint64_t used = 0;
};

/// A growing array of 8-byte words. It grows by realloc, which moves large arrays without copying them: a
/// vector would need the old and the new one at once.
class Words {
public:
    std::size_t size() const { return m_size; }
    std::uint64_t capacityBytes() const { return m_capacity * sizeof(Node); }
    Node& operator[](std::size_t index) { return m_data.get()[index]; }
    const Node& operator[](std::size_t index) const { return m_data.get()[index]; }
    Node* data() { return m_data.get(); }
    const Node* data() const { return m_data.get(); }
    Node& back() { return m_data.get()[m_size - 1]; }

    /// Room for `extra` more words; false where the budget or the machine has none.
    bool ensure(std::size_t extra, Budget& budget) {
        return extra <= m_capacity - m_size || grow(extra, budget);
    }
    /// After ensure().
    void push(Node node) { m_data.get()[m_size++] = node; }
    /// After ensure(): words without a value yet.
    Node* extend(std::size_t count) {
        m_size += count;
        return m_data.get() + m_size - count;
    }
    void shrinkTo(std::size_t size) { m_size = size; }
    /// Gives back what is not used.
    void trim(Budget& budget);

private:
    bool grow(std::size_t extra, Budget& budget);

    struct Free {
        void operator()(Node* data) const { std::free(data); }
    };
    std::unique_ptr<Node[], Free> m_data;
    std::size_t m_size = 0;
    std::size_t m_capacity = 0;
};

} // namespace shardlens::pickle
