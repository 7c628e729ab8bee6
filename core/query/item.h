// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/checkpoint.h"

#include <cstdint>
#include <string_view>
#include <vector>

namespace shardlens {

/// A tensor or an entry, as an item of a listing: tensors are 0 … tensorCount - 1, entries follow.
using ItemIndex = std::uint32_t;

std::uint32_t itemCount(const Checkpoint& checkpoint);
std::string_view itemName(const Checkpoint& checkpoint, ItemIndex item);
/// The parts of the item's path, at least one. An entry without cuts of its own branches at dots where it is
/// a value and at slashes where it is a file.
std::vector<std::string_view> itemPath(const Checkpoint& checkpoint, ItemIndex item);

} // namespace shardlens
