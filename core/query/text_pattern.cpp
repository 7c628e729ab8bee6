// SPDX-License-Identifier: Apache-2.0
#include "query/text_pattern.h"

#include "base/endian.h"

#include <algorithm>
#include <bit>
#include <cstdint>

namespace shardlens {

namespace {

constexpr char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

constexpr bool isLetter(char lowered) {
    return lowered >= 'a' && lowered <= 'z';
}

bool equalIgnoringCase(const char* text, std::string_view lowered) {
    for (std::size_t i = 0; i < lowered.size(); ++i)
        if (lower(text[i]) != lowered[i])
            return false;
    return true;
}

/// Where a lower-case letter (either case) or another byte stands first, eight bytes at a time; `end` for
/// nowhere. May stop at a byte that differs in the case bit alone: the caller compares anyway.
const char* findByte(const char* from, const char* end, char wanted) {
    constexpr std::uint64_t ones = 0x0101010101010101u, highs = 0x8080808080808080u;
    const std::uint64_t fold = isLetter(wanted) ? ones * 0x20u : 0;
    const std::uint64_t pattern = ones * static_cast<unsigned char>(wanted);
    for (; end - from >= 8; from += 8) {
        const auto differ =
            (loadLittle<std::uint64_t>(reinterpret_cast<const std::byte*>(from)) | fold) ^ pattern;
        if (const auto zero = (differ - ones) & ~differ & highs)
            return from + std::countr_zero(zero) / 8;
    }
    while (from < end && lower(*from) != wanted)
        ++from;
    return from;
}

bool containsIgnoringCase(std::string_view text, std::string_view lowered) {
    if (lowered.empty())
        return true;
    if (text.size() < lowered.size())
        return false;
    const char* const last = text.data() + (text.size() - lowered.size()) + 1;
    for (const char* at = text.data(); (at = findByte(at, last, lowered[0])) != last; ++at)
        if (equalIgnoringCase(at, lowered))
            return true;
    return false;
}

/// The character at `i` and the UTF-8 bytes that continue it.
std::size_t characterLength(std::string_view text, std::size_t i) {
    std::size_t length = 1;
    while (i + length < text.size() && (static_cast<unsigned char>(text[i + length]) & 0xc0u) == 0x80u)
        ++length;
    return length;
}

/// Two positions and one point to return to: never more than the product of the lengths.
bool matchesGlob(std::string_view text, std::string_view glob) {
    std::size_t t = 0, g = 0, starGlob = glob.npos, starText = 0;
    while (t < text.size()) {
        if (g < glob.size() && glob[g] == '*') {
            starGlob = g++;
            starText = t;
        } else if (g < glob.size() && glob[g] == '?') {
            t += characterLength(text, t);
            ++g;
        } else if (g < glob.size() && lower(text[t]) == glob[g]) {
            ++t;
            ++g;
        } else if (starGlob != glob.npos) {
            g = starGlob + 1;
            ++starText;
            if (g < glob.size() && glob[g] != '?') // jump to where the rest could begin
                starText = static_cast<std::size_t>(
                    findByte(text.data() + starText, text.data() + text.size(), glob[g]) - text.data());
            t = starText;
        } else {
            return false;
        }
    }
    return glob.find_first_not_of('*', g) == glob.npos;
}

} // namespace

TextPattern TextPattern::fromWord(std::string_view word) {
    TextPattern out;
    out.m_kind = word.find_first_of("*?") != word.npos ? Kind::Glob : Kind::Substring;
    out.m_text.resize(word.size());
    std::transform(word.begin(), word.end(), out.m_text.begin(), lower);
    return out;
}

TextPattern TextPattern::exactly(std::string_view text) {
    TextPattern out;
    out.m_text = text;
    return out;
}

bool TextPattern::matches(std::string_view name) const {
    switch (m_kind) {
    case Kind::Substring:
        return containsIgnoringCase(name, m_text);
    case Kind::Glob:
        return matchesGlob(name, m_text);
    case Kind::Exact:
        break;
    }
    return name == m_text;
}

} // namespace shardlens
