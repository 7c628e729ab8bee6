// SPDX-License-Identifier: Apache-2.0
// Long lists of names in a few words, for the plan's tables.
#include "ui/dialogs/plan_digest.h"
#include "ui/style/text.h"

#include <QStringList>

#include <algorithm>
#include <charconv>

namespace shardlens::ui {

namespace {

constexpr std::size_t MaxHeads = 5;

std::vector<std::string_view> split(std::string_view name) {
    std::vector<std::string_view> parts;
    for (std::size_t begin = 0;;) {
        const std::size_t dot = name.find('.', begin);
        parts.push_back(name.substr(begin, dot - begin));
        if (dot == std::string_view::npos)
            return parts;
        begin = dot + 1;
    }
}

std::optional<std::uint64_t> asNumber(std::string_view part) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), number);
    if (part.empty() || error != std::errc() || end != part.data() + part.size())
        return std::nullopt;
    return number;
}

/// Parts that all names share from the beginning, never a whole name.
std::size_t sharedParts(const std::vector<std::vector<std::string_view>>& names) {
    std::size_t shared = names.front().size() - 1;
    for (const auto& parts : names) {
        shared = std::min(shared, parts.size() - 1);
        for (std::size_t index = 0; index < shared; ++index)
            if (parts[index] != names.front()[index])
                shared = index;
    }
    return shared;
}

/// `embed_tokens`, or `layers` with the numbers that follow it.
struct Head {
    std::string_view word;
    std::optional<std::uint64_t> first, last;

    QString text() const {
        const QString name = style::plain(word, 60);
        if (!first)
            return name;
        return *first == *last ? QStringLiteral("%1.%2").arg(name).arg(*first)
                               : QStringLiteral("%1.%2 … %3").arg(name).arg(*first).arg(*last);
    }
};

void addHead(std::vector<Head>& heads, const std::vector<std::string_view>& parts, std::size_t shared) {
    const std::string_view word = parts[shared];
    const auto number = shared + 1 < parts.size() ? asNumber(parts[shared + 1]) : std::nullopt;
    const auto same = std::find_if(heads.begin(), heads.end(), [&](const Head& head) {
        return head.word == word && head.first.has_value() == number.has_value();
    });
    if (same == heads.end()) {
        heads.push_back({word, number, number});
    } else if (number) {
        same->first = std::min(*same->first, *number);
        same->last = std::max(*same->last, *number);
    }
}

} // namespace

QString holdsText(const std::vector<std::string>& names) {
    // Names that begin alike are told apart by what follows: `embed_tokens, layers.0 … 8` of `model.…`.
    std::vector<std::pair<std::string_view, std::vector<std::vector<std::string_view>>>> families;
    for (const std::string& name : names) {
        auto parts = split(name);
        const std::string_view first = parts.size() > 1 ? parts.front() : std::string_view();
        auto family = std::find_if(families.begin(), families.end(),
                                   [&](const auto& one) { return one.first == first; });
        if (family == families.end()) {
            if (families.size() > MaxHeads)
                continue;
            family = families.insert(families.end(), {first, {}});
        }
        family->second.push_back(std::move(parts));
    }
    std::vector<Head> heads;
    for (const auto& [first, members] : families) {
        // A lone name is told by its own beginning; a number alone says nothing: `layers.0 … 8`, not `0 … 8`.
        std::size_t shared = members.size() == 1 ? 0 : sharedParts(members);
        const auto& sample = members.front();
        while (shared > 0 && (asNumber(sample[shared]) || asNumber(sample[shared - 1])))
            --shared;
        for (const auto& parts : members) {
            addHead(heads, parts, shared);
            if (heads.size() > MaxHeads)
                break;
        }
    }
    QStringList texts;
    for (std::size_t index = 0; index < std::min(heads.size(), MaxHeads); ++index)
        texts << heads[index].text();
    if (heads.size() > MaxHeads)
        texts << QStringLiteral("…");
    return texts.join(QStringLiteral(", "));
}

QString patternOf(const std::vector<std::string>& names) {
    if (names.empty())
        return {};
    if (names.size() == 1)
        return style::plain(names.front());
    const auto first = split(names.front());
    std::size_t before = first.size(), after = first.size();
    for (const std::string& name : names) {
        const auto parts = split(name);
        std::size_t same = 0;
        while (same < std::min(before, parts.size()) && parts[same] == first[same])
            ++same;
        before = same;
        same = 0;
        while (same < std::min(after, parts.size()) &&
               parts[parts.size() - 1 - same] == first[first.size() - 1 - same])
            ++same;
        after = same;
    }
    after = std::min(after, first.size() - std::min(before, first.size()));
    QStringList texts;
    for (std::size_t index = 0; index < before; ++index)
        texts << style::plain(first[index], 60);
    texts << QStringLiteral("*");
    for (std::size_t index = first.size() - after; index < first.size(); ++index)
        texts << style::plain(first[index], 60);
    return texts.join(QLatin1Char('.'));
}

} // namespace shardlens::ui
