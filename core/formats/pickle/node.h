// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace shardlens::pickle {

/// What a value of a pickle is. Nothing of it is a Python object: classes and callables are names.
enum class Kind : std::uint8_t {
    None,
    Bool,
    Int,
    BigInt,
    Float,
    String,
    Bytes,
    ByteArray,
    List,
    Tuple,
    Size, ///< torch.Size: like a Tuple
    Set,
    FrozenSet,
    Dict,
    Global,     ///< a class or function that is named: `torch.bfloat16`
    Object,     ///< a callable with arguments, as REDUCE, NEWOBJ, OBJ and INST leave it, with BUILD's state
    Persistent, ///< a persistent id: items()[0] is the id
    Extension,  ///< a code of copyreg's extension registry
    Buffer,     ///< an out-of-band buffer (protocol 5)
};

/// One value of a Pickle, in 8 bytes: a small value itself, or the place of a larger one in the pickle's
/// arena. Means something only together with its Pickle. Equal bits are the same value (Python's `is`);
/// strings that the memo shares are equal too.
class Node {
public:
    constexpr Node() = default; ///< None
    constexpr explicit Node(std::uint64_t bits) : m_bits(bits) {}
    constexpr bool operator==(const Node&) const = default;
    /// Equal for equal nodes: for hash tables.
    constexpr std::uint64_t bits() const { return m_bits; }

private:
    std::uint64_t m_bits = 0;
};

} // namespace shardlens::pickle
