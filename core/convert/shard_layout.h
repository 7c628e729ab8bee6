// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "convert/chosen.h"
#include "convert/mapping.h"
#include "convert/options.h"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace shardlens::convert {

/// One file of weights and its tensors, in saving order.
struct Shard {
    std::string name;
    std::vector<std::size_t> tensors; ///< indices into Choice::tensors
};

struct ShardLayout {
    std::vector<Shard> shards;
    bool index = false;
    std::string pattern; ///< names the index: the files' own where a reference names them
    bool mapped = false; ///< the order in the files is a map's, not ours to change
};

/// Lays the chosen tensors out in files. Adds notes: names no map lists, names nothing holds, new numbers.
Result<ShardLayout> layOut(const Checkpoint& source, const std::optional<Mapping>& mapping,
                           const Options& options, const std::string& pattern, const std::string& onlyFile,
                           Choice& choice);

/// huggingface_hub's split_torch_state_dict_into_shards: a tensor above the limit is a file of its own, which
/// comes before the unfinished one; others fill a file while they fit. Sizes are those of `order`'s tensors.
std::vector<std::vector<std::size_t>> splitBySize(const std::vector<Chosen>& tensors,
                                                  const std::vector<std::size_t>& order,
                                                  std::uint64_t maxBytes);

} // namespace shardlens::convert
