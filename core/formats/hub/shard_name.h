// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace shardlens::hub {

/// What a weight file's name says. The forms (huggingface_hub, transformers, diffusers, PyTorch's
/// HuggingFaceStorageWriter):
///   model.safetensors, model.fp16.safetensors
///   model-00001-of-00003.safetensors, model.fp16-00001-of-00003.safetensors
///   model-00001-of-00003.fp16.safetensors, model.safetensors-00001-of-00003.safetensors
///   shard-00002-model-00001-of-00003.safetensors
struct ShardName {
    std::string stem;    ///< `model`, `diffusion_pytorch_model`; all but the ending where no form matches
    std::string variant; ///< `fp16`; empty for the plain one
    std::optional<std::uint32_t> number; ///< 1 in `-00001-of-00003`
    std::uint32_t count = 0;             ///< 3; 0 where there is no number
    std::optional<std::uint32_t> rank;   ///< of a slice file `shard-00002-…`: the process rank, 1

    bool isSliceFile() const { return rank.has_value(); }
};

/// Nothing where the name does not end in `.safetensors`.
std::optional<ShardName> parseShardName(std::string_view file);

/// What an index file's name says: `model.safetensors.index.json`, `model.safetensors.index.fp16.json`,
/// `model.fp16.safetensors.index.json`.
struct IndexName {
    std::string stem;
    std::string variant;
};

/// Nothing where it is no name of an index of safetensors files.
std::optional<IndexName> parseIndexName(std::string_view file);

/// Stems under which libraries save a model's weights: `model`, `diffusion_pytorch_model`, `adapter_model`, …
bool isCanonicalStem(std::string_view stem);

/// True where libraries would save pickled weights under this name: `pytorch_model.bin`, `model.pt`, …
bool isPickleName(std::string_view file);

} // namespace shardlens::hub
