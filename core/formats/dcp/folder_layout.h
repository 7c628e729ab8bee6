// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "io/file_tree.h"

#include <string>
#include <string_view>
#include <vector>

namespace shardlens::dcp {

/// What the names in a folder say about it.
struct FolderLayout {
    std::vector<std::string> metadata; ///< `.metadata`, or all `__N.metadata` by rank where there is none
    bool hasTemporary = false;         ///< .metadata.tmp
    std::uint64_t dataFiles = 0;
    std::uint64_t dataBytes = 0;
    std::string foreignMetadata; ///< `0.metadata` and the like: PaddlePaddle's

    bool isCheckpoint() const { return !metadata.empty(); }
};

FolderLayout readLayout(const std::vector<TreeName>& names);

/// True for a file that belongs to such a checkpoint by its name.
bool isCheckpointFile(std::string_view name);

/// Numbers in names compare by value: `step-9` before `step-10`.
bool naturallyLess(std::string_view a, std::string_view b);

} // namespace shardlens::dcp
