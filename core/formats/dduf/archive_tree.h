// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/byte_range.h"
#include "io/file_tree.h"

#include <string>
#include <utility>
#include <vector>

namespace shardlens::dduf {

/// Files that are parts of one source, by path. Ranges must lie within the source.
FileTreePtr windowTree(ByteSourcePtr source, std::vector<std::pair<std::string, ByteRange>> files);

} // namespace shardlens::dduf
