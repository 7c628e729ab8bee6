// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/statistics.h"
#include "app/cli/session.h"

#include <string>

namespace shardlens::cli {

/// The fields of `stats` of one tensor from `count` on, without the braces.
void writeStatistics(JsonWriter& json, const Statistics& statistics);

/// Figures and a small histogram for people.
void printStatistics(Session& session, const Statistics& statistics);

/// A number with few digits: `1.19e-05`, `NaN`.
std::string shortNumber(double number);

} // namespace shardlens::cli
