// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/dtype.h"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

namespace shardlens {

/// What one pass over a block of values tells, and a second one while it is still in the first cache.
struct BlockFigures {
    std::uint64_t zeros = 0, negative = 0; ///< −0 is a zero, and not negative
    std::uint64_t notFinite = 0;
    std::uint64_t belowNormal = 0; ///< in magnitude below the smallest normal one, zeros among them
    double min = std::numeric_limits<double>::infinity(); ///< of all but NaN, as max
    double max = -std::numeric_limits<double>::infinity();
    double least = 0;  ///< the smallest magnitude where all values are normal numbers, else 0
    double mean = 0;   ///< of the finite values
    double spread = 0; ///< sum of their squared distances from the mean
};

/// Of at most some thousand values, packed at any address: all of F32, or all of F64.
BlockFigures figuresOfFloats(const std::byte* packed, std::size_t count, double minNormal);
BlockFigures figuresOfDoubles(const std::byte* packed, std::size_t count, double minNormal);

/// Packed U32, I32, QI32, U64 or I64 to the nearest doubles.
void widenIntegers(DType dtype, const std::byte* packed, std::span<double> out);

/// Values among words of 16, 32 or 64 bits of an IEEE-like type, told by their bits.
struct SpecialCounts {
    std::uint64_t nan = 0, infinite = 0, zeros = 0;
};
/// `exponent` masks the exponent's bits.
SpecialCounts countSpecials(unsigned bits, std::uint64_t exponent, std::span<const std::byte> packed);

} // namespace shardlens
