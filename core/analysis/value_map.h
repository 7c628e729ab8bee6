// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "data/tensor_reader.h"
#include "jobs/job_context.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace shardlens {

/// A tensor's last two dims at one index of the others: where it begins in the row-major order of elements.
struct ValuePlane {
    std::uint64_t firstElement = 0;
    std::uint64_t rows = 1, columns = 1;

    bool operator==(const ValuePlane&) const = default;
};

/// A plane made small: each point is the value with the largest magnitude of the rectangle that it stands for.
/// Of complex values: their magnitudes.
struct ValueMap {
    enum Mark : std::uint8_t { HasNan = 1, HasPositiveInfinity = 2, HasNegativeInfinity = 4 };

    ValuePlane plane;
    std::uint32_t rows = 0, columns = 0;
    std::vector<double> values;      ///< row-major; NaN where a point has no finite value
    std::vector<std::uint8_t> marks; ///< what else a point holds
    double largest = 0;              ///< of all magnitudes
    double usual = 0;                ///< 98 % of the points have no larger magnitude; a scale for colours
    bool negative = false;           ///< some finite value is below zero

    std::size_t index(std::uint32_t row, std::uint32_t column) const {
        return std::size_t{row} * columns + column;
    }
    /// The first row, or column, of the plane that a point stands for; of the one after the last: their number.
    std::uint64_t rowAt(std::uint32_t row) const { return share(plane.rows, row, rows); }
    std::uint64_t columnAt(std::uint32_t column) const { return share(plane.columns, column, columns); }

    static std::uint64_t share(std::uint64_t all, std::uint64_t part, std::uint64_t parts);
};

/// Reads the plane once, on all threads. At most `most` points in either direction. Progress in bytes.
Result<ValueMap> mapValues(const TensorReader& reader, const ValuePlane& plane, std::uint32_t most,
                           const JobContext& context);

/// Packed elements as doubles, complex ones as magnitudes.
void decodeMagnitudesOrValues(DType dtype, std::span<const std::byte> packed, std::uint64_t firstBit,
                              std::span<double> out);

} // namespace shardlens
