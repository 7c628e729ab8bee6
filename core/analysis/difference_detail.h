// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "jobs/job_context.h"
#include "model/checkpoint.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace shardlens {

/// A slice that holds every difference.
struct SliceFit {
    SliceId slice;
    bool exact = false; ///< the differences reach to all its edges
};

/// Everything about where and how much two tensors of one shape differ. A value of bounded size, whatever the
/// tensors' sizes.
struct DifferenceDetail {
    std::uint64_t elements = 0;
    std::uint64_t count = 0;        ///< elements that differ by more than the tolerance
    std::uint64_t incomparable = 0; ///< of count: a NaN or an infinity on one side alone
    double maxAbs = 0, maxRel = 0;
    double meanAbs = 0;                      ///< over all elements, where the gap is finite
    std::uint64_t zerosA = 0, zerosB = 0;    ///< zeros among the elements that differ
    bool allZeroA = false, allZeroB = false; ///< the whole tensor

    /// The smallest box that holds every difference: [begin, end) a dim. Empty where nothing differs.
    Dims begin, end;
    std::optional<SliceFit> fitA, fitB;

    /// The largest |a - b| a point, row-major: dim 0 down and all others across; a tensor of one dim is one row.
    /// Infinite where a NaN meets a number; 0 where nothing differs.
    std::uint32_t mapRows = 0, mapColumns = 0;
    std::vector<float> map;

    /// Finite gaps above 0 by size: counts[i] of [edges[i], edges[i + 1]); edges are powers of two, or equal
    /// fractions between them.
    struct Histogram {
        std::vector<double> edges;
        std::vector<std::uint64_t> counts;
    } histogram;

    struct Example {
        Dims index;
        std::string a, b; ///< exact texts
        double gap = 0;
    };
    std::vector<Example> examples; ///< the first ones that differ
};

/// Reads both tensors once. Fails where one cannot be read, where their shapes differ, and when stopped.
Result<DifferenceDetail> differenceDetail(const CheckpointPtr& a, TensorId tensorA, const CheckpointPtr& b,
                                          TensorId tensorB, double tolerance, const JobContext& context);

/// The smallest slice of the tensor that holds all of [begin, end), where that is not the whole tensor.
std::optional<SliceFit> fitSlice(const Checkpoint& checkpoint, TensorId tensor, DimsView begin, DimsView end);

} // namespace shardlens
