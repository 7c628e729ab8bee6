// SPDX-License-Identifier: Apache-2.0
#include "formats/dduf/entry_name.h"

#include "formats/dduf/rules.h"
#include "formats/diffusers/pipeline.h"
#include "io/path_guard.h"

#include <algorithm>
#include <array>
#include <string>

namespace shardlens::dduf {

Result<void> checkEntryName(std::string_view name) {
    const Location where{.file = {}, .offset = {}, .item = std::string(name)};
    if (name.size() > 1 && name.ends_with('/') && checkRelativePath(name.substr(0, name.size() - 1)))
        return fail(rules::dduf::FolderEntry, {}, where);
    if (const auto safe = checkRelativePath(name); !safe) {
        const auto& args = safe.error().args;
        const auto* reason = args.size() > 1 ? std::get_if<std::string>(&args[1]) : nullptr;
        return fail(rules::dduf::EntryName, {reason ? *reason : message(safe.error())}, where);
    }
    if (std::ranges::count(name, '/') > 1)
        return fail(rules::dduf::EntryTooDeep, {}, where);
    if (!isAllowedEnding(name))
        return fail(rules::dduf::EntryType, {}, where);
    return {};
}

bool isAllowedEnding(std::string_view name) {
    constexpr std::array<std::string_view, 4> endings{".json", ".safetensors", ".model", ".txt"};
    return std::ranges::any_of(endings, [&](std::string_view ending) { return name.ends_with(ending); });
}

std::string_view folderOf(std::string_view name) {
    const auto slash = name.find('/');
    return slash == std::string_view::npos ? std::string_view() : name.substr(0, slash);
}

bool isFolderConfig(std::string_view fileName) {
    return diffusers::isComponentConfig(fileName);
}

} // namespace shardlens::dduf
