// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace shardlens::convert {

/// A call of the command line, put together word by word and quoted for a shell.
class CommandText {
public:
    explicit CommandText(std::string command) : m_text(std::move(command)) {}

    void argument(std::string_view text);
    void path(const std::string& path); ///< never an option, whatever it begins with
    void flag(const char* name, bool given);
    void value(const char* name, const std::string& text); ///< nothing where the text is empty
    void values(const char* name, const std::vector<std::string>& texts);
    std::string take() { return std::move(m_text); }

private:
    std::string m_text;
};

} // namespace shardlens::convert
