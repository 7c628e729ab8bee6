// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/pattern_counts.h"
#include "analysis/statistics.h"

#include <cstddef>

namespace shardlens {

/// Quantiles and histogram from counts of patterns; `statistics` has its counts, min and max already. Exact
/// where the patterns are values; else values are taken as spread evenly over each pattern's range.
void fillDistribution(Statistics& statistics, const PatternCounts& counts, std::size_t bins);

} // namespace shardlens
