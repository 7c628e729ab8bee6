// SPDX-License-Identifier: Apache-2.0
#include "base/json_writer.h"

#include "base/escape.h"
#include "base/utf8.h"

#include <fmt/format.h>

#include <cmath>

namespace shardlens {

namespace {

/// Controls, and what reorders or hides text: never sent to a terminal as it is.
bool isUnsafe(char32_t c) {
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x061c || (c >= 0x200b && c <= 0x200f) ||
           (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x2069) || c == 0xfeff;
}

void appendEscaped(std::string& out, char32_t c) {
    switch (c) {
    case '"':
        out += "\\\"";
        return;
    case '\\':
        out += "\\\\";
        return;
    case '\n':
        out += "\\n";
        return;
    case '\t':
        out += "\\t";
        return;
    case '\r':
        out += "\\r";
        return;
    default:
        out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    }
}

bool isPlainAscii(std::string_view text) {
    for (const char c : text)
        if (c < 0x20 || c == 0x7f || c == '"' || c == '\\')
            return false;
    return true;
}

} // namespace

std::string jsonString(std::string_view text) {
    std::string out = "\"";
    if (isPlainAscii(text)) {
        out += text;
        return out += '"';
    }
    for (std::size_t i = 0; i < text.size();) {
        const auto step = decodeUtf8(text, i);
        if (!step.valid)
            out += "\\ufffd";
        else if (step.codePoint == '"' || step.codePoint == '\\' || isUnsafe(step.codePoint))
            appendEscaped(out, step.codePoint);
        else
            out += text.substr(i, step.length);
        i += step.length;
    }
    return out += '"';
}

std::string safeJson(std::string_view json) {
    std::string out;
    for (std::size_t i = 0; i < json.size();) {
        const auto step = decodeUtf8(json, i);
        if (!step.valid)
            out += "\\ufffd";
        else if (isUnsafe(step.codePoint) && json[i] != '\n')
            appendEscaped(out, step.codePoint);
        else
            out += json.substr(i, step.length);
        i += step.length;
    }
    return out;
}

void JsonWriter::separate() {
    if (m_afterKey) {
        m_afterKey = false;
        return;
    }
    if (m_hasItems.back())
        m_print(m_hasItems.size() <= 3 ? ",\n" : ", ");
    m_hasItems.back() = true;
}

void JsonWriter::open(char bracket) {
    separate();
    m_print(std::string_view(&bracket, 1));
    m_hasItems.push_back(false);
}

void JsonWriter::close(char bracket) {
    m_hasItems.pop_back();
    m_print(std::string_view(&bracket, 1));
    if (m_hasItems.size() == 1)
        m_print("\n");
}

void JsonWriter::key(std::string_view name) {
    separate();
    m_print(jsonString(name));
    m_print(": ");
    m_afterKey = true;
}

void JsonWriter::raw(std::string_view json) {
    separate();
    m_print(json);
}

void JsonWriter::value(std::string_view text) {
    raw(jsonString(text));
}

void JsonWriter::value(bool flag) {
    raw(flag ? "true" : "false");
}

void JsonWriter::value(double number) {
    if (std::isnan(number))
        raw("\"NaN\"");
    else if (std::isinf(number))
        raw(number > 0 ? "\"Infinity\"" : "\"-Infinity\"");
    else
        raw(fmt::format("{}", number));
}

void JsonWriter::unsignedValue(std::uint64_t number) {
    raw(fmt::format_int(number).c_str());
}

void JsonWriter::value(std::span<const std::uint64_t> numbers) {
    std::string out = "[";
    for (std::size_t i = 0; i < numbers.size(); ++i)
        out += (i == 0 ? "" : ", ") + std::to_string(numbers[i]);
    raw(out + "]");
}

void JsonWriter::value(const std::vector<std::string>& texts) {
    beginArray();
    for (const auto& text : texts)
        value(std::string_view(text));
    endArray();
}

} // namespace shardlens
