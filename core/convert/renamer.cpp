// SPDX-License-Identifier: Apache-2.0
#include "convert/renamer.h"

#include "convert/rules.h"

#include <cctype>
#include <new>
#include <regex>

namespace shardlens::convert {

struct Renamer::Rule {
    std::regex pattern;
    std::string replacement;
};

namespace {

/// Backtracking can take exponential time on a name of thirty characters, and recurses. libstdc++'s other
/// engine does neither; it has no back-references in patterns, which are refused with the rest of what it
/// cannot do.
constexpr auto Syntax = std::regex::ECMAScript | std::regex::optimize | std::regex_constants::__polynomial;

/// Python's `\1` and `\g<1>` say what std::regex calls `$1`; a `\\` is a backslash.
std::string fromPythonStyle(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i != text.size(); ++i) {
        if (text[i] != '\\' || i + 1 == text.size()) {
            out += text[i];
        } else if (std::isdigit(static_cast<unsigned char>(text[i + 1])) != 0) {
            out += '$';
        } else if (text.substr(i + 1, 2) == "g<" && text.find('>', i) != std::string_view::npos) {
            const auto end = text.find('>', i);
            out += '$';
            out += text.substr(i + 3, end - i - 3);
            i = end;
        } else {
            out += text[++i];
        }
    }
    return out;
}

} // namespace

Result<Renamer> Renamer::create(std::vector<std::string> prefixes, const Rules& renames, std::string option) {
    Renamer renamer;
    renamer.m_prefixes = std::move(prefixes);
    renamer.m_option = std::move(option);
    for (const auto& [pattern, replacement] : renames) {
        try {
            renamer.m_rules.push_back(std::make_shared<const Rule>(
                Rule{std::regex(pattern, Syntax), fromPythonStyle(replacement)}));
        } catch (const std::regex_error& error) {
            return fail(rules::ConvertBadOption,
                        {renamer.m_option + " '" + pattern + "'", std::string(error.what())});
        }
    }
    return renamer;
}

bool Renamer::changesNothing() const {
    return m_prefixes.empty() && m_rules.empty();
}

Result<std::string> Renamer::rename(std::string_view name) const {
    for (const auto& prefix : m_prefixes)
        if (name.starts_with(prefix))
            name.remove_prefix(prefix.size());
    std::string out(name);
    try {
        for (const auto& rule : m_rules)
            if (std::regex_search(out, rule->pattern))
                return std::regex_replace(out, rule->pattern, rule->replacement);
    } catch (const std::regex_error& error) {
        return fail(rules::ConvertBadOption, {m_option, std::string(error.what())}, {{}, {}, out});
    }
    return out;
}

std::string renameOption(const std::pair<std::string, std::string>& rename) {
    std::string pattern;
    for (std::size_t i = 0; i < rename.first.size(); ++i) {
        const char c = rename.first[i];
        if (c == '=')
            pattern += '\\'; // else the command line would split here
        pattern += c;
        if (c == '\\' && i + 1 < rename.first.size())
            pattern += rename.first[++i]; // escaped already
    }
    return pattern + '=' + rename.second;
}

} // namespace shardlens::convert
