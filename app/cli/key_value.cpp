// SPDX-License-Identifier: Apache-2.0
#include "app/cli/key_value.h"

#include "app/cli/rules.h"

namespace shardlens::cli {

namespace {

Failure noSign(std::string_view text, std::string_view option, std::string_view form) {
    return fail(rules::cli::BadOption, {std::string(option), std::string(text), std::string(form)});
}

} // namespace

Result<std::pair<std::string, std::string>> splitRename(std::string_view text, std::string_view option) {
    std::string pattern;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '=')
            return std::pair(pattern, std::string(text.substr(i + 1)));
        if (text[i] == '\\' && i + 1 < text.size()) {
            ++i;
            if (text[i] != '=')
                pattern += '\\';
        }
        pattern += text[i];
    }
    return noSign(text, option, "REGEX=REPLACEMENT");
}

Result<std::pair<std::string, std::string>> splitKeyValue(std::string_view text, std::string_view option) {
    const auto at = text.find('=');
    if (at == text.npos || at == 0)
        return noSign(text, option, "KEY=VALUE");
    return std::pair(std::string(text.substr(0, at)), std::string(text.substr(at + 1)));
}

Result<std::vector<std::pair<std::string, std::string>>> splitRenames(const std::vector<std::string>& texts,
                                                                      std::string_view option) {
    std::vector<std::pair<std::string, std::string>> out;
    for (const auto& text : texts) {
        SHARDLENS_TRY(auto rename, splitRename(text, option));
        out.push_back(std::move(rename));
    }
    return out;
}

} // namespace shardlens::cli
