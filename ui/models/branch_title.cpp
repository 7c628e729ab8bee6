// SPDX-License-Identifier: Apache-2.0
#include "ui/models/branch_title.h"

#include "query/item.h"
#include "ui/style/text.h"

#include <algorithm>
#include <cctype>

namespace shardlens::ui {

QString branchTitle(const NameTree& names, const Branch& branch, std::uint32_t from, QChar separator) {
    constexpr qsizetype longest = 2000, longestPart = 400;
    if (branch.begin >= branch.end)
        return {};
    const auto parts = itemPath(*names.checkpoint(), names.item(branch.begin));
    QString out;
    for (std::size_t i = std::max(from, 1u) - 1; i < std::min<std::size_t>(branch.depth, parts.size()); ++i) {
        if (i + 1 > std::max(from, 1u)) {
            // What stands in the name: dots, slashes behind components and folders.
            const char own = *(parts[i - 1].data() + parts[i - 1].size());
            out += own == '/' || own == '.' ? QChar(QLatin1Char(own)) : separator;
        }
        if (out.size() > longest)
            return out + QChar(0x2026);
        out += style::plain(parts[i], longestPart);
    }
    return out;
}

QString branchFilter(const NameTree& names, const Branch& branch) {
    if (branch.begin >= branch.end || branch.depth == 0)
        return {};
    const auto item = names.item(branch.end - 1);
    const auto name = itemName(*names.checkpoint(), item);
    const auto parts = itemPath(*names.checkpoint(), item);
    const auto& last = parts[std::min<std::size_t>(branch.depth, parts.size()) - 1];
    const auto length = std::size_t(last.data() + last.size() - name.data());
    QString out;
    for (std::size_t i = 0; i < std::min(name.size(), length + 1); ++i) { // with the separator behind it
        const auto byte = static_cast<unsigned char>(name[i]);
        const bool plain =
            byte < 0x80 && (std::isalnum(byte) != 0 || byte == '.' || byte == '_' || byte == '/');
        if (plain)
            out += QLatin1Char(name[i]);
        else if ((byte & 0xc0u) != 0x80u) // what the language gives a meaning to is any one character
            out += QLatin1Char('?');
    }
    if (length < name.size())
        out += QLatin1Char('*');
    else if (!out.contains(QLatin1Char('?')))
        out.prepend(QLatin1Char('='));
    return out;
}

QString quotedForFilter(std::string_view text) {
    auto out = QString::fromUtf8(text.data(), qsizetype(text.size()));
    out.replace(QLatin1Char('\\'), QStringLiteral("\\\\")).replace(QLatin1Char('"'), QStringLiteral("\\\""));
    return QLatin1Char('"') + out + QLatin1Char('"');
}

} // namespace shardlens::ui
