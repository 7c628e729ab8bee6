// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace shardlens {

/// One way to match a name: a part of it, a glob over all of it, or exactly it. Parts and globs ignore the
/// case of ASCII letters; nothing else is ever taken for equal.
class TextPattern {
public:
    /// A glob where the text holds `*` (any bytes) or `?` (one character), else a substring.
    static TextPattern fromWord(std::string_view word);
    static TextPattern exactly(std::string_view text);

    bool matches(std::string_view name) const;
    bool isExact() const { return m_kind == Kind::Exact; }
    const std::string& text() const { return m_text; } ///< lower-case unless exact

private:
    enum class Kind { Substring, Glob, Exact };
    bool matchesGlob(std::string_view name) const;

    Kind m_kind = Kind::Exact;
    std::string m_text;
    // Of a glob: the literal texts around its stars, and the longest text without any wildcard.
    std::vector<std::string> m_parts;
    std::string m_longest;
    bool m_single = false; ///< has `?`
};

} // namespace shardlens
