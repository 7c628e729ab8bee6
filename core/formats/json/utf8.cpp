// SPDX-License-Identifier: Apache-2.0
#include "formats/json/utf8.h"

#include "base/utf8.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace shardlens::json {

namespace {

constexpr std::uint64_t highBits = 0x8080'8080'8080'8080;

/// Skips what is plain ASCII, 32 bytes at a time, and may stop a little early.
std::size_t skipAscii(std::string_view text, std::size_t at) {
    while (text.size() - at >= 32) {
        std::uint64_t words[4];
        std::memcpy(words, text.data() + at, sizeof words);
        if (((words[0] | words[1] | words[2] | words[3]) & highBits) != 0)
            break;
        at += 32;
    }
    return at;
}

/// Looks at [at, until), and what of the last sequence lies beyond; `at` is then where the next one begins,
/// or the invalid byte.
bool isValidUntil(std::string_view text, std::size_t& at, std::size_t until) {
    while (at < until) {
        if (static_cast<unsigned char>(text[at]) < 0x80) {
            const auto next = skipAscii(text, at);
            at = next == at ? at + 1 : next;
            continue;
        }
        const auto step = decodeUtf8(text, at);
        if (!step.valid)
            return false;
        at += step.length;
    }
    return true;
}

} // namespace

std::size_t firstInvalidUtf8(std::string_view text) {
    std::size_t at = 0;
    return isValidUntil(text, at, text.size()) ? std::string_view::npos : at;
}

Result<std::size_t> firstInvalidUtf8(std::string_view text, const JobContext& context) {
    constexpr std::size_t stretch = 8 * Limits::MiB; // some tens of milliseconds
    for (std::size_t at = 0; at < text.size();) {
        SHARDLENS_CHECK(context.checkStop());
        if (!isValidUntil(text, at, at + std::min(stretch, text.size() - at)))
            return at;
    }
    return std::string_view::npos;
}

} // namespace shardlens::json
