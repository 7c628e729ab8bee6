// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/value_groups.h"

#include <cstddef>
#include <cstdint>
#include <limits>

namespace shardlens {

/// Running figures of values, mergeable. Mean and spread are taken per block and merged by Chan's formula, so
/// that they lose no digits over billions of values; they are kept wider than a double, so that squares of F64
/// values neither overflow nor vanish.
struct Moments {
    std::uint64_t finite = 0, zeros = 0, nan = 0, posinf = 0, neginf = 0, subnormal = 0, negative = 0;
    double min = std::numeric_limits<double>::infinity(), max = -std::numeric_limits<double>::infinity();
    long double mean = 0;    ///< of the finite values
    long double spread = 0;  ///< sum of squared distances from the mean
    long double squares = 0; ///< sum of squares

    /// Between which all magnitudes of a block lie; `least` is 0 where not all values are normal numbers.
    struct Magnitudes {
        double least = 0, most = 0;
    };

    /// Adds a block of a few thousand packed F32 or F64. `minNormal` is the smallest normal magnitude of the
    /// dtype that the values come from, 0 where it has no subnormals.
    void addFloats(const std::byte* packed, std::size_t count, double minNormal);
    Magnitudes addDoubles(const double* values, std::size_t count, double minNormal);
    /// Adds groups of equal values.
    void addGroups(const ValueGroups& groups, double minNormal);
    void merge(const Moments& other);
};

} // namespace shardlens
