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

/// A byte to look for in eight at a time, a letter in either case.
class Probe {
public:
    explicit Probe(char lowered)
        : m_fold(isLetter(lowered) ? Ones * 0x20u : 0)
        , m_pattern(Ones * static_cast<unsigned char>(lowered)) {}

    /// The high bit of each byte that may be the one; none that is it is left out.
    std::uint64_t in(const char* eight) const {
        const auto differ =
            (loadLittle<std::uint64_t>(reinterpret_cast<const std::byte*>(eight)) | m_fold) ^ m_pattern;
        return (differ - Ones) & ~differ & (Ones * 0x80u);
    }

private:
    static constexpr std::uint64_t Ones = 0x0101010101010101u;
    std::uint64_t m_fold, m_pattern;
};

/// Where `lowered` stands first in [from, end); null for nowhere. A place must have its first and its last
/// byte before anything is compared: names share so many bytes that one alone says little.
const char* findText(const char* from, const char* end, std::string_view lowered) {
    const auto size = static_cast<std::ptrdiff_t>(lowered.size());
    if (size == 0)
        return from;
    if (end - from < size)
        return nullptr;
    const char* const stop = end - size + 1;
    if (stop - from >= 8) {
        const Probe first(lowered.front()), last(lowered.back());
        for (const char* at = from;;) {
            for (auto hits = first.in (at)&last.in(at + size - 1); hits != 0; hits &= hits - 1)
                if (const char* place = at + std::countr_zero(hits) / 8; equalIgnoringCase(place, lowered))
                    return place;
            if (stop - at <= 8)
                return nullptr;
            at = std::min(at + 8, stop - 8); // the last eight may meet some that were seen: they failed
        }
    }
    for (; from < stop; ++from)
        if (lower(*from) == lowered.front() && equalIgnoringCase(from, lowered))
            return from;
    return nullptr;
}

bool containsIgnoringCase(std::string_view text, std::string_view lowered) {
    return findText(text.data(), text.data() + text.size(), lowered) != nullptr;
}

bool beginsWith(std::string_view text, std::string_view lowered) {
    return text.size() >= lowered.size() && equalIgnoringCase(text.data(), lowered);
}

/// The character at `i` and the UTF-8 bytes that continue it.
std::size_t characterLength(std::string_view text, std::size_t i) {
    std::size_t length = 1;
    while (i + length < text.size() && (static_cast<unsigned char>(text[i + length]) & 0xc0u) == 0x80u)
        ++length;
    return length;
}

/// Two positions and one point to return to: never more than the product of the lengths.
bool walkGlob(std::string_view text, std::string_view glob) {
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

std::vector<std::string> splitAt(std::string_view text, std::string_view separators) {
    std::vector<std::string> out;
    for (std::size_t begin = 0;;) {
        const auto end = text.find_first_of(separators, begin);
        out.emplace_back(text.substr(begin, end - begin));
        if (end == text.npos)
            return out;
        begin = end + 1;
    }
}

/// Texts around stars, each taken where it stands first: what is left for the next is the most there can be.
bool matchesParts(std::string_view text, const std::vector<std::string>& parts) {
    const auto& front = parts.front();
    const auto& back = parts.back();
    if (text.size() < front.size() + back.size() || !beginsWith(text, front) ||
        !beginsWith(text.substr(text.size() - back.size()), back))
        return false;
    const char* at = text.data() + front.size();
    const char* const end = text.data() + text.size() - back.size();
    for (std::size_t i = 1; i + 1 < parts.size(); ++i) {
        at = findText(at, end, parts[i]);
        if (!at)
            return false;
        at += parts[i].size();
    }
    return true;
}

} // namespace

TextPattern TextPattern::fromWord(std::string_view word) {
    TextPattern out;
    out.m_kind = word.find_first_of("*?") != word.npos ? Kind::Glob : Kind::Substring;
    out.m_text.resize(word.size());
    std::transform(word.begin(), word.end(), out.m_text.begin(), lower);
    if (out.m_kind == Kind::Glob) {
        out.m_parts = splitAt(out.m_text, "*");
        out.m_single = word.find('?') != word.npos;
        for (auto& text : splitAt(out.m_text, "*?"))
            if (text.size() > out.m_longest.size())
                out.m_longest = std::move(text);
    }
    return out;
}

TextPattern TextPattern::exactly(std::string_view text) {
    TextPattern out;
    out.m_text = text;
    return out;
}

bool TextPattern::matchesGlob(std::string_view name) const {
    if (!m_single)
        return matchesParts(name, m_parts);
    return containsIgnoringCase(name, m_longest) && walkGlob(name, m_text);
}

bool TextPattern::matches(std::string_view name) const {
    switch (m_kind) {
    case Kind::Substring:
        return containsIgnoringCase(name, m_text);
    case Kind::Glob:
        return matchesGlob(name);
    case Kind::Exact:
        break;
    }
    return name == m_text;
}

} // namespace shardlens
