// SPDX-License-Identifier: Apache-2.0
#include "formats/pickle/pickle.h"

#include "formats/pickle/integer_text.h"

#include <bit>

namespace shardlens::pickle {

Kind Pickle::kind(Node node) const {
    switch (tagOf(node)) {
    case Tag::None:
    case Tag::Absent:
        return Kind::None;
    case Tag::False:
    case Tag::True:
        return Kind::Bool;
    case Tag::Int:
    case Tag::WideInt:
        return Kind::Int;
    case Tag::BigBinary:
    case Tag::BigDecimal:
        return Kind::BigInt;
    case Tag::Float:
        return Kind::Float;
    case Tag::Text:
    case Tag::LongText:
        return Kind::String;
    case Tag::Bytes:
    case Tag::LongBytes:
        return Kind::Bytes;
    case Tag::ByteArray:
        return Kind::ByteArray;
    case Tag::List:
        return Kind::List;
    case Tag::Tuple:
        return Kind::Tuple;
    case Tag::Size:
        return Kind::Size;
    case Tag::Set:
        return Kind::Set;
    case Tag::FrozenSet:
        return Kind::FrozenSet;
    case Tag::Dict:
        return Kind::Dict;
    case Tag::Global:
        return Kind::Global;
    case Tag::Object:
        return Kind::Object;
    case Tag::Persistent:
        return Kind::Persistent;
    case Tag::Extension:
        return Kind::Extension;
    case Tag::Buffer:
        return Kind::Buffer;
    }
    return Kind::None;
}

bool Pickle::asBool(Node node) const {
    return tagOf(node) == Tag::True;
}

std::optional<std::int64_t> Pickle::asInt(Node node) const {
    if (tagOf(node) == Tag::Int)
        return smallInt(node);
    if (tagOf(node) == Tag::WideInt)
        return static_cast<std::int64_t>(m_arena.word(payloadOf(node)).bits());
    return std::nullopt;
}

std::optional<std::uint64_t> Pickle::asCount(Node node) const {
    const auto value = asInt(node);
    if (!value || *value < 0)
        return std::nullopt;
    return static_cast<std::uint64_t>(*value);
}

double Pickle::asFloat(Node node) const {
    if (tagOf(node) == Tag::Float)
        return std::bit_cast<double>(m_arena.word(payloadOf(node)).bits());
    return static_cast<double>(asInt(node).value_or(0));
}

std::string_view Pickle::text(Node node) const {
    const Tag tag = tagOf(node);
    return tag == Tag::BigBinary || tag == Tag::BigDecimal ? std::string_view() : m_arena.text(node);
}

std::string Pickle::integerText(Node node) const {
    if (const auto value = asInt(node))
        return std::to_string(*value);
    if (tagOf(node) == Tag::BigDecimal)
        return std::string(m_arena.text(node));
    return tagOf(node) == Tag::BigBinary ? binaryIntegerText(m_arena.text(node)) : std::string();
}

std::size_t Pickle::size(Node node) const {
    const std::size_t count = items(node).size();
    return tagOf(node) == Tag::Dict ? count / 2 : count;
}

std::optional<Node> Pickle::find(Node dict, std::string_view key) const {
    if (tagOf(dict) != Tag::Dict)
        return std::nullopt;
    const auto pairs = items(dict);
    for (std::size_t i = pairs.size(); i >= 2; i -= 2)
        if (kind(pairs[i - 2]) == Kind::String && text(pairs[i - 2]) == key)
            return pairs[i - 1];
    return std::nullopt;
}

const GlobalUse* Pickle::global(Node node) const {
    if (tagOf(node) == Tag::Object)
        node = m_arena.word(payloadOf(node));
    return tagOf(node) == Tag::Global ? &m_globals[payloadOf(node)] : nullptr;
}

bool Pickle::isGlobal(Node node, std::string_view module, std::string_view name) const {
    if (tagOf(node) != Tag::Global)
        return false;
    const GlobalUse& use = m_globals[payloadOf(node)];
    return use.name == name && use.module == module;
}

bool Pickle::isCall(Node node, std::string_view module, std::string_view name) const {
    return tagOf(node) == Tag::Object && isGlobal(callable(node), module, name);
}

Pickle::Form Pickle::form(Node object) const {
    if (tagOf(object) != Tag::Object)
        return Form::Reduce;
    return static_cast<Form>(m_arena.word(payloadOf(object) + 3).bits() & 0xff);
}

Node Pickle::callable(Node object) const {
    return tagOf(object) == Tag::Object ? m_arena.word(payloadOf(object)) : Node();
}

Node Pickle::argsNode(Node object) const {
    return tagOf(object) == Tag::Object ? m_arena.word(payloadOf(object) + 1) : Node();
}

std::span<const Node> Pickle::args(Node object) const {
    return items(argsNode(object));
}

Node Pickle::kwargs(Node object) const {
    const std::uint64_t extra = extraOf(object);
    return extra == 0 ? Node() : m_arena.word(extra);
}

std::optional<Node> Pickle::state(Node object) const {
    if (tagOf(object) != Tag::Object)
        return std::nullopt;
    const Node state = m_arena.word(payloadOf(object) + 2);
    return state == Absent ? std::nullopt : std::optional(state);
}

std::optional<Node> Pickle::listItemsNode(Node object) const {
    return extraPart(object, 1);
}

std::optional<Node> Pickle::dictItemsNode(Node object) const {
    return extraPart(object, 2);
}

std::span<const Node> Pickle::listItems(Node object) const {
    return items(extraPart(object, 1).value_or(Node()));
}

std::span<const Node> Pickle::dictItems(Node object) const {
    return items(extraPart(object, 2).value_or(Node()));
}

std::optional<Node> Pickle::extraPart(Node object, std::uint64_t part) const {
    const std::uint64_t extra = extraOf(object);
    if (extra == 0 || m_arena.word(extra + part) == Absent)
        return std::nullopt;
    return m_arena.word(extra + part);
}

std::uint64_t Pickle::code(Node node) const {
    return tagOf(node) == Tag::Extension || tagOf(node) == Tag::Buffer ? payloadOf(node) : 0;
}

std::uint64_t Pickle::extraOf(Node object) const {
    return tagOf(object) == Tag::Object ? m_arena.word(payloadOf(object) + 3).bits() >> 8 : 0;
}

std::optional<Node> Pickle::attribute(Node object, std::string_view name) const {
    const auto own = state(object);
    if (!own)
        return std::nullopt;
    if (tagOf(*own) == Tag::Dict)
        return find(*own, name);
    if (tagOf(*own) != Tag::Tuple)
        return std::nullopt;
    const auto parts = items(*own);
    if (parts.size() != 2)
        return std::nullopt;
    const auto slots = find(parts[1], name);
    return slots ? slots : find(parts[0], name);
}

} // namespace shardlens::pickle
