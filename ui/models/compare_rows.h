// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "query/filter.h"
#include "ui/models/compare_result.h"

#include <QtGlobal>

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

namespace shardlens::ui {

enum class CompareClass : std::uint8_t { Different, OnlyA, OnlyB, Same };
inline constexpr std::size_t CompareClassCount = 4;

enum class CompareColumn : std::uint8_t { Name, Type, MaxDifference, Values, Share, Where };
inline constexpr int CompareColumnCount = 6;

/// What a filter leaves of a comparison, in the order of a column. Derived in a worker; immutable.
struct CompareRows {
    /// For each class places in the comparison's list of it.
    std::array<std::vector<std::uint32_t>, CompareClassCount> items;
};
using CompareRowsPtr = std::shared_ptr<const CompareRows>;

/// How many tensors a class has, whatever the filter.
std::size_t classSize(const Comparison& comparison, CompareClass which);
/// The tensors of one place in a class; one of them is invalid where a side has none.
std::pair<TensorId, TensorId> tensorsAt(const Comparison& comparison, CompareClass which,
                                        std::uint32_t place);

/// A pair stays where the filter takes either of its tensors. Equal keys keep the natural order of names.
Result<CompareRowsPtr> arrange(const CompareResult& result, const Filter& filter, CompareColumn column,
                               bool descending, const JobContext& context);

} // namespace shardlens::ui
