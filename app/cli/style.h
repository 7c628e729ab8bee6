// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/rule.h"

#include <string>
#include <string_view>

namespace shardlens::cli {

enum class Ink { Plain, Bold, Faint, Red, Green, Yellow, Blue, Cyan };

/// Colours for a terminal; without colour, text stays as it is.
class Style {
public:
    explicit Style(bool coloured = false) : m_coloured(coloured) {}
    bool coloured() const { return m_coloured; }
    std::string paint(Ink ink, std::string_view text) const;

private:
    bool m_coloured;
};

/// `--color`: `auto` follows the terminal and NO_COLOR.
bool wantsColour(std::string_view when, bool isTerminal);
Ink inkOf(Severity severity);

} // namespace shardlens::cli
