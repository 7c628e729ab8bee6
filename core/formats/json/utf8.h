// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "jobs/job_context.h"

#include <cstddef>
#include <string_view>

namespace shardlens::json {

/// The first byte that begins no well-formed UTF-8 sequence (overlong forms and surrogates are none), or
/// npos.
std::size_t firstInvalidUtf8(std::string_view text);

/// The same for texts that may be long; fails with job.cancelled.
Result<std::size_t> firstInvalidUtf8(std::string_view text, const JobContext& context);

/// Appends a code point, which is no surrogate and at most 0x10ffff.
template <typename String>
void appendUtf8(String& out, char32_t code) {
    const auto low = [](char32_t value) {
        return static_cast<char>(0x80 | (value & 0x3f));
    };
    if (code < 0x80) {
        out += static_cast<char>(code);
    } else if (code < 0x800) {
        out += static_cast<char>(0xc0 | (code >> 6));
        out += low(code);
    } else if (code < 0x10000) {
        out += static_cast<char>(0xe0 | (code >> 12));
        out += low(code >> 6);
        out += low(code);
    } else {
        out += static_cast<char>(0xf0 | (code >> 18));
        out += low(code >> 12);
        out += low(code >> 6);
        out += low(code);
    }
}

} // namespace shardlens::json
