// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "formats/pickle/arena.h"
#include "formats/pickle/global_use.h"
#include "formats/pickle/node.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace shardlens::pickle {

class Machine;

/// The values of one pickle, inert: nothing was imported, called or constructed to make them. Immutable and
/// safe from many threads; it keeps the bytes that it was parsed from. Nodes can be shared and can form
/// cycles, so a traversal counts its steps or remembers the nodes it saw (Node::bits).
///
/// An accessor that does not fit the node's kind returns nothing, zero or an empty range; it never fails.
class Pickle {
public:
    Node root() const { return m_root; }
    /// Where the pickle began and ended (after STOP) in its source, in bytes.
    std::uint64_t begin() const { return m_begin; }
    std::uint64_t end() const { return m_end; }
    /// The highest PROTO that it named; 0 where it named none.
    std::uint32_t protocol() const { return m_protocol; }

    Kind kind(Node node) const;
    bool is(Node node, Kind wanted) const { return kind(node) == wanted; }
    bool asBool(Node node) const;
    std::optional<std::int64_t> asInt(Node node) const;    ///< Int alone; a BigInt has text
    std::optional<std::uint64_t> asCount(Node node) const; ///< an Int that is not negative
    double asFloat(Node node) const;                       ///< Float; Int too
    /// String: as stored (UTF-8, surrogates possible; latin-1 for Python 2 strings that are no ASCII); Bytes
    /// and ByteArray: raw.
    std::string_view text(Node node) const;
    /// Int and BigInt in decimal; a BigInt of more than 4 KiB in hexadecimal.
    std::string integerText(Node node) const;

    /// List, Tuple, Size, Set, FrozenSet: the elements; Persistent: the id; Dict: key, value, key, value, ….
    std::span<const Node> items(Node node) const { return m_arena.items(node); }
    /// Elements of a sequence, pairs of a Dict.
    std::size_t size(Node node) const;
    /// A Dict's value for a string key, the last one that was set.
    std::optional<Node> find(Node dict, std::string_view key) const;

    /// Global: its names. Object: those of its callable where that is a Global.
    const GlobalUse* global(Node node) const;
    bool isGlobal(Node node, std::string_view module, std::string_view name) const;
    /// An Object whose callable is this Global.
    bool isCall(Node node, std::string_view module, std::string_view name) const;

    enum class Form : std::uint8_t { Reduce, NewObj, NewObjEx, Inst };
    Form form(Node object) const;
    Node callable(Node object) const;
    /// The arguments; empty where they are no Tuple.
    std::span<const Node> args(Node object) const;
    Node argsNode(Node object) const;
    Node kwargs(Node object) const;               ///< of NEWOBJ_EX; else None
    std::optional<Node> state(Node object) const; ///< what BUILD gave
    /// What APPENDS (a list's subclass) and SETITEMS (an OrderedDict) gave.
    std::span<const Node> listItems(Node object) const;
    std::span<const Node> dictItems(Node object) const; ///< key, value, …
    std::optional<Node>
    listItemsNode(Node object) const; ///< the same as a List, a Dict; nothing where there are none
    std::optional<Node> dictItemsNode(Node object) const;
    /// An Extension's code, a Buffer's number.
    std::uint64_t code(Node node) const;
    /// The state's entry, where the state is a Dict, or a (Dict, Dict) pair as classes with slots leave it.
    std::optional<Node> attribute(Node object, std::string_view name) const;

    /// Every global that the pickle names, in order of first mention.
    std::span<const GlobalUse> globals() const { return m_globals; }
    std::uint64_t nodes() const { return m_arena.nodes(); }
    std::uint64_t memory() const { return m_arena.memory(); } ///< bytes of values, without the source

private:
    friend class Machine;
    Pickle() = default;
    std::uint64_t extraOf(Node object) const;
    std::optional<Node> extraPart(Node object, std::uint64_t part) const;

    std::shared_ptr<const void> m_keep;
    Arena m_arena;
    std::vector<GlobalUse> m_globals; // by number, as Global nodes have it
    Node m_root;
    std::uint64_t m_begin = 0;
    std::uint64_t m_end = 0;
    std::uint32_t m_protocol = 0;
};

using PicklePtr = std::shared_ptr<const Pickle>;

} // namespace shardlens::pickle
