// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/document/filter_result.h"
#include "ui/models/finding_marks.h"

#include <Qt>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace shardlens::ui {

enum class TensorColumn : std::uint8_t { Name, Type, Shape, Parameters, Size, Slices, File, Finding };
inline constexpr int TensorColumnCount = 8;

/// The rows of the flat table: tensors that match, in the order of a column. Derived in a worker; immutable.
struct TensorRows {
    std::vector<std::uint32_t> tensors;
};
using TensorRowsPtr = std::shared_ptr<const TensorRows>;

/// Equal keys keep the natural order of names, also where the column falls.
Result<TensorRowsPtr> sortTensors(const NameTree& names, const FilterResult& filter,
                                  const FindingMarks* marks, TensorColumn column, Qt::SortOrder order,
                                  const JobContext& context);

enum class TableFormat : std::uint8_t { Csv, Json };
/// The rows as a document, for files and the clipboard. CSV as in RFC 4180, with a header; JSON as the
/// command line's `ls --json`, without the slices' byte ranges.
Result<std::string> tableText(const Checkpoint& checkpoint, const std::vector<std::uint32_t>& tensors,
                              TableFormat format, const JobContext& context);

/// `__0_0.distcp`, or `__0_0.distcp and 7 more` in translation: the files of a tensor's slices, raw name
/// first.
struct TensorFiles {
    FileId first;
    std::uint32_t others = 0; ///< further files, at most as many as were looked at
};
TensorFiles filesOf(const Checkpoint& checkpoint, TensorId tensor);

} // namespace shardlens::ui
