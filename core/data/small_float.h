// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/dtype.h"

#include <cstdint>

namespace shardlens {

/// How a float of at most 16 bits is made: sign, exponent, mantissa, and which patterns are no numbers.
/// (F8_E4M3, F8_E5M2, F8_E8M0, F6, F4: OCP 8-bit Floating Point and Microscaling Formats 1.0; FNUZ: Graphcore
/// and AMD, one NaN at 0x80, no infinity, no negative zero, a bias higher by one.)
struct SmallFloat {
    std::uint8_t exponentBits = 0;
    std::uint8_t mantissaBits = 0;
    bool hasSign = true;
    int bias = 0;
    enum class Specials : std::uint8_t {
        Ieee,    ///< the highest exponent holds infinities and NaNs
        OnlyNaN, ///< all ones are NaN, the rest of the highest exponent are numbers
        NegativeZeroIsNaN,
        None,
    } specials = Specials::Ieee;

    std::uint8_t bits() const {
        return static_cast<std::uint8_t>(exponentBits + mantissaBits + (hasSign ? 1 : 0));
    }
    double decode(std::uint32_t pattern) const;
};

/// Null for dtypes that are no such float.
const SmallFloat* smallFloat(DType dtype);

} // namespace shardlens
