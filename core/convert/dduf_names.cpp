// SPDX-License-Identifier: Apache-2.0
#include "convert/dduf_names.h"

#include "base/escape.h"
#include "convert/metadata_files.h"
#include "formats/hub/shard_name.h"
#include "io/path_guard.h"

#include <fmt/format.h>

#include <algorithm>

namespace shardlens::convert {

std::string whyNoEntry(std::string_view name) {
    if (const auto safe = checkRelativePath(name); !safe) {
        const auto& args = safe.error().args;
        const auto* reason = args.size() > 1 ? std::get_if<std::string>(&args[1]) : nullptr;
        return reason != nullptr ? *reason : "it is unsafe";
    }
    if (!isValidUtf8(name))
        return "it is not UTF-8";
    if (std::ranges::count(name, '/') > 1)
        return "it lies more than one folder deep";
    const auto dot = name.rfind('.');
    const auto ending = dot == name.npos ? std::string_view() : name.substr(dot);
    if (ending != ".json" && ending != ".safetensors" && ending != ".model" && ending != ".txt")
        return "DDUF does not allow files of its kind";
    return {};
}

std::string plainWeightName(const std::string& file) {
    const auto name = hub::parseShardName(file);
    if (!name || name->variant.empty() || name->isSliceFile())
        return file;
    const auto number =
        name->number ? fmt::format("-{:05}-of-{:05}", *name->number, name->count) : std::string();
    return name->stem + number + ".safetensors";
}

std::string plainIndexName(const std::string& file) {
    const auto name = hub::parseIndexName(file);
    return !name || name->variant.empty() ? file : name->stem + ".safetensors.index.json";
}

PlannedFile::Role roleOf(std::string_view entry) {
    if (entry.ends_with(".safetensors"))
        return PlannedFile::Role::Weights;
    return hub::parseIndexName(baseName(entry)) ? PlannedFile::Role::Index : PlannedFile::Role::Side;
}

std::string_view folderOf(std::string_view entry) {
    const auto slash = entry.find('/');
    return slash == entry.npos ? std::string_view() : entry.substr(0, slash);
}

} // namespace shardlens::convert
