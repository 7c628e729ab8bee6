// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "io/file_tree.h"

#include <span>
#include <string>
#include <string_view>

namespace shardlens::diffusers {

/// Why a file of a component's folder is no part of what can be used here, as a phrase: weights of Flax, ONNX,
/// OpenVINO, TensorFlow or GGUF, a trainer's state, documents. Empty for configs, tokenizer files and weights.
/// `names` is the whole folder, since OpenVINO's weights are only known by the .xml beside them.
std::string whyLeftOut(std::string_view name, std::span<const TreeName> names);

} // namespace shardlens::diffusers
