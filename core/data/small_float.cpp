// SPDX-License-Identifier: Apache-2.0
#include "data/small_float.h"

#include <cmath>
#include <limits>

namespace shardlens {

double SmallFloat::decode(std::uint32_t pattern) const {
    const auto magnitudeBits = exponentBits + mantissaBits;
    const auto magnitude = pattern & ((1u << magnitudeBits) - 1);
    const bool negative = hasSign && (pattern >> magnitudeBits & 1) != 0;
    const auto exponent = magnitude >> mantissaBits;
    const auto mantissa = magnitude & ((1u << mantissaBits) - 1);
    const auto highest = (1u << exponentBits) - 1;
    constexpr double NaN = std::numeric_limits<double>::quiet_NaN();
    if (specials == Specials::Ieee && exponent == highest)
        return mantissa != 0 ? NaN : negative ? -HUGE_VAL : HUGE_VAL;
    if (specials == Specials::OnlyNaN && magnitude == (1u << magnitudeBits) - 1)
        return NaN;
    if (specials == Specials::NegativeZeroIsNaN && negative && magnitude == 0)
        return NaN;
    const bool subnormal =
        exponent == 0 && hasSign; // F8_E8M0, the only one without a sign, has neither zero nor these
    const auto significand = static_cast<double>(subnormal ? mantissa : mantissa | (1u << mantissaBits));
    const int power = (subnormal ? 1 : static_cast<int>(exponent)) - bias - mantissaBits;
    const double value = std::ldexp(significand, power);
    return negative ? -value : value;
}

const SmallFloat* smallFloat(DType dtype) {
    using S = SmallFloat::Specials;
    static constexpr SmallFloat F16{5, 10, true, 15, S::Ieee}, BF16{8, 7, true, 127, S::Ieee};
    static constexpr SmallFloat E4M3{4, 3, true, 7, S::OnlyNaN}, E5M2{5, 2, true, 15, S::Ieee};
    static constexpr SmallFloat E4M3Fnuz{4, 3, true, 8, S::NegativeZeroIsNaN};
    static constexpr SmallFloat E5M2Fnuz{5, 2, true, 16, S::NegativeZeroIsNaN};
    static constexpr SmallFloat E8M0{8, 0, false, 127, S::OnlyNaN};
    static constexpr SmallFloat E2M3{2, 3, true, 1, S::None}, E3M2{3, 2, true, 3, S::None},
        E2M1{2, 1, true, 1, S::None};
    switch (dtype) {
    case DType::F16:
        return &F16;
    case DType::BF16:
        return &BF16;
    case DType::F8E4M3:
        return &E4M3;
    case DType::F8E5M2:
        return &E5M2;
    case DType::F8E4M3Fnuz:
        return &E4M3Fnuz;
    case DType::F8E5M2Fnuz:
        return &E5M2Fnuz;
    case DType::F8E8M0:
        return &E8M0;
    case DType::F6E2M3:
        return &E2M3;
    case DType::F6E3M2:
        return &E3M2;
    case DType::F4:
        return &E2M1;
    default:
        return nullptr;
    }
}

} // namespace shardlens
