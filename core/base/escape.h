// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace shardlens {

/// Text from a file, made safe for a terminal, a log or a label: control characters (C0, DEL, C1), invalid
/// UTF-8, bidirectional overrides, line and paragraph separators and zero-width characters become visible
/// escapes (`\n`, `\x1b`, `\u202e`); a backslash becomes `\\`. Everything else stays. Longer texts than
/// `maxBytes` are cut in the middle with `…`.
std::string escapeText(std::string_view text, std::size_t maxBytes = std::string::npos);

/// True where the bytes are well-formed UTF-8 (no surrogates, no overlong forms).
bool isValidUtf8(std::string_view text);

/// Columns a terminal gives to already escaped text (wide characters count two, combining ones none).
std::size_t displayWidth(std::string_view text);

} // namespace shardlens
