// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace shardlens::json {

/// The first byte of [at, end) that is a quote, a backslash or a control character, or end. Eight bytes a
/// step.
inline const char* skipPlainText(const char* at, const char* end) {
    constexpr std::uint64_t ones = 0x0101'0101'0101'0101, high = 0x8080'8080'8080'8080;
    while (end - at >= 8) {
        std::uint64_t word;
        std::memcpy(&word, at, sizeof word);
        const auto quote = word ^ (ones * '"');
        const auto backslash = word ^ (ones * '\\');
        const auto hits =
            (((quote - ones) & ~quote) | ((backslash - ones) & ~backslash) | ((word - ones * 0x20) & ~word)) &
            high;
        if (hits != 0)
            return at + std::countr_zero(hits) / 8;
        at += 8;
    }
    while (at != end && *at != '"' && *at != '\\' && static_cast<unsigned char>(*at) >= 0x20)
        ++at;
    return at;
}

/// A string's text and the byte after its closing quote; `after` is null where the scanner is in doubt.
struct StringToken {
    std::string_view text;
    const char* after = nullptr;
};

/// The rest of a string that holds escapes. `begin` follows the opening quote, `at` is the first backslash.
StringToken readEscapedString(const char* begin, const char* at, const char* end, std::string& buffer);

/// `at` follows the opening quote, the text up to `end` is valid UTF-8. The text lies in the input, or in
/// `buffer` where it held escapes.
inline StringToken readString(const char* at, const char* end, std::string& buffer) {
    const char* stop = skipPlainText(at, end);
    if (stop == end)
        return {};
    if (*stop == '"') [[likely]]
        return {std::string_view(at, static_cast<std::size_t>(stop - at)), stop + 1};
    if (*stop != '\\')
        return {};
    return readEscapedString(at, stop, end, buffer);
}

} // namespace shardlens::json
