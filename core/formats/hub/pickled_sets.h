// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "formats/hub/weight_sets.h"
#include "io/file_tree.h"
#include "jobs/job_context.h"

#include <span>
#include <string_view>
#include <vector>

namespace shardlens::hub {

/// The torch.save files of a folder as sets, by the same rules as findWeightSets:
/// `pytorch_model.bin.index.json` and its shards, numbered shards without an index, variants; every other
/// .pt, .pth and .ckpt is a set of its own. Reads indexes alone.
std::vector<WeightSet> findPickledSets(const FileTree& folder, std::span<const TreeName> names,
                                       const JobContext& context);

/// `….bin.index.json` in any of its forms.
bool isPickledIndex(std::string_view file);

} // namespace shardlens::hub
