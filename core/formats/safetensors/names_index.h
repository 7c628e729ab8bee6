// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/columns.h"

#include <cstdint>
#include <utility>
#include <vector>

namespace shardlens::safetensors {

/// Pairs (later, first) of texts that stand more than once in the pool, by rising `later`; `first` is the
/// text's first place. Hashed with a seed drawn per process, so that no file can choose names that collide.
std::vector<std::pair<std::uint32_t, std::uint32_t>> findRepeated(const TextPool& names);

} // namespace shardlens::safetensors
