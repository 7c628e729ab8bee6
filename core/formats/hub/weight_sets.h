// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "io/file_tree.h"

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace shardlens::hub {

/// Files of one folder that make one checkpoint, as far as names say.
struct WeightSet {
    std::string stem;                  ///< `model`; of several stems the most telling one
    std::string variant;               ///< `fp16`; empty for the plain one
    std::string index;                 ///< the index file's name; empty where there is none
    std::vector<std::string> files;    ///< sorted; beside an index those that belong to it by their names
    std::vector<std::string> leftover; ///< shards of another numbering, sorted
    bool slices = false;               ///< some names say that they are slices of ranks
    bool loose = false;                ///< several files, and no index and no numbering ties them together
    std::uint32_t count = 0;           ///< N of `-of-N` where the set is numbered and has no index
};

/// Whether an index names a file; may read the index.
using IndexNames = std::function<bool(const std::string& index, const std::string& file)>;

/// The safetensors files of a folder as sets, the obvious one first. Rules: an index makes a set of what it
/// names and of the shards that are named like it; without an index the plain files of a folder are one set
/// (slices and whole files mixed), and so are those of each variant, unless several stems are numbered or
/// several canonical stems (`model`, `adapter_model`) lie side by side: then each stem is a set.
std::vector<WeightSet> findWeightSets(std::span<const TreeName> names, const IndexNames& indexNames);

/// The set that a file or index of the folder belongs to, or null.
const WeightSet* findSetOf(std::span<const WeightSet> sets, std::string_view file);

} // namespace shardlens::hub
