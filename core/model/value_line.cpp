// SPDX-License-Identifier: Apache-2.0
#include "base/escape.h"
#include "model/value_json.h"
#include "model/value_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace shardlens {

bool ValuePath::enter(const Value& value) {
    if (!m_nodes.insert(value.identity().second).second)
        return false;
    m_steps.push_back({value});
    return true;
}

void ValuePath::leave() {
    m_nodes.erase(m_steps.back().value.identity().second);
    m_steps.pop_back();
}

std::string floatText(double value) {
    auto text = fmt::format("{}", value);
    if (text.find_first_of(".e") == text.npos)
        text += ".0";
    return text;
}

bool isContainer(Value::Kind kind) {
    switch (kind) {
    case Value::Kind::List:
    case Value::Kind::Tuple:
    case Value::Kind::Set:
    case Value::Kind::FrozenSet:
    case Value::Kind::Dict:
    case Value::Kind::Object:
        return true;
    default:
        return false;
    }
}

namespace {

using Kind = Value::Kind;
constexpr std::string_view Ellipsis = "…";

std::string quoted(std::string_view text, std::size_t maxBytes) {
    const bool cut = text.size() > maxBytes;
    const auto escaped = escapeText(text.substr(0, maxBytes));
    const char quote = escaped.find('\'') != escaped.npos && escaped.find('"') == escaped.npos ? '"' : '\'';
    std::string out(1, quote);
    for (const char c : escaped) {
        if (c == quote)
            out += '\\';
        out += c;
    }
    return cut ? out : out + quote;
}

std::string bytesText(std::string_view bytes, std::size_t maxBytes) {
    std::string out = "b'";
    for (std::size_t i = 0; i < bytes.size() && out.size() <= maxBytes; ++i) {
        const auto byte = static_cast<unsigned char>(bytes[i]);
        if (byte == '\\' || byte == '\'')
            out += '\\';
        if (byte >= 0x20 && byte < 0x7F)
            out += bytes[i];
        else
            out += fmt::format("\\x{:02x}", byte);
    }
    return out + "'";
}

/// Values without children. What exceeds `maxBytes` may be missing: the caller cuts there.
std::string atomText(const Value& value, std::size_t maxBytes) {
    switch (value.kind()) {
    case Kind::Bool:
        return value.asBool() ? "True" : "False";
    case Kind::Int:
        return std::to_string(value.asInt());
    case Kind::Float:
        if (std::isnan(value.asFloat()))
            return "nan";
        if (std::isinf(value.asFloat()))
            return value.asFloat() > 0 ? "inf" : "-inf";
        return floatText(value.asFloat());
    case Kind::String:
        return quoted(value.text(), maxBytes);
    case Kind::Bytes:
        return bytesText(value.text(), maxBytes);
    case Kind::BigInt:
    case Kind::Tensor:
        return escapeText(value.text().substr(0, maxBytes + 1));
    default:
        return "None";
    }
}

struct Brackets {
    std::string open, close;
};

Brackets bracketsOf(const Value& value) {
    const auto type = value.typeName();
    const auto shortType = escapeText(type.substr(type.rfind('.') + 1), 80);
    switch (value.kind()) {
    case Kind::List:
        return {"[", "]"};
    case Kind::Tuple:
        return {"(", value.size() == 1 ? ",)" : ")"};
    case Kind::Set:
        return value.size() == 0 ? Brackets{"set(", ")"} : Brackets{"{", "}"};
    case Kind::FrozenSet:
        return {value.size() == 0 ? "frozenset(" : "frozenset({", value.size() == 0 ? ")" : "})"};
    case Kind::Object:
        return {escapeText(type, 200) + "(", ")"};
    default:
        return type == "dict" ? Brackets{"{", "}"} : Brackets{shortType + "({", "})"};
    }
}

class LineWriter {
public:
    LineWriter(std::size_t maxBytes, std::uint64_t maxNodes, std::uint64_t& nodes)
        : m_maxBytes(maxBytes)
        , m_maxNodes(maxNodes)
        , m_nodes(nodes) {}

    std::string write(const Value& root) {
        visit(root);
        while (!m_path.empty() && !full()) {
            auto& step = m_path.top();
            const Value value = step.value;
            const auto size = value.size();
            const bool pairs = value.kind() == Kind::Dict;
            if (step.next == (pairs ? 2 * size : size)) {
                m_out += bracketsOf(value).close;
                m_path.leave();
                continue;
            }
            const auto next = step.next++;
            if (pairs && next % 2 == 1)
                m_out += ": ";
            else if (next > 0)
                m_out += ", ";
            if (value.kind() == Kind::Object)
                m_out += escapeText(value.key(next).text(), 200) + "=";
            visit(pairs && next % 2 == 0 ? value.key(next / 2) : value.at(pairs ? next / 2 : next));
        }
        return cut();
    }

private:
    bool full() const { return m_out.size() > m_maxBytes || m_nodes >= m_maxNodes; }

    void visit(const Value& value) {
        ++m_nodes;
        if (!isContainer(value.kind()))
            m_out += atomText(value, m_maxBytes);
        else if (m_path.enter(value))
            m_out += bracketsOf(value).open;
        else
            m_out += "...";
    }

    std::string cut() {
        const bool unfinished = !m_path.empty();
        if (m_out.size() <= m_maxBytes && !unfinished)
            return std::move(m_out);
        auto end = std::min(m_out.size(), m_maxBytes - std::min(m_maxBytes, Ellipsis.size()));
        while (end > 0 && end < m_out.size() && (static_cast<unsigned char>(m_out[end]) & 0xC0) == 0x80)
            --end;
        m_out.resize(end);
        if (m_maxBytes >= Ellipsis.size())
            m_out += Ellipsis;
        return std::move(m_out);
    }

    const std::size_t m_maxBytes;
    const std::uint64_t m_maxNodes;
    std::uint64_t& m_nodes;
    std::string m_out;
    ValuePath m_path;
};

} // namespace

std::string lineOf(const Value& value, std::size_t maxBytes, std::uint64_t maxNodes, std::uint64_t& nodes) {
    return LineWriter(maxBytes, maxNodes, nodes).write(value);
}

std::string toLine(const Value& value, std::size_t maxBytes) {
    std::uint64_t nodes = 0;
    return lineOf(value, maxBytes, defaultLimits().printedNodes, nodes);
}

} // namespace shardlens
