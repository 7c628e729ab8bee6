// SPDX-License-Identifier: Apache-2.0
#include "base/escape.h"

#include "base/utf8.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <vector>

namespace shardlens {

namespace {

constexpr std::string_view Ellipsis = "…";

/// Characters that a reader cannot see or that reorder what he sees. Control characters are handled apart.
bool deceives(char32_t c) {
    const auto in = [c](char32_t first, char32_t last) {
        return c >= first && c <= last;
    };
    return in(0x80, 0x9F) ||                                           // C1
           c == 0xAD || c == 0x34F || c == 0x61C || c == 0x180E ||     // soft hyphen, joiners, marks
           c == 0x115F || c == 0x1160 || c == 0x3164 || c == 0xFFA0 || // fillers without ink
           in(0x200B, 0x200F) || in(0x2028, 0x202E) ||                 // zero width, separators, embeddings
           in(0x2060, 0x206F) || c == 0xFEFF ||                        // isolates, invisible operators, BOM
           in(0xFFF9, 0xFFFB) || in(0xE0000, 0xE007F);                 // annotations, tags
}

void appendByteEscape(std::string& out, unsigned char byte) {
    switch (byte) {
    case '\n':
        out += "\\n";
        return;
    case '\r':
        out += "\\r";
        return;
    case '\t':
        out += "\\t";
        return;
    default:
        fmt::format_to(std::back_inserter(out), "\\x{:02x}", byte);
    }
}

/// Appends one step of `text`, escaped; returns how many bytes of the text it took.
std::size_t appendEscaped(std::string& out, std::string_view text, std::size_t position) {
    const auto step = decodeUtf8(text, position);
    const auto byte = static_cast<unsigned char>(text[position]);
    if (!step.valid || step.codePoint < 0x20 || step.codePoint == 0x7F)
        appendByteEscape(out, byte);
    else if (byte == '\\')
        out += "\\\\";
    else if (deceives(step.codePoint) && step.codePoint > 0xFFFF)
        fmt::format_to(std::back_inserter(out), "\\U{:08x}", static_cast<std::uint32_t>(step.codePoint));
    else if (deceives(step.codePoint))
        fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<std::uint32_t>(step.codePoint));
    else
        out.append(text.substr(position, step.length));
    return step.length;
}

bool isContinuation(char c) {
    return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

std::string headOf(std::string_view text, std::size_t maxBytes) {
    std::string out;
    for (std::size_t i = 0; i < text.size();) {
        const auto before = out.size();
        i += appendEscaped(out, text, i);
        if (out.size() > maxBytes) {
            out.resize(before);
            break;
        }
    }
    return out;
}

/// The last whole escapes that fit in `maxBytes`. An escape is never shorter than what it stands for, so only
/// the last `maxBytes` bytes matter.
std::string tailOf(std::string_view text, std::size_t maxBytes) {
    std::size_t begin = text.size() - std::min(text.size(), maxBytes);
    for (int i = 0; i < 3 && begin < text.size() && isContinuation(text[begin]); ++i)
        ++begin;
    std::string escaped;
    std::vector<std::size_t> starts;
    for (std::size_t i = begin; i < text.size();) {
        starts.push_back(escaped.size());
        i += appendEscaped(escaped, text, i);
    }
    for (const auto start : starts)
        if (escaped.size() - start <= maxBytes)
            return escaped.substr(start);
    return {};
}

} // namespace

std::string escapeText(std::string_view text, std::size_t maxBytes) {
    std::string out;
    out.reserve(std::min(text.size(), maxBytes));
    std::size_t i = 0;
    while (i < text.size() && out.size() <= maxBytes)
        i += appendEscaped(out, text, i);
    if (out.size() <= maxBytes)
        return out;
    if (maxBytes < Ellipsis.size())
        return headOf(text, maxBytes);
    const auto kept = maxBytes - Ellipsis.size();
    out = headOf(text, kept - kept / 2);
    out += Ellipsis;
    out += tailOf(text, kept / 2);
    return out;
}

bool isValidUtf8(std::string_view text) {
    for (std::size_t i = 0; i < text.size();) {
        const auto step = decodeUtf8(text, i);
        if (!step.valid)
            return false;
        i += step.length;
    }
    return true;
}

} // namespace shardlens
