// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "support/temp_folder.h"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace shardlens::test {

/// A safetensors file of F32 vectors of `elements` each, whose bytes depend on their names.
inline std::string safetensorsText(const std::vector<std::string>& names, std::size_t elements = 4) {
    auto header = nlohmann::ordered_json::object();
    std::string data;
    for (const auto& name : names) {
        const auto begin = data.size();
        for (std::size_t i = 0; i != elements * 4; ++i)
            data += static_cast<char>(name[i % name.size()] ^ static_cast<char>(i * 7));
        header[name] = {{"dtype", "F32"}, {"shape", {elements}}, {"data_offsets", {begin, data.size()}}};
    }
    auto text = header.dump();
    text.resize((text.size() + 7) / 8 * 8, ' ');
    std::string out;
    for (int i = 0; i != 8; ++i)
        out += static_cast<char>(text.size() >> (8 * i));
    return out + text + data;
}

/// An index of shards: tensor, file.
inline std::string indexText(const std::vector<std::pair<std::string, std::string>>& map) {
    auto index = nlohmann::ordered_json::object();
    index["metadata"] = {{"total_size", 16 * map.size()}};
    index["weight_map"] = nlohmann::ordered_json::object();
    for (const auto& [tensor, file] : map)
        index["weight_map"][tensor] = file;
    return index.dump(2);
}

/// A small sound pipeline: a scheduler, a tokenizer, a transformers and a diffusers component.
inline void writePipeline(const TempFolder& temp, const std::string& at = "pipe") {
    temp.write(at + "/model_index.json", R"({
  "_class_name": "TinyPipeline",
  "scheduler": ["diffusers", "DDIMScheduler"],
  "text_encoder": ["transformers", "CLIPTextModel"],
  "tokenizer": ["transformers", "CLIPTokenizer"],
  "image_encoder": [null, null],
  "unet": ["diffusers", "UNet2DConditionModel"],
  "requires_safety_checker": true
}
)");
    temp.write(at + "/scheduler/scheduler_config.json", "{}");
    temp.write(at + "/tokenizer/tokenizer_config.json", "{}");
    temp.write(at + "/tokenizer/merges.txt", "");
    temp.write(at + "/text_encoder/config.json", "{}");
    temp.write(at + "/text_encoder/model.safetensors", safetensorsText({"wte", "wpe"}));
    temp.write(at + "/unet/config.json", "{}");
    temp.write(at + "/unet/diffusion_pytorch_model.safetensors", safetensorsText({"conv"}));
}

} // namespace shardlens::test
