// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/statistics.h"
#include "model/checkpoint.h"

#include <string>

namespace shardlens {

/// The titles of statistics as comma-separated values (RFC 4180), with the end of the line.
std::string statisticsCsvTitles();

/// One tensor's line under these titles, with its end.
std::string statisticsCsvLine(TensorView tensor, const Figures& figures);

} // namespace shardlens
