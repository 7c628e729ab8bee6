// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "jobs/job_context.h"
#include "model/checkpoint.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace shardlens::cli {

/// A range of one dim, as Python writes it.
struct DimRange {
    std::uint64_t begin = 0, end = 0;
    bool single = false; ///< `3` instead of `3:4`: the dim vanishes from the result

    std::uint64_t size() const { return end - begin; }
};

/// `[0:4, :8]`: one range a dim, the last ones may be missing; negative numbers count from the end, ranges
/// are cut to the shape as Python does, single indices must exist. Fails with `cli.bad-values`.
Result<std::vector<DimRange>> parseValueSlice(std::string_view text, DimsView shape);

/// The first few values of each dim: what is shown where nothing is asked for.
std::vector<DimRange> cornerOf(DimsView shape);

/// The slice's elements exactly, as text, in row-major order. At most a million of them
/// (`cli.too-many-values`).
Result<std::vector<std::string>> readValues(const CheckpointPtr& checkpoint, TensorId tensor,
                                            const std::vector<DimRange>& ranges, const JobContext& context);

} // namespace shardlens::cli
