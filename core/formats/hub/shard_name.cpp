// SPDX-License-Identifier: Apache-2.0
#include "formats/hub/shard_name.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace shardlens::hub {

namespace {

constexpr std::string_view Ending = ".safetensors";

// Words that stand for a variant whatever the stem is.
constexpr std::array<std::string_view, 16> VariantWords{"fp16", "bf16",  "fp32",    "fp8", "fp4",    "int8",
                                                        "int4", "nf4",   "non_ema", "ema", "no_ema", "f16",
                                                        "f32",  "mxfp4", "nvfp4",   "awq"};

constexpr std::array<std::string_view, 9> CanonicalStems{
    "model",           "diffusion_pytorch_model", "adapter_model", "pytorch_model",       "consolidated",
    "open_clip_model", "open_clip_pytorch_model", "optimizer",     "pytorch_lora_weights"};

bool isDigit(char c) {
    return c >= '0' && c <= '9';
}

bool isWordCharacter(char c) {
    return isDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/// The digits that end the text, cut off it. Nothing where there are none or more than a number holds.
std::optional<std::uint32_t> takeDigitsFromEnd(std::string_view& text) {
    std::size_t begin = text.size();
    while (begin > 0 && isDigit(text[begin - 1]))
        --begin;
    std::uint32_t number = 0;
    const auto [end, problem] = std::from_chars(text.data() + begin, text.data() + text.size(), number);
    if (problem != std::errc() || begin == text.size())
        return std::nullopt;
    text = text.substr(0, begin);
    return number;
}

bool takeSuffix(std::string_view& text, std::string_view suffix) {
    if (!text.ends_with(suffix))
        return false;
    text.remove_suffix(suffix.size());
    return true;
}

/// `-00001-of-00003` at the end, cut off the text.
std::optional<std::pair<std::uint32_t, std::uint32_t>> takeNumbering(std::string_view& text) {
    auto rest = text;
    const auto count = takeDigitsFromEnd(rest);
    if (!count || !takeSuffix(rest, "-of-"))
        return std::nullopt;
    const auto number = takeDigitsFromEnd(rest);
    if (!number || !takeSuffix(rest, "-") || *count == 0 || rest.empty())
        return std::nullopt;
    text = rest;
    return std::pair{*number, *count};
}

/// `.fp16` at the end, cut off the text. Any word counts behind a canonical stem, elsewhere only known ones:
/// `Qwen2.5-7B` and `pruned.v2` are names.
std::string takeVariant(std::string_view& text) {
    const auto dot = text.rfind('.');
    if (dot == std::string_view::npos || dot == 0 || dot + 1 == text.size())
        return {};
    const auto word = text.substr(dot + 1);
    const auto stem = text.substr(0, dot);
    const bool known = std::ranges::find(VariantWords, word) != VariantWords.end();
    if (!known && !(isCanonicalStem(stem) && std::ranges::all_of(word, isWordCharacter)))
        return {};
    text = stem;
    return std::string(word);
}

/// `shard-00002-` at the beginning, cut off the text; gives the rank, which is one less.
std::optional<std::uint32_t> takeRank(std::string_view& text) {
    constexpr std::string_view prefix = "shard-";
    if (!text.starts_with(prefix))
        return std::nullopt;
    const auto rest = text.substr(prefix.size());
    const auto dash = rest.find('-');
    if (dash == std::string_view::npos || dash + 1 == rest.size())
        return std::nullopt;
    auto digits = rest.substr(0, dash);
    const auto number = takeDigitsFromEnd(digits);
    if (!number || !digits.empty() || *number == 0)
        return std::nullopt;
    text = rest.substr(dash + 1);
    return *number - 1;
}

} // namespace

std::optional<ShardName> parseShardName(std::string_view file) {
    if (!takeSuffix(file, Ending) || file.empty())
        return std::nullopt;
    ShardName name;
    auto rest = file;
    const auto rank = takeRank(rest);
    auto numbered = rest;
    auto numbering = takeNumbering(numbered);
    if (numbering) {
        takeSuffix(numbered, Ending);
        name.variant = takeVariant(numbered);
    } else if (const auto dot = rest.rfind('.'); dot != std::string_view::npos) {
        numbered = rest.substr(0, dot);
        numbering = takeNumbering(numbered);
        if (numbering)
            name.variant = rest.substr(dot + 1);
    }
    if (numbering) {
        name.stem = numbered;
        name.number = numbering->first;
        name.count = numbering->second;
        name.rank = rank;
        return name;
    }
    name.variant = takeVariant(file);
    name.stem = file;
    return name;
}

std::optional<IndexName> parseIndexName(std::string_view file) {
    constexpr std::string_view marker = ".safetensors.index";
    const auto at = file.rfind(marker);
    if (at == std::string_view::npos || at == 0)
        return std::nullopt;
    auto stem = file.substr(0, at);
    auto tail = file.substr(at + marker.size());
    if (!takeSuffix(tail, ".json"))
        return std::nullopt;
    IndexName name;
    if (!tail.empty()) { // `.fp16`
        if (tail.front() != '.' || tail.size() == 1)
            return std::nullopt;
        name.variant = tail.substr(1);
    } else {
        name.variant = takeVariant(stem);
    }
    name.stem = stem;
    return name;
}

bool isCanonicalStem(std::string_view stem) {
    if (std::ranges::find(CanonicalStems, stem) != CanonicalStems.end())
        return true;
    // Accelerate saves further models as model_1, model_2, …
    auto rest = stem;
    return takeDigitsFromEnd(rest) && rest == "model_";
}

bool isPickleName(std::string_view file) {
    for (const std::string_view ending : {".bin", ".pt", ".pth", ".ckpt"})
        if (takeSuffix(file, ending)) {
            takeNumbering(file);
            takeVariant(file);
            return isCanonicalStem(file);
        }
    return false;
}

} // namespace shardlens::hub
