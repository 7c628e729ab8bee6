// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/difference_detail.h"
#include "ui/models/compare_result.h"

#include <QString>

namespace shardlens::ui {

/// Where the differences lie, in a sentence and what it means: `All differences lie in rows 2560 … 3071`,
/// `exactly the slice of rank 5 in A; B holds only zeros there`.
struct DifferenceText {
    QString title, explanation;
    bool telling = false; ///< a slice, zeros or one region: worth a warning's shape
};
DifferenceText differenceText(const CompareResult& result, TensorId inA, const DifferenceDetail& detail);

} // namespace shardlens::ui
