// SPDX-License-Identifier: Apache-2.0
#include "convert/command_text.h"

#include <algorithm>
#include <cctype>

namespace shardlens::convert {

namespace {

/// Quoted so that a shell gives exactly these bytes.
std::string shellQuoted(std::string_view text) {
    const auto plain = [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
               std::string_view("_-./,:=+@%").find(c) != std::string_view::npos;
    };
    if (!text.empty() && std::ranges::all_of(text, plain))
        return std::string(text);
    std::string out = "'";
    for (const char c : text)
        out += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return out + '\'';
}

} // namespace

void CommandText::argument(std::string_view text) {
    m_text += ' ' + shellQuoted(text);
}

void CommandText::flag(const char* name, bool given) {
    if (given)
        m_text += std::string(" ") + name;
}

void CommandText::value(const char* name, const std::string& text) {
    if (!text.empty())
        m_text += std::string(" ") + name + ' ' + shellQuoted(text);
}

void CommandText::values(const char* name, const std::vector<std::string>& texts) {
    for (const auto& text : texts)
        m_text += std::string(" ") + name + ' ' + shellQuoted(text);
}

} // namespace shardlens::convert
