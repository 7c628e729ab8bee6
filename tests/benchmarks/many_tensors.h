// SPDX-License-Identifier: Apache-2.0
// Folders of many tensors in many files, for measurements: headers are real, data are holes.
#pragma once

#include "formats/safetensors/writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace shardlens::benchmarks {

enum class Names {
    Deep,     ///< layers of experts, as a mixture of experts has them
    Flat,     ///< siblings without any branch
    Shuffled, ///< the deep ones in no order
};

inline std::vector<std::string> makeNames(Names kind, std::size_t files, std::size_t each) {
    static constexpr const char* parts[] = {"gate_proj", "up_proj", "down_proj"};
    std::vector<std::string> names;
    for (std::size_t file = 0; file < files; ++file)
        for (std::size_t i = 0; i < each; ++i)
            names.push_back(kind == Names::Flat
                                ? fmt::format("tensor_{}", file * each + i)
                                : fmt::format("model.layers.{}.mlp.experts.{}.{}.weight", file / 10,
                                              file % 10 * (each / 3 + 1) + i / 3, parts[i % 3]));
    if (kind == Names::Shuffled)
        std::ranges::shuffle(names, std::mt19937(7));
    return names;
}

inline void writeTensors(const std::filesystem::path& path, const std::vector<std::string>& names,
                         std::size_t begin, std::size_t end,
                         const std::vector<std::pair<std::string, std::string>>& metadata) {
    std::vector<safetensors::TensorToWrite> tensors;
    std::vector<Dims> shapes; // seven, by turns
    for (std::uint64_t i = 0; i < 7; ++i)
        shapes.push_back({64 + 16 * i, 768});
    for (auto i = begin; i < end; ++i)
        tensors.push_back({names[i], DType::BF16, shapes[i % shapes.size()]});
    const auto header = safetensors::buildHeader(tensors, {.metadata = metadata});
    std::ofstream out(path, std::ios::binary);
    out.write(reinterpret_cast<const char*>(header->bytes.data()),
              static_cast<std::streamsize>(header->bytes.size()));
    out.close();
    std::filesystem::resize_file(path, header->fileBytes);
}

/// Shards with an index; with `ranks`, files as a DCP of safetensors has them, a process rank each.
inline void writeFolder(const std::filesystem::path& folder, Names kind, std::size_t files, std::size_t each,
                        bool ranks) {
    std::filesystem::create_directories(folder);
    const auto names = makeNames(kind, files, each);
    std::string index = "{\n  \"metadata\": {},\n  \"weight_map\": {\n";
    for (std::size_t file = 0; file < files; ++file) {
        const auto begin = file * each, end = begin + each;
        if (ranks) {
            std::string info = "{";
            for (auto i = begin; i < end; ++i)
                info +=
                    fmt::format("{}\"{}\": {{\"saved_offsets\": [0, 0]}}", i > begin ? ", " : "", names[i]);
            writeTensors(folder / fmt::format("shard-{:05}-model-00001-of-00001.safetensors", file + 1),
                         names, begin, end,
                         {{"format", "pt"}, {"DCP_VERSION", "1.0"}, {"DCP_SHARDING_INFO", info + "}"}});
            continue;
        }
        const auto path = fmt::format("model-{:05}-of-{:05}.safetensors", file + 1, files);
        writeTensors(folder / path, names, begin, end, {{"format", "pt"}});
        for (auto i = begin; i < end; ++i)
            index += fmt::format("    \"{}\": \"{}\"{}\n", names[i], path, i + 1 < names.size() ? "," : "");
    }
    if (!ranks)
        std::ofstream(folder / "model.safetensors.index.json") << index << "  }\n}\n";
}

} // namespace shardlens::benchmarks
