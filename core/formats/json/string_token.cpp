// SPDX-License-Identifier: Apache-2.0
#include "formats/json/string_token.h"

#include "formats/json/utf8.h"

#include <optional>

namespace shardlens::json {

namespace {

std::optional<char32_t> readHex4(const char* at, const char* end) {
    if (end - at < 4)
        return std::nullopt;
    char32_t value = 0;
    for (int digit = 0; digit < 4; ++digit) {
        const char c = at[digit];
        char32_t nibble = 0;
        if (c >= '0' && c <= '9')
            nibble = static_cast<char32_t>(c - '0');
        else if (c >= 'a' && c <= 'f')
            nibble = static_cast<char32_t>(c - 'a' + 10);
        else if (c >= 'A' && c <= 'F')
            nibble = static_cast<char32_t>(c - 'A' + 10);
        else
            return std::nullopt;
        value = value * 16 + nibble;
    }
    return value;
}

/// The escape `\uXXXX` (and the second half of a pair); `at` follows the `u`. Null where it is no character.
const char* readUnicodeEscape(const char* at, const char* end, std::string& out) {
    const auto first = readHex4(at, end);
    if (!first || (*first >= 0xdc00 && *first <= 0xdfff))
        return nullptr;
    at += 4;
    if (*first < 0xd800 || *first > 0xdfff) {
        appendUtf8(out, *first);
        return at;
    }
    if (end - at < 6 || at[0] != '\\' || at[1] != 'u')
        return nullptr;
    const auto second = readHex4(at + 2, end);
    if (!second || *second < 0xdc00 || *second > 0xdfff)
        return nullptr;
    appendUtf8(out, 0x10000 + ((*first - 0xd800) << 10) + (*second - 0xdc00));
    return at + 6;
}

/// One escape; `at` is its backslash.
const char* readEscape(const char* at, const char* end, std::string& out) {
    if (end - at < 2)
        return nullptr;
    const char kind = at[1];
    switch (kind) {
    case '"':
    case '\\':
    case '/':
        out += kind;
        return at + 2;
    case 'b':
        out += '\b';
        return at + 2;
    case 'f':
        out += '\f';
        return at + 2;
    case 'n':
        out += '\n';
        return at + 2;
    case 'r':
        out += '\r';
        return at + 2;
    case 't':
        out += '\t';
        return at + 2;
    case 'u':
        return readUnicodeEscape(at + 2, end, out);
    default:
        return nullptr;
    }
}

} // namespace

StringToken readEscapedString(const char* begin, const char* at, const char* end, std::string& buffer) {
    buffer.assign(begin, at);
    while (at != end) {
        if (*at == '"')
            return {buffer, at + 1};
        if (*at != '\\')
            return {};
        at = readEscape(at, end, buffer);
        if (at == nullptr)
            return {};
        const char* stop = skipPlainText(at, end);
        buffer.append(at, stop);
        at = stop;
    }
    return {};
}

} // namespace shardlens::json
