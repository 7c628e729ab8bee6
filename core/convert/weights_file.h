// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "convert/chosen.h"
#include "convert/plan.h"
#include "convert/shard_layout.h"

#include <string>
#include <utility>
#include <vector>

namespace shardlens::convert {

using Metadata = std::vector<std::pair<std::string, std::string>>;

/// The file with its header and a piece a tensor. The header names tensors in the shard's order, and their
/// data has it too where that leaves every one at a multiple of its element's size; otherwise those of larger
/// elements come first.
Result<PlannedFile> planWeights(const Checkpoint& source, const Choice& choice, const Shard& shard,
                                const Metadata& metadata);

/// `model.safetensors.index.json` as huggingface_hub 2.4 writes it: indent 2, keys in saving order, no final
/// newline.
std::string indexText(const Choice& choice, const ShardLayout& layout, bool recordAliases);

} // namespace shardlens::convert
