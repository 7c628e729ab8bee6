// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>
#include <span>

namespace shardlens {

/// Running figures of values, mergeable. Mean and spread are kept per block and merged by Chan's formula, so
/// that they lose no digits over billions of values.
struct Moments {
    std::uint64_t finite = 0, zeros = 0, nan = 0, posinf = 0, neginf = 0, subnormal = 0, negative = 0;
    double min = std::numeric_limits<double>::infinity(), max = -std::numeric_limits<double>::infinity();
    double mean = 0;    ///< of the finite values
    double spread = 0;  ///< sum of squared distances from the mean
    double squares = 0; ///< sum of squares

    /// Adds a block of a few thousand values. `minNormal` is the dtype's smallest normal magnitude.
    void add(std::span<const double> block, double minNormal);
    /// Adds `count` equal values.
    void add(double value, std::uint64_t count, double minNormal);
    void merge(const Moments& other);
};

} // namespace shardlens
