// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <vector>

namespace shardlens {

/// How often each of many keys occurred. Counting is left to the caller's loop, on plain cells: two a key, side
/// by side and used in turns, so that a run of one key does not wait for its own stores. Rows of 64 keys are
/// marked as touched; only those are ever looked at or emptied.
class CountTable {
public:
    static constexpr std::size_t RowKeys = 64;

    /// `keys` is a multiple of RowKeys. Memory that no key touches is never taken.
    explicit CountTable(std::size_t keys);

    /// Call before counting so many: a cell must not overflow.
    void expect(std::uint64_t count);
    std::uint32_t* cells() { return m_cells.get(); } ///< of key k: 2k and 2k + 1
    std::uint8_t* touched() { return m_touched.data(); }
    void touchAll();
    void touch(std::size_t firstKey, std::size_t lastKey); ///< the rows from one to the other

    /// Adds what another table of as many keys counted, and empties that one.
    void absorb(CountTable& other);

    std::size_t rows() const { return m_touched.size(); }
    bool isTouched(std::size_t row) const { return m_touched[row] != 0; }
    struct Counted {
        std::size_t key;
        std::uint64_t count;
    };
    /// The keys of a row that occurred, rising; the row is empty then. Returns how many there are.
    std::size_t take(std::size_t row, Counted (&found)[RowKeys]);

private:
    struct Free {
        void operator()(std::uint32_t* cells) const { std::free(cells); }
    };
    void carry();

    std::unique_ptr<std::uint32_t[], Free> m_cells;
    std::vector<std::uint8_t> m_touched;
    std::uint64_t m_inCells = 0;          // counted since they were last carried
    std::vector<std::uint64_t> m_carried; // empty until a cell could have overflowed
};

} // namespace shardlens
