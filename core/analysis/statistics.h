// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "jobs/job_context.h"
#include "model/checkpoint.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

namespace shardlens {

/// How values are spread: counts[i] values lie in [edges[i], edges[i + 1]), the last bin holds its right edge
/// too. NaN and infinite values are in none.
struct Histogram {
    std::vector<double> edges; ///< one more than counts; empty where there are no finite values
    std::vector<std::uint64_t> counts;
};

/// The figures of one tensor, over all its elements. Of complex values: their magnitudes.
struct Figures {
    /// What quantiles are taken at.
    static constexpr std::array<double, 7> QuantilesAt{0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99};

    std::uint64_t count = 0;
    std::uint64_t zeros = 0, nan = 0, posinf = 0, neginf = 0;
    std::uint64_t subnormal = 0; ///< of the tensor's own dtype, zero not among them
    std::uint64_t negative = 0;  ///< below zero, −Inf among them, −0 not
    double min = 0, max = 0;     ///< of all but NaN; NaN where there are none
    double mean = 0;             ///< of the finite values; NaN where there are none, as std
    double std = 0;              ///< of the population (divided by n)
    double l2 = 0;               ///< of the finite values; 0 where there are none
    std::array<double, QuantilesAt.size()> quantiles{}; ///< of all but NaN, interpolated linearly
    /// Quantiles and histogram come from counts by sign, exponent and 8 bits of the mantissa, and what lies
    /// between is taken as spread evenly. Never set where elements have 16 bits or less.
    bool approximate = false;

    std::uint64_t finite() const { return count - nan - posinf - neginf; }
    /// The largest magnitude; NaN where there is none.
    double absMax() const;
};

/// The figures and how the values are spread.
struct Statistics : Figures {
    Histogram histogram;
};

struct StatisticsOptions {
    std::size_t bins = 96; ///< of the histogram; with 0 none is made
};

/// Reads the tensor once, in blocks, on all threads. The result does not depend on their number. Progress in
/// bytes.
Result<Statistics> computeStatistics(const CheckpointPtr& checkpoint, TensorId tensor,
                                     const StatisticsOptions& options, const JobContext& context);

struct TensorStatistics {
    TensorId tensor;
    std::optional<Statistics> statistics;
    std::optional<Error> problem;
};

/// The same for many, small tensors side by side and large ones one after the other on all threads; in the
/// order of `tensors`. Fails only when stopped.
Result<std::vector<TensorStatistics>> computeStatistics(const CheckpointPtr& checkpoint,
                                                        std::span<const TensorId> tensors,
                                                        const StatisticsOptions& options,
                                                        const JobContext& context);

/// Takes the figures of one tensor; `index` counts in the tensors that were asked for. Called from workers, by
/// several at once, in no order.
using StatisticsSink = std::function<void(std::size_t index, TensorStatistics figures)>;

/// The same, handing each tensor's figures out as soon as they are there and keeping none. Begins no stage.
Result<void> computeStatistics(const CheckpointPtr& checkpoint, std::span<const TensorId> tensors,
                               const StatisticsOptions& options, const JobContext& context,
                               const StatisticsSink& sink);

} // namespace shardlens
