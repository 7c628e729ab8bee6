// SPDX-License-Identifier: Apache-2.0
#include "formats/diffusers/foreign_files.h"

#include "formats/hub/pickled_sets.h"
#include "formats/hub/shard_name.h"
#include "formats/hub/side_files.h"

#include <algorithm>
#include <array>

namespace shardlens::diffusers {

namespace {

struct Known {
    std::string_view ending;
    std::string_view reason;
};

constexpr std::array Endings = {
    Known{".msgpack", "Flax weights, which nothing here reads"},
    Known{".msgpack.index.json", "Flax weights, which nothing here reads"},
    Known{".onnx", "an ONNX model, which nothing here reads"},
    Known{".onnx_data", "weights of an ONNX model, which nothing here reads"},
    Known{".pb", "weights of an ONNX or TensorFlow model, which nothing here reads"},
    Known{".h5", "TensorFlow weights, which nothing here reads"},
    Known{".h5.index.json", "TensorFlow weights, which nothing here reads"},
    Known{".tflite", "a TensorFlow Lite model, which nothing here reads"},
    Known{".gguf", "a GGUF file (llama.cpp), which nothing here reads"},
    Known{".mlmodelc", "a Core ML model, which nothing here reads"},
    Known{".mlpackage", "a Core ML model, which nothing here reads"},
    Known{".engine", "a TensorRT engine, which nothing here reads"},
    Known{".plan", "a TensorRT engine, which nothing here reads"},
};

// What trainers leave beside weights under the ending of pickled weights.
constexpr std::array<std::string_view, 5> TrainerFiles{"training_args.bin", "optimizer.bin", "scheduler.bin",
                                                       "random_states_0.pkl", "scaler.pt"};

bool liesThere(std::span<const TreeName> names, std::string_view wanted) {
    const auto found = std::ranges::lower_bound(names, wanted, {}, &TreeName::name);
    return found != names.end() && found->name == wanted;
}

bool isOpenVino(std::string_view name, std::span<const TreeName> names) {
    if (name.starts_with("openvino_"))
        return true;
    if (!name.ends_with(".bin"))
        return false;
    return liesThere(names, std::string(name.substr(0, name.size() - 4)) + ".xml");
}

} // namespace

std::string whyLeftOut(std::string_view name, std::span<const TreeName> names) {
    for (const auto& [ending, reason] : Endings)
        if (name.ends_with(ending))
            return std::string(reason);
    if (isOpenVino(name, names))
        return "OpenVINO's, which nothing here reads";
    if (std::ranges::find(TrainerFiles, name) != TrainerFiles.end())
        return "a trainer's state, no weights";
    const bool weights = hub::parseShardName(name) || hub::parseIndexName(name) ||
                         hub::isPickledIndex(name) || hub::isPickleName(name) || name.ends_with(".bin") ||
                         name.ends_with(".pt") || name.ends_with(".pth") || name.ends_with(".ckpt");
    if (weights || hub::sideFileKind(name))
        return {};
    return "neither weights nor a config";
}

} // namespace shardlens::diffusers
