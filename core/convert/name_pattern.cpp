// SPDX-License-Identifier: Apache-2.0
#include "convert/name_pattern.h"

#include "convert/metadata_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace shardlens::convert {

namespace {

constexpr std::string_view Suffix = "{suffix}";

std::string withSuffix(const std::string& pattern, std::string_view suffix) {
    auto name = pattern;
    if (const auto at = name.find(Suffix); at != std::string::npos)
        name.replace(at, Suffix.size(), suffix);
    return name;
}

/// Slices and pickles of a diffusers model are named like any others; its config tells.
bool isDiffusersConfig(const Checkpoint& source) {
    for (std::uint32_t i = 0; i != source.entryCount(); ++i) {
        const auto& entry = source.entry(EntryId(i));
        if (!entry.sideFile || (entry.name != "config.json" && entry.name != ".hf_metadata/config.json"))
            continue;
        const auto config = source.value(EntryId(i));
        return config && config->kind() == Value::Kind::Dict &&
               config->find("_diffusers_version").kind() == Value::Kind::String;
    }
    return false;
}

bool allDigits(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

} // namespace

std::string namePattern(const Checkpoint& source, const Options& options) {
    if (!options.namePattern.empty())
        return options.namePattern;
    for (std::uint32_t i = 0; i != source.fileCount(); ++i)
        if (baseName(source.file(FileId(i)).path).starts_with("diffusion_pytorch_model"))
            return "diffusion_pytorch_model{suffix}.safetensors";
    return isDiffusersConfig(source) ? "diffusion_pytorch_model{suffix}.safetensors"
                                     : "model{suffix}.safetensors";
}

std::string plainName(const std::string& pattern) {
    return withSuffix(pattern, {});
}

std::string numberedName(const std::string& pattern, std::size_t number, std::size_t count) {
    return withSuffix(pattern, fmt::format("-{:05}-of-{:05}", number, count));
}

std::string indexName(const std::string& pattern) {
    return plainName(pattern) + ".index.json";
}

bool hasSuffix(const std::string& pattern) {
    return pattern.find(Suffix) != std::string::npos;
}

std::string patternOf(const std::string& name) {
    const auto end = name.rfind(".safetensors");
    const auto of = name.rfind("-of-", end);
    if (end == std::string::npos || of == std::string::npos ||
        !allDigits(std::string_view(name).substr(of + 4, end - of - 4)))
        return name;
    const auto dash = of == 0 ? std::string::npos : name.rfind('-', of - 1);
    if (dash == std::string::npos || !allDigits(std::string_view(name).substr(dash + 1, of - dash - 1)))
        return name;
    return name.substr(0, dash) + std::string(Suffix) + name.substr(end);
}

bool isOfPattern(const std::string& pattern, const std::string& name) {
    if (name == plainName(pattern) || name == indexName(pattern))
        return true;
    const auto at = pattern.find(Suffix);
    if (at == std::string::npos)
        return false;
    const auto before = std::string_view(pattern).substr(0, at),
               after = std::string_view(pattern).substr(at + Suffix.size());
    if (name.size() < before.size() + after.size() || !name.starts_with(before) || !name.ends_with(after))
        return false;
    const auto middle =
        std::string_view(name).substr(before.size(), name.size() - before.size() - after.size());
    const auto of = middle.find("-of-");
    return middle.starts_with('-') && of != std::string_view::npos && allDigits(middle.substr(1, of - 1)) &&
           allDigits(middle.substr(of + 4));
}

} // namespace shardlens::convert
