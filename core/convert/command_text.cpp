// SPDX-License-Identifier: Apache-2.0
#include "convert/command_text.h"

#include "base/shell_quote.h"

namespace shardlens::convert {

void CommandText::argument(std::string_view text) {
    m_text += ' ' + shellQuoted(text);
}

void CommandText::path(const std::string& path) {
    argument(path.starts_with('-') ? "./" + path : path);
}

void CommandText::flag(const char* name, bool given) {
    if (given)
        m_text += std::string(" ") + name;
}

void CommandText::value(const char* name, const std::string& text) {
    // A value that begins with a dash would be taken for an option of its own.
    if (!text.empty())
        m_text += std::string(" ") + name + (text.starts_with('-') ? '=' : ' ') + shellQuoted(text);
}

void CommandText::values(const char* name, const std::vector<std::string>& texts) {
    for (const auto& text : texts)
        value(name, text);
}

} // namespace shardlens::convert
