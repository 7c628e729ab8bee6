// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "convert/plan.h"

#include <string>
#include <string_view>

namespace shardlens::convert {

/// Why this cannot be the name of an entry in a DDUF archive, as a phrase; empty where it can.
std::string whyNoEntry(std::string_view name);

/// The name that a file of weights, or an index, has once its variant is the only one:
/// `model.fp16-00001-of-00002.safetensors` becomes `model-00001-of-00002.safetensors`.
std::string plainWeightName(const std::string& file);
std::string plainIndexName(const std::string& file);

/// What an entry of this name is.
PlannedFile::Role roleOf(std::string_view entry);

/// `unet/config.json`: the folder `unet`; empty at the root.
std::string_view folderOf(std::string_view entry);

} // namespace shardlens::convert
