// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "formats/pickle/node.h"

#include <cstdint>

namespace shardlens::pickle {

/// How a node's 64 bits are used: a tag below, a payload above. The room's own business.
///
/// Places are indices into the arena's words:
///   Tuple, Size, FrozenSet  [count] [item]…
///   List, Set, Dict         [count | capacity << 32] [place of the items]; a Dict counts keys and values
///   Object                  [callable] [arguments] [state or Absent] [form | place of extra << 8]
///     extra                 [kwargs] [List or Absent] [Dict or Absent]
///   Persistent              [id]
///   WideInt, Float          [64 bits]
///   LongText, LongBytes, ByteArray, BigBinary, BigDecimal   [offset] [length]
/// Offsets of texts count the source's bytes, then the pool's.
enum class Tag : std::uint8_t {
    None, // 0, so that Node() is None
    False,
    True,
    Int,
    WideInt,
    BigBinary,  // little-endian two's complement
    BigDecimal, // digits as written
    Float,
    Text,
    LongText,
    Bytes,
    LongBytes,
    ByteArray,
    List,
    Tuple,
    Size,
    Set,
    FrozenSet,
    Dict,
    Global,
    Object,
    Persistent,
    Extension,
    Buffer,
    Absent,
};

constexpr unsigned TagBits = 5;
constexpr unsigned LengthBits = 23; // of a Text; its offset has 36
constexpr std::uint64_t MaxShortText = (std::uint64_t{1} << LengthBits) - 1;
constexpr std::int64_t MaxSmallInt = (std::int64_t{1} << 58) - 1;
constexpr std::int64_t MinSmallInt = -(std::int64_t{1} << 58);

constexpr Node makeNode(Tag tag, std::uint64_t payload = 0) {
    return Node(payload << TagBits | static_cast<std::uint64_t>(tag));
}
constexpr Tag tagOf(Node node) {
    return static_cast<Tag>(node.bits() & ((1U << TagBits) - 1));
}
constexpr std::uint64_t payloadOf(Node node) {
    return node.bits() >> TagBits;
}
constexpr Node makeInt(std::int64_t small) {
    return makeNode(Tag::Int, static_cast<std::uint64_t>(small));
}
constexpr std::int64_t smallInt(Node node) {
    return static_cast<std::int64_t>(node.bits()) >> TagBits; // arithmetic: keeps the sign
}
constexpr Node makeText(Tag tag, std::uint64_t offset, std::uint64_t length) {
    return makeNode(tag, offset << LengthBits | length);
}
constexpr Node Absent = makeNode(Tag::Absent);

} // namespace shardlens::pickle
