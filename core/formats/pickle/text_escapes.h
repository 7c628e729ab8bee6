// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace shardlens::pickle {

/// Python 2's string escapes (`\n`, `\x41`, `\101`, …) as raw bytes. What is no escape stays as it is.
std::string unescapeString(std::string_view text);

/// Python's raw-unicode-escape as UTF-8: `\uXXXX` and `\UXXXXXXXX` are escapes, other bytes are latin-1.
std::string unescapeRawUnicode(std::string_view text);

/// latin-1 as UTF-8.
std::string latin1ToUtf8(std::string_view text);

/// UTF-8 of code points below 256 as single bytes (what `_codecs.encode(text, 'latin1')` gives); nothing is
/// changed where a code point is larger (false).
bool utf8ToLatin1(std::string_view text, std::string& bytes);

void appendUtf8(std::string& to, char32_t codePoint);

} // namespace shardlens::pickle
