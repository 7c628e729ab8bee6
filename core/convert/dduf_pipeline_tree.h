// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "io/file_tree.h"

#include <string>

namespace shardlens::convert {

/// A pipeline's folder in which another file stands for model_index.json.
Result<FileTreePtr> withIndex(FileTreePtr folder, const std::string& indexFile);

} // namespace shardlens::convert
