// SPDX-License-Identifier: Apache-2.0
#include "model/value_json.h"

#include "base/escape.h"
#include "base/utf8.h"
#include "model/value_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <string_view>
#include <utility>

namespace shardlens {

namespace {

using Kind = Value::Kind;

/// A value that JSON cannot say is shown by so much of its text.
constexpr std::size_t MaxReprBytes = 64 * 1024;

/// Deeper values stand no further to the right, or thousands of them would print spaces alone.
constexpr std::size_t MaxIndentedDepth = 64;

void appendUnit(std::string& out, std::uint32_t unit) {
    fmt::format_to(std::back_inserter(out), "\\u{:04x}", unit);
}

/// What is escaped although JSON allows it raw: what the eye cannot see or what turns text around.
bool needsEscape(std::string_view character) {
    return escapeText(character) != character;
}

void appendString(std::string& out, std::string_view text) {
    out += '"';
    for (std::size_t i = 0; i < text.size();) {
        const auto step = decodeUtf8(text, i);
        const auto character = text.substr(i, step.length);
        i += step.length;
        if (!step.valid)
            out += "\\ufffd"; // bytes that are no text have no form in JSON
        else if (step.codePoint == '"' || step.codePoint == '\\')
            (out += '\\') += character;
        else if (step.codePoint == '\n')
            out += "\\n";
        else if (step.codePoint >= 0x20 && step.codePoint < 0x7F)
            out += character;
        else if (!needsEscape(character))
            out += character;
        else if (step.codePoint < 0x10000)
            appendUnit(out, static_cast<std::uint32_t>(step.codePoint));
        else {
            const auto rest = static_cast<std::uint32_t>(step.codePoint) - 0x10000;
            appendUnit(out, 0xD800 + (rest >> 10));
            appendUnit(out, 0xDC00 + (rest & 0x3FF));
        }
    }
    out += '"';
}

void appendFloat(std::string& out, double value) {
    if (std::isnan(value))
        out += "\"NaN\"";
    else if (std::isinf(value))
        out += value > 0 ? "\"Infinity\"" : "\"-Infinity\"";
    else
        out += floatText(value);
}

bool isArray(Kind kind) {
    return kind == Kind::List || kind == Kind::Tuple || kind == Kind::Set || kind == Kind::FrozenSet;
}

class JsonWriter {
public:
    explicit JsonWriter(const ValueJsonOptions& options) : m_options(options), m_limits(*options.limits) {}

    std::string write(const Value& root) {
        visit(root);
        while (!m_path.empty()) {
            auto& step = m_path.top();
            const Value value = step.value;
            const bool array = isArray(value.kind());
            const auto next = step.next++;
            if (next == value.size()) {
                m_path.leave();
                if (next > 0)
                    newLine();
                m_out += array ? ']' : '}';
                continue;
            }
            if (next > 0)
                m_out += m_options.indent < 0 ? ", " : ",";
            newLine();
            if (full()) {
                m_out += array ? R"({"truncated": true})" : R"("truncated": true)";
                step.next = value.size();
                continue;
            }
            if (!array) {
                appendKey(value.key(next));
                m_out += ": ";
            }
            visit(value.at(next));
        }
        return std::move(m_out);
    }

private:
    bool full() const { return m_nodes >= m_limits.printedNodes || m_out.size() >= m_limits.printedBytes; }

    void newLine() {
        if (m_options.indent < 0)
            return;
        m_out += '\n';
        const auto depth = std::min(m_path.depth(), MaxIndentedDepth);
        m_out.append(depth * static_cast<std::size_t>(m_options.indent), ' ');
    }

    void appendKey(const Value& key) {
        ++m_nodes;
        if (key.kind() == Kind::String)
            appendString(m_out, key.text());
        else
            appendString(m_out, lineOf(key, MaxReprBytes, m_limits.printedNodes, m_nodes));
    }

    void visit(const Value& value) {
        ++m_nodes;
        switch (value.kind()) {
        case Kind::Null:
            m_out += "null";
            break;
        case Kind::Bool:
            m_out += value.asBool() ? "true" : "false";
            break;
        case Kind::Int:
            m_out += std::to_string(value.asInt());
            break;
        case Kind::BigInt:
            m_out += value.text();
            break;
        case Kind::Float:
            appendFloat(m_out, value.asFloat());
            break;
        case Kind::String:
            if (value.text().size() >
                m_limits.printedBytes - std::min<std::uint64_t>(m_limits.printedBytes, m_out.size()))
                m_out += R"({"truncated": true})";
            else
                appendString(m_out, value.text());
            break;
        case Kind::Bytes:
        case Kind::Object:
        case Kind::Tensor:
            appendRepr(value);
            break;
        default:
            appendContainer(value);
        }
    }

    void appendContainer(const Value& value) {
        if (m_path.enter(value))
            m_out += isArray(value.kind()) ? '[' : '{';
        else
            m_out += R"({"cycle": true})";
    }

    void appendRepr(const Value& value) {
        m_out += R"({"type": )";
        appendString(m_out, value.typeName());
        m_out += R"(, "repr": )";
        appendString(m_out, lineOf(value, MaxReprBytes, m_limits.printedNodes, m_nodes));
        m_out += '}';
    }

    const ValueJsonOptions& m_options;
    const Limits& m_limits;
    std::string m_out;
    std::uint64_t m_nodes = 0;
    ValuePath m_path;
};

bool isPlainAtom(const Value& value) {
    switch (value.kind()) {
    case Kind::Null:
    case Kind::Bool:
    case Kind::Int:
    case Kind::BigInt:
        return true;
    case Kind::Float:
        return std::isfinite(value.asFloat());
    case Kind::String:
        return isValidUtf8(value.text());
    default:
        return false;
    }
}

} // namespace

std::string toJson(const Value& value, const ValueJsonOptions& options) {
    return JsonWriter(options).write(value);
}

bool isPlain(const Value& root) {
    ValuePath path;
    std::uint64_t nodes = 0;
    const auto visit = [&](const Value& value) {
        const auto kind = value.kind();
        if (kind == Kind::List || kind == Kind::Tuple || kind == Kind::Dict)
            return path.enter(value);
        return isPlainAtom(value);
    };
    if (!visit(root))
        return false;
    while (!path.empty()) {
        auto& step = path.top();
        if (step.next == step.value.size()) {
            path.leave();
            continue;
        }
        const auto next = step.next++;
        const Value value = step.value;
        const bool goodKey = value.kind() != Kind::Dict ||
                             (value.key(next).kind() == Kind::String && isPlainAtom(value.key(next)));
        if (!goodKey || ++nodes > defaultLimits().printedNodes || !visit(value.at(next)))
            return false;
    }
    return true;
}

} // namespace shardlens
