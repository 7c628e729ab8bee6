// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/statistics.h"
#include "analysis/value_groups.h"

#include <cstddef>

namespace shardlens {

/// Quantiles and, where `bins` is not 0, the histogram from groups of values. Exact where every group is one
/// value; else values are taken as spread evenly over their group's range.
void fillDistribution(Statistics& statistics, const ValueGroups& groups, std::size_t bins);

} // namespace shardlens
