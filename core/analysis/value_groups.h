// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

namespace shardlens {

/// So many values, all within [low, high]; all the same one where those are equal.
struct ValueGroup {
    double low = 0, high = 0;
    std::uint64_t count = 0;
};

/// Groups that do not meet, in rising order; NaN is in none.
using ValueGroups = std::vector<ValueGroup>;

} // namespace shardlens
