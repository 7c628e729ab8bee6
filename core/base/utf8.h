// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>

namespace shardlens {

/// One step through text that may not be UTF-8. `length` is at least 1; `valid` is false for a byte that
/// begins no well-formed sequence (its length is 1 then).
struct Utf8Step {
    char32_t codePoint = 0;
    std::size_t length = 1;
    bool valid = false;
};

/// Decodes at `position`, which lies within the text.
Utf8Step decodeUtf8(std::string_view text, std::size_t position);

} // namespace shardlens
