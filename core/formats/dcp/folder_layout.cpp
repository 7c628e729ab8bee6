// SPDX-License-Identifier: Apache-2.0
#include "formats/dcp/folder_layout.h"

#include "formats/dcp/metadata_file.h"

#include <algorithm>
#include <utility>

namespace shardlens::dcp {

namespace {

bool isDigit(char c) {
    return c >= '0' && c <= '9';
}

// The digits at the beginning, without leading zeros.
std::string_view takeNumber(std::string_view& text) {
    std::size_t end = 0;
    while (end < text.size() && isDigit(text[end]))
        ++end;
    std::string_view digits = text.substr(0, end);
    text.remove_prefix(end);
    while (digits.size() > 1 && digits.front() == '0')
        digits.remove_prefix(1);
    return digits;
}

} // namespace

FolderLayout readLayout(const std::vector<TreeName>& names) {
    FolderLayout out;
    bool hasOne = false;
    std::vector<std::pair<std::uint32_t, std::string>> ranks;
    for (const TreeName& name : names) {
        if (name.kind != NameKind::File)
            continue;
        if (name.name == ".metadata") {
            hasOne = true;
        } else if (name.name == ".metadata.tmp") {
            out.hasTemporary = true;
        } else if (const auto rank = metadataRank(name.name)) {
            ranks.emplace_back(*rank, name.name);
        } else if (name.name.ends_with(".distcp")) {
            ++out.dataFiles;
            out.dataBytes += name.bytes;
        } else if (name.name.ends_with(".metadata") && out.foreignMetadata.empty()) {
            out.foreignMetadata = name.name;
        }
    }
    if (hasOne) {
        out.metadata.emplace_back(".metadata");
        return out;
    }
    std::ranges::sort(ranks);
    for (auto& [rank, name] : ranks)
        out.metadata.push_back(std::move(name));
    return out;
}

bool isCheckpointFile(std::string_view name) {
    return name == ".metadata" || name == ".metadata.tmp" || name.ends_with(".distcp") ||
           metadataRank(name).has_value();
}

bool naturallyLess(std::string_view a, std::string_view b) {
    while (!a.empty() && !b.empty()) {
        if (isDigit(a.front()) && isDigit(b.front())) {
            const std::string_view left = takeNumber(a);
            const std::string_view right = takeNumber(b);
            if (left != right)
                return left.size() != right.size() ? left.size() < right.size() : left < right;
        } else if (a.front() != b.front()) {
            return a.front() < b.front();
        } else {
            a.remove_prefix(1);
            b.remove_prefix(1);
        }
    }
    return a.size() < b.size();
}

} // namespace shardlens::dcp
