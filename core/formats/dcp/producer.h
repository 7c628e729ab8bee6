// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "formats/dcp/metadata_file.h"
#include "io/file_tree.h"

#include <string>
#include <string_view>
#include <vector>

namespace shardlens::dcp {

/// Who wrote a checkpoint, as far as names and metadata prove.
struct Producer {
    std::string trainer; ///< `torchtitan`, `Megatron-Core`, …; empty where nothing tells
    std::string torch;   ///< `PyTorch 2.9 or newer`, from the classes' modules and fields
    bool isMegatron = false;

    std::string text() const; ///< both in one line
};

/// From the names in the folder and the folder's own path: what a survey can tell.
std::string trainerOfFolder(std::string_view path, const std::vector<TreeName>& names);

/// The same, and the keys and classes of the metadata.
Producer recogniseProducer(std::string_view path, const std::vector<TreeName>& names,
                           const MetadataFile& metadata);

} // namespace shardlens::dcp
