// SPDX-License-Identifier: Apache-2.0
#include "convert/weights_file.h"

#include "convert/rules.h"
#include "formats/safetensors/writer.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <bit>
#include <numeric>

namespace shardlens::convert {

namespace {

/// Larger files may begin their data on a page: copies and readers that map files are faster for it.
constexpr std::uint64_t PageAlignedFrom = 16 * 1024 * 1024;

std::uint64_t elementAlignment(DType dtype) {
    return std::bit_floor(std::max<std::uint64_t>(bitsOf(dtype) / 8u, 1));
}

/// The order of the data, as indices into the shard's tensors.
std::vector<std::uint32_t> dataOrder(const std::vector<Chosen>& tensors,
                                     const std::vector<std::size_t>& shard) {
    std::vector<std::uint32_t> order(shard.size());
    std::iota(order.begin(), order.end(), 0u);
    std::uint64_t at = 0;
    bool aligned = true;
    for (const auto i : shard) {
        aligned = aligned && at % elementAlignment(tensors[i].dtype) == 0;
        at += tensors[i].bytes;
    }
    if (!aligned)
        std::ranges::stable_sort(order, std::ranges::greater(),
                                 [&](std::uint32_t i) { return elementAlignment(tensors[shard[i]].dtype); });
    return order;
}

/// As Python's json.dumps writes it: everything beyond ASCII escaped.
void appendPythonString(std::string& out, const std::string& text) {
    out += nlohmann::json(text).dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
}

} // namespace

Result<PlannedFile> planWeights(const Checkpoint& source, const Choice& choice, const Shard& shard,
                                const Metadata& metadata) {
    std::vector<safetensors::TensorToWrite> tensors;
    std::uint64_t bytes = 0;
    for (const auto i : shard.tensors) {
        const auto& chosen = choice.tensors[i];
        tensors.push_back({chosen.name, chosen.dtype, source.tensor(chosen.tensor).shape()});
        if (__builtin_add_overflow(bytes, chosen.bytes, &bytes) ||
            bytes > static_cast<std::uint64_t>(INT64_MAX) / 2)
            return fail(rules::ConvertPlanTooLarge);
    }
    const auto order = dataOrder(choice.tensors, shard.tensors);
    SHARDLENS_TRY(auto header, safetensors::buildHeader(
                                   tensors, {metadata, bytes >= PageAlignedFrom ? 4096u : 8u, order}));
    PlannedFile file;
    file.path = shard.name;
    file.bytes = header.fileBytes;
    file.pieces.reserve(order.size() + 1);
    file.tensors.reserve(order.size());
    const auto headerBytes = std::uint64_t{header.bytes.size()};
    file.pieces.push_back(
        {0, headerBytes, Literal{{reinterpret_cast<const char*>(header.bytes.data()), header.bytes.size()}}});
    for (const auto i : shard.tensors)
        file.tensors.push_back(choice.tensors[i].name);
    for (const auto at : order) {
        const auto& chosen = choice.tensors[shard.tensors[at]];
        if (chosen.bytes != 0)
            file.pieces.push_back(
                {header.offsets[at], chosen.bytes, TensorRange{0, chosen.tensor, chosen.dtype}});
    }
    return file;
}

std::string indexText(const Choice& choice, const ShardLayout& layout, bool recordAliases) {
    std::uint64_t total = 0;
    for (const auto& shard : layout.shards)
        for (const auto i : shard.tensors)
            total += choice.tensors[i].bytes;
    std::string text = "{\n  \"metadata\": {\n    \"total_size\": " + std::to_string(total);
    const auto line = [&text](const std::string& key, const std::string& value) {
        text += "\n    ";
        appendPythonString(text, key);
        text += ": ";
        appendPythonString(text, value);
    };
    if (recordAliases)
        for (const auto& alias : choice.aliases) {
            text += ',';
            line(alias.dropped, alias.kept);
        }
    text += "\n  },\n  \"weight_map\": {";
    bool first = true;
    for (const auto& shard : layout.shards)
        for (const auto i : shard.tensors) {
            if (!first)
                text += ',';
            first = false;
            line(choice.tensors[i].name, shard.name);
        }
    return text + "\n  }\n}";
}

} // namespace shardlens::convert
