// SPDX-License-Identifier: Apache-2.0
#include "formats/pickle/text_escapes.h"

#include <cstddef>
#include <cstdint>
#include <optional>

namespace shardlens::pickle {

namespace {

std::optional<unsigned> digit(char c) {
    if (c >= '0' && c <= '9')
        return static_cast<unsigned>(c - '0');
    if (c >= 'a' && c <= 'f')
        return static_cast<unsigned>(c - 'a') + 10;
    if (c >= 'A' && c <= 'F')
        return static_cast<unsigned>(c - 'A') + 10;
    return std::nullopt;
}

std::optional<char32_t> hex(std::string_view text, std::size_t count) {
    if (text.size() < count)
        return std::nullopt;
    char32_t value = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const auto one = digit(text[i]);
        if (!one)
            return std::nullopt;
        value = value * 16 + *one;
    }
    return value;
}

std::optional<char> simpleEscape(char c) {
    switch (c) {
    case 'n':
        return '\n';
    case 't':
        return '\t';
    case 'r':
        return '\r';
    case 'a':
        return '\a';
    case 'b':
        return '\b';
    case 'f':
        return '\f';
    case 'v':
        return '\v';
    case '\\':
    case '\'':
    case '"':
        return c;
    default:
        return std::nullopt;
    }
}

} // namespace

void appendUtf8(std::string& to, char32_t codePoint) {
    const auto byte = [&to](char32_t bits) {
        to.push_back(static_cast<char>(static_cast<unsigned char>(bits)));
    };
    if (codePoint < 0x80) {
        byte(codePoint);
    } else if (codePoint < 0x800) {
        byte(0xc0 | codePoint >> 6);
        byte(0x80 | (codePoint & 0x3f));
    } else if (codePoint < 0x10000) {
        byte(0xe0 | codePoint >> 12);
        byte(0x80 | (codePoint >> 6 & 0x3f));
        byte(0x80 | (codePoint & 0x3f));
    } else {
        byte(0xf0 | (codePoint >> 18 & 0x07));
        byte(0x80 | (codePoint >> 12 & 0x3f));
        byte(0x80 | (codePoint >> 6 & 0x3f));
        byte(0x80 | (codePoint & 0x3f));
    }
}

std::string unescapeString(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '\\' || i + 1 == text.size()) {
            out.push_back(text[i]);
            continue;
        }
        const char next = text[i + 1];
        if (const auto simple = simpleEscape(next)) {
            out.push_back(*simple);
            ++i;
        } else if (const auto value = next == 'x' ? hex(text.substr(i + 2), 2) : std::nullopt) {
            out.push_back(static_cast<char>(static_cast<unsigned char>(*value)));
            i += 3;
        } else if (next >= '0' && next <= '7') {
            unsigned octal = 0;
            std::size_t count = 0;
            while (count < 3 && i + 1 + count < text.size() && text[i + 1 + count] >= '0' &&
                   text[i + 1 + count] <= '7')
                octal = octal * 8 + static_cast<unsigned>(text[i + 1 + count++] - '0');
            out.push_back(static_cast<char>(static_cast<unsigned char>(octal)));
            i += count;
        } else {
            out.push_back('\\');
        }
    }
    return out;
}

std::string unescapeRawUnicode(std::string_view text) {
    std::string out;
    out.reserve(text.size() + text.size() / 4);
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool maybe = text[i] == '\\' && i + 1 < text.size();
        const std::size_t digits = !maybe ? 0 : text[i + 1] == 'u' ? 4 : text[i + 1] == 'U' ? 8 : 0;
        const auto value = digits == 0 ? std::nullopt : hex(text.substr(i + 2), digits);
        if (value && *value <= 0x10ffff) {
            appendUtf8(out, *value);
            i += 1 + digits;
        } else {
            appendUtf8(out, static_cast<unsigned char>(text[i]));
        }
    }
    return out;
}

std::string latin1ToUtf8(std::string_view text) {
    std::string out;
    out.reserve(text.size() * 2);
    for (const char c : text)
        appendUtf8(out, static_cast<unsigned char>(c));
    return out;
}

bool utf8ToLatin1(std::string_view text, std::string& bytes) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto c = static_cast<unsigned char>(text[i]);
        if (c < 0x80) {
            out.push_back(text[i]);
            continue;
        }
        const bool twoBytes = (c == 0xc2 || c == 0xc3) && i + 1 < text.size();
        if (!twoBytes)
            return false;
        out.push_back(
            static_cast<char>((c & 0x03U) << 6 | (static_cast<unsigned char>(text[i + 1]) & 0x3fU)));
        ++i;
    }
    bytes = std::move(out);
    return true;
}

} // namespace shardlens::pickle
