// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "formats/pickle/cell.h"
#include "formats/pickle/words.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace shardlens::pickle {

/// The words behind nodes (cell.h says how they lie). Filled by the machine, then immutable. Every place in
/// it was put there by the machine, none by the file, so that places need no check.
class Arena {
public:
    Node word(std::uint64_t place) const { return m_words[place]; }
    std::span<const Node> items(Node node) const;
    /// Of Text, LongText, Bytes, LongBytes, ByteArray, BigBinary, BigDecimal; else empty.
    std::string_view text(Node node) const;
    std::uint64_t nodes() const { return m_nodes; }
    std::uint64_t memory() const { return m_words.capacityBytes() + m_pool.capacity(); }

private:
    friend class Machine;
    friend class Pickle;
    std::string_view stored(std::uint64_t offset, std::uint64_t length) const;

    Words m_words;
    std::string m_pool; // texts that were escaped in the source
    std::span<const std::byte> m_source;
    std::uint64_t m_nodes = 0;
};

} // namespace shardlens::pickle
