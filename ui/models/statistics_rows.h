// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/document/filter_result.h"
#include "ui/document/tensor_figures.h"
#include "ui/models/tensor_rows.h"

#include <Qt>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace shardlens::ui {

enum class StatisticsColumn : std::uint8_t {
    Name,
    State,
    Min,
    Max,
    Mean,
    Std,
    L2,
    Zeros,
    Nan,
    Infinite,
    Subnormal,
    Negative,
    Low,
    Median,
    High,
    Type,
    Values,
};
inline constexpr int StatisticsColumnCount = 17;

/// The rows of the statistics table: figures that are there and match the filter, in the order of a column.
/// Derived in a worker; immutable.
struct StatisticsRows {
    FiguresTablePtr table; ///< keeps the figures
    std::vector<const TensorFigures*> rows;
    std::vector<std::int32_t> rowOf; ///< by tensor; −1 where it has no row
};
using StatisticsRowsPtr = std::shared_ptr<const StatisticsRows>;

/// Equal keys keep the natural order of names; what has no number comes last in either direction. State puts
/// NaN above infinite values, those above what cannot be read, then zeros alone, then equal bytes.
Result<StatisticsRowsPtr> sortStatistics(const NameTree& names, const FilterResult& filter,
                                         const FiguresTablePtr& table, StatisticsColumn column,
                                         Qt::SortOrder order, const JobContext& context);

/// The rows as a document: CSV and JSON as the command line's `stats` has them, without histograms. What could
/// not be read is left out of CSV and has no figures in JSON.
Result<std::string> statisticsText(const Checkpoint& checkpoint, const StatisticsRows& rows,
                                   TableFormat format, const JobContext& context);

} // namespace shardlens::ui
