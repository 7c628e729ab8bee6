// SPDX-License-Identifier: Apache-2.0
#include "analysis/rename_rule.h"

#include <algorithm>
#include <optional>

namespace shardlens {

namespace {

using Names = std::pair<std::string_view, std::string_view>;

std::string literalPattern(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (std::string_view(R"(\^$.|?*+()[]{})").find(c) != std::string_view::npos)
            out += '\\';
        out += c;
    }
    return out;
}

std::string literalReplacement(std::string_view text) {
    std::string out;
    for (const char c : text)
        out += c == '$' ? std::string("$$") : c == '\\' ? std::string("\\\\") : std::string(1, c);
    return out;
}

/// What is left of both names before the longest common rest that begins after a dot, or at a name's beginning.
Names beginnings(const Names& names) {
    const auto [a, b] = names;
    std::size_t same = 0, cut = 0;
    while (same < std::min(a.size(), b.size()) && a[a.size() - 1 - same] == b[b.size() - 1 - same]) {
        ++same;
        const bool startsA = same == a.size() || a[a.size() - 1 - same] == '.';
        const bool startsB = same == b.size() || b[b.size() - 1 - same] == '.';
        if (startsA && startsB)
            cut = same;
    }
    return {a.substr(0, a.size() - cut), b.substr(0, b.size() - cut)};
}

} // namespace

std::vector<std::pair<std::string, std::string>> renameRules(const std::vector<Names>& names,
                                                             std::size_t most) {
    std::optional<Names> shared;
    bool oneRule = !names.empty();
    for (const auto& pair : names) {
        const auto found = beginnings(pair);
        oneRule = oneRule && found.first.size() < pair.first.size() && (!shared || *shared == found);
        shared = found;
    }
    std::vector<std::pair<std::string, std::string>> out;
    if (oneRule && names.size() > 1) {
        out.emplace_back('^' + literalPattern(shared->first), literalReplacement(shared->second));
        return out;
    }
    for (std::size_t i = 0; i < std::min(names.size(), most); ++i)
        out.emplace_back('^' + literalPattern(names[i].first) + '$', literalReplacement(names[i].second));
    return out;
}

} // namespace shardlens
