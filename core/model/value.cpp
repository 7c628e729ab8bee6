// SPDX-License-Identifier: Apache-2.0
#include "model/value.h"

#include "model/value_graph.h"
#include "model/value_kind.h"

#include <bit>

namespace shardlens {

namespace {

bool hasPairs(Value::Kind kind) {
    return kind == Value::Kind::Dict || kind == Value::Kind::Object;
}

bool hasItems(Value::Kind kind) {
    return kind == Value::Kind::List || kind == Value::Kind::Tuple || kind == Value::Kind::Set ||
           kind == Value::Kind::FrozenSet;
}

bool hasText(Value::Kind kind) {
    return kind == Value::Kind::String || kind == Value::Kind::Bytes || kind == Value::Kind::BigInt ||
           kind == Value::Kind::Tensor;
}

} // namespace

std::string_view kindName(Value::Kind kind) {
    using Kind = Value::Kind;
    switch (kind) {
    case Kind::Null:
        return "NoneType";
    case Kind::Bool:
        return "bool";
    case Kind::Int:
    case Kind::BigInt:
        return "int";
    case Kind::Float:
        return "float";
    case Kind::String:
        return "str";
    case Kind::Bytes:
        return "bytes";
    case Kind::List:
        return "list";
    case Kind::Tuple:
        return "tuple";
    case Kind::Set:
        return "set";
    case Kind::FrozenSet:
        return "frozenset";
    case Kind::Dict:
        return "dict";
    case Kind::Object:
        return "object";
    case Kind::Tensor:
        return "torch.Tensor";
    }
    return "object";
}

Value::Value() = default;

Value::Value(std::shared_ptr<const ValueGraph> graph, std::uint32_t node)
    : m_graph(std::move(graph))
    , m_node(node) {}

Value::Kind Value::kind() const {
    return m_graph ? m_graph->m_records[m_node].kind : Kind::Null;
}

bool Value::asBool() const {
    return kind() == Kind::Bool && m_graph->m_records[m_node].a != 0;
}

std::int64_t Value::asInt() const {
    const auto known = kind();
    if (known != Kind::Int && known != Kind::Bool)
        return 0;
    return static_cast<std::int64_t>(m_graph->m_records[m_node].a);
}

double Value::asFloat() const {
    if (kind() != Kind::Float)
        return static_cast<double>(asInt());
    return std::bit_cast<double>(m_graph->m_records[m_node].a);
}

std::string_view Value::text() const {
    if (!hasText(kind()))
        return {};
    const auto& record = m_graph->m_records[m_node];
    return std::string_view(m_graph->m_text).substr(record.a, record.b);
}

std::size_t Value::size() const {
    const auto known = kind();
    return hasItems(known) || hasPairs(known) ? m_graph->m_records[m_node].b : 0;
}

Value Value::at(std::size_t index) const {
    if (index >= size())
        return {};
    const auto first = m_graph->m_records[m_node].a;
    const auto child = hasPairs(kind()) ? first + 2 * index + 1 : first + index;
    return {m_graph, m_graph->m_children[child]};
}

Value Value::key(std::size_t index) const {
    if (!hasPairs(kind()) || index >= size())
        return {};
    return {m_graph, m_graph->m_children[m_graph->m_records[m_node].a + 2 * index]};
}

std::optional<std::size_t> Value::indexOf(std::string_view name) const {
    if (!hasPairs(kind()))
        return std::nullopt;
    const auto first = m_graph->m_records[m_node].a;
    for (auto index = size();
         index-- > 0;) { // of equal keys the last one counts, as in Python and most JSON readers
        const auto& record = m_graph->m_records[m_graph->m_children[first + 2 * index]];
        if (record.kind == Kind::String &&
            std::string_view(m_graph->m_text).substr(record.a, record.b) == name)
            return index;
    }
    return std::nullopt;
}

Value Value::find(std::string_view name) const {
    const auto index = indexOf(name);
    return index ? at(*index) : Value();
}

bool Value::contains(std::string_view name) const {
    return indexOf(name).has_value();
}

std::string_view Value::typeName() const {
    const auto known = kind();
    const auto type = m_graph ? m_graph->m_records[m_node].type : 0;
    return type != 0 ? std::string_view(m_graph->m_types[type]) : kindName(known);
}

std::pair<const ValueGraph*, std::uint32_t> Value::identity() const {
    return {m_graph.get(), m_node};
}

} // namespace shardlens
