// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "jobs/job_context.h"
#include "model/checkpoint.h"
#include "model/columns.h"
#include "model/finding.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace shardlens {

/// What a CheckpointBuilder has collected, and what its build makes of it.
struct BuilderData {
    JobContext context;
    CheckpointFacts facts;
    TensorColumns tensors;
    SliceColumns slices;
    std::vector<FileRecord> files;
    std::vector<Region> regions;
    std::vector<EntryRecord> entries;
    std::vector<Alias> aliases;
    std::vector<Verdict> verdicts;
    Value metadata;
    std::shared_ptr<const CheckpointBackend> backend;
    Findings findings;
    bool tooManySlices = false;

    std::size_t tensorCount() const { return tensors.dtype.size(); }
    std::size_t sliceCount() const { return slices.tensor.size(); }
    DimsView shape(std::size_t tensor) const { return tensors.dims.at(tensors.shape[tensor]); }
    /// The box of a slice, whole ones included. Valid until dims are added; needs `slices.zero`.
    Box box(std::size_t slice) const;
};

/// Marks boxes that are the whole tensor, then brings slices into the order of tensors, each tensor's by
/// offset, then by file, and fills `tensors.firstSlice` and `slices.zero`.
Result<void> sortSlices(BuilderData& data);

/// Adds the findings of model/rules.h: coverage, bounds, stored ranges.
Result<void> checkSlices(BuilderData& data);

/// Findings with errors first, else in the order they came; then each tensor's `problem`.
void settleFindings(BuilderData& data);

} // namespace shardlens
