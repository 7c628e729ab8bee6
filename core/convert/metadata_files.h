// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "model/checkpoint.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace shardlens::convert {

/// What NeMo AutoModel keeps beside its slices in `.hf_metadata/`.
inline constexpr std::string_view FileIndexMapping = "fqn_to_file_index_mapping.json";
inline constexpr std::string_view DTypeMapping = "fqn_to_dtype_mapping.json";

/// The entry of such a file, wherever its folder is said to lie.
std::optional<EntryId> findMetadataFile(const Checkpoint& checkpoint, std::string_view fileName);

/// Tensor name to dtype name; empty where nothing is recorded.
Result<std::map<std::string, std::string, std::less<>>> originalDTypes(const Checkpoint& checkpoint);

/// The part of a path after its last '/'.
std::string_view baseName(std::string_view path);

} // namespace shardlens::convert
