// SPDX-License-Identifier: Apache-2.0
// Compiled once for every instruction set that Highway knows here; the best one is chosen when the program
// runs.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "data/cast.cpp"
#include "data/cast.h"

#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <utility>

HWY_BEFORE_NAMESPACE();
namespace shardlens::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using Words = hn::ScalableTag<std::uint32_t>;
using Floats = hn::Rebind<float, Words>;
using SignedWords = hn::Rebind<std::int32_t, Words>;
using Halves = hn::Rebind<std::uint16_t, Words>;
using V = hn::Vec<Words>;

constexpr std::uint32_t Infinity = 0x7f800000, QuietBit = 0x00400000;

/// Bits of 16-bit floats in the low halves of words to bits of F32: exact.
struct FromBrain {
    static V widen(V brain) {
        const Words d;
        const auto bits = hn::ShiftLeft<16>(brain);
        const auto isNaN = hn::Gt(hn::And(bits, hn::Set(d, 0x7fffffffu)), hn::Set(d, Infinity));
        return hn::Or(bits, hn::IfThenElseZero(isNaN, hn::Set(d, QuietBit)));
    }
};

struct FromHalf {
    static V widen(V half) {
        const Words d;
        const Floats df;
        const auto magnitude = hn::And(half, hn::Set(d, 0x7fffu));
        const auto sign = hn::ShiftLeft<16>(hn::And(half, hn::Set(d, 0x8000u)));
        const auto moved = hn::ShiftLeft<13>(magnitude);
        const auto normal = hn::Add(moved, hn::Set(d, (127u - 15u) << 23));
        const auto special = hn::Or(moved, hn::Set(d, Infinity));
        const auto quiet = hn::IfThenElseZero(hn::Gt(magnitude, hn::Set(d, 0x7c00u)), hn::Set(d, QuietBit));
        // A subnormal is mantissa · 2^-24: put the mantissa under 2^-14's exponent and take 2^-14 away.
        const auto base = hn::Set(d, 113u << 23);
        const auto small =
            hn::BitCast(d, hn::Sub(hn::BitCast(df, hn::Add(moved, base)), hn::BitCast(df, base)));
        auto out = hn::IfThenElse(hn::Lt(magnitude, hn::Set(d, 0x0400u)), small, normal);
        out = hn::IfThenElse(hn::Lt(magnitude, hn::Set(d, 0x7c00u)), out, hn::Or(special, quiet));
        return hn::Or(out, sign);
    }
};

/// Bits of F32 to bits of 16-bit floats, rounded; the infinite pattern is `inf`.
struct ToBrain {
    static constexpr std::uint32_t Inf = 0x7f80;
    static V narrow(V bits) {
        const Words d;
        const auto magnitude = hn::And(bits, hn::Set(d, 0x7fffffffu));
        const auto odd = hn::And(hn::ShiftRight<16>(bits), hn::Set(d, 1u));
        const auto rounded = hn::ShiftRight<16>(hn::Add(bits, hn::Add(odd, hn::Set(d, 0x7fffu))));
        const auto quiet = hn::Or(hn::ShiftRight<16>(bits), hn::Set(d, QuietBit >> 16));
        return hn::IfThenElse(hn::Gt(magnitude, hn::Set(d, Infinity)), quiet, rounded);
    }
};

struct ToHalf {
    static constexpr std::uint32_t Inf = 0x7c00;
    static V narrow(V bits) {
        const Words d;
        const Floats df;
        const auto magnitude = hn::And(bits, hn::Set(d, 0x7fffffffu));
        const auto sign = hn::ShiftRight<16>(hn::And(bits, hn::Set(d, 0x80000000u)));
        const auto odd = hn::And(hn::ShiftRight<13>(magnitude), hn::Set(d, 1u));
        const auto biased =
            hn::Sub(hn::Add(magnitude, hn::Add(odd, hn::Set(d, 0x0fffu))), hn::Set(d, (127u - 15u) << 23));
        const auto normal = hn::ShiftRight<13>(biased);
        // Adding 0.5 puts the last kept bit, 2^-24, at the end of the mantissa: the addition rounds.
        const auto half = hn::Set(d, 126u << 23);
        const auto small =
            hn::Sub(hn::BitCast(d, hn::Add(hn::BitCast(df, magnitude), hn::BitCast(df, half))), half);
        const auto isNaN = hn::Gt(magnitude, hn::Set(d, Infinity));
        const auto payload = hn::And(hn::ShiftRight<13>(magnitude), hn::Set(d, 0x01ffu));
        const auto special = hn::IfThenElse(isNaN, hn::Or(payload, hn::Set(d, 0x7e00u)), hn::Set(d, Inf));
        auto out = hn::IfThenElse(hn::Lt(magnitude, hn::Set(d, 113u << 23)), small, normal);
        out = hn::IfThenElse(hn::Lt(magnitude, hn::Set(d, (127u + 16u) << 23)), out, special);
        return hn::Or(out, sign);
    }
};

template <typename To>
std::uint64_t overflowsIn(V before, V after) {
    const Words d;
    const auto finite = hn::Lt(hn::And(before, hn::Set(d, 0x7fffffffu)), hn::Set(d, Infinity));
    const auto infinite = hn::Eq(hn::And(after, hn::Set(d, 0x7fffu)), hn::Set(d, To::Inf));
    return hn::CountTrue(d, hn::And(finite, infinite));
}

/// Calls `step(at)` for whole vectors and, for what is left, on padded copies. Element sizes in bytes.
template <std::size_t InBytes, std::size_t OutBytes, typename Step>
void forVectors(const std::byte* in, std::byte* out, std::size_t count, const Step& step) {
    const auto lanes = hn::Lanes(Words());
    std::size_t at = 0;
    for (; at + lanes <= count; at += lanes)
        step(in + at * InBytes, out + at * OutBytes);
    if (at == count)
        return;
    alignas(64) std::byte paddedIn[hn::MaxLanes(Words()) * 4] = {};
    alignas(64) std::byte paddedOut[hn::MaxLanes(Words()) * 4] = {};
    std::memcpy(paddedIn, in + at * InBytes, (count - at) * InBytes);
    step(paddedIn, paddedOut);
    std::memcpy(out + at * OutBytes, paddedOut, (count - at) * OutBytes);
}

V load32(const std::byte* from) {
    return hn::LoadU(Words(), reinterpret_cast<const std::uint32_t*>(from));
}
void store32(V bits, std::byte* to) {
    hn::StoreU(bits, Words(), reinterpret_cast<std::uint32_t*>(to));
}
V load16(const std::byte* from) {
    return hn::PromoteTo(Words(), hn::LoadU(Halves(), reinterpret_cast<const std::uint16_t*>(from)));
}
void store16(V bits, std::byte* to) {
    const auto narrow = hn::DemoteTo(Halves(), hn::BitCast(SignedWords(), bits)); // all below 2^16
    hn::StoreU(narrow, Halves(), reinterpret_cast<std::uint16_t*>(to));
}

template <typename To>
std::uint64_t narrowFloats(const std::byte* in, std::byte* out, std::size_t count) {
    std::uint64_t overflows = 0;
    forVectors<4, 2>(in, out, count, [&overflows](const std::byte* from, std::byte* to) {
        const auto bits = load32(from);
        const auto narrow = To::narrow(bits);
        overflows += overflowsIn<To>(bits, narrow);
        store16(narrow, to);
    });
    return overflows;
}

template <typename From>
std::uint64_t widenToFloats(const std::byte* in, std::byte* out, std::size_t count) {
    forVectors<2, 4>(in, out, count,
                     [](const std::byte* from, std::byte* to) { store32(From::widen(load16(from)), to); });
    return 0;
}

/// One 16-bit float to the other: exact to F32, then rounded once.
template <typename From, typename To>
std::uint64_t across(const std::byte* in, std::byte* out, std::size_t count) {
    std::uint64_t overflows = 0;
    forVectors<2, 2>(in, out, count, [&overflows](const std::byte* from, std::byte* to) {
        const auto bits = From::widen(load16(from));
        const auto narrow = To::narrow(bits);
        overflows += overflowsIn<To>(bits, narrow);
        store16(narrow, to);
    });
    return overflows;
}

template <typename T>
T loadAs(const std::byte* from) {
    T value;
    std::memcpy(&value, from, sizeof value);
    return value;
}

std::uint64_t floatsToDoubles(const std::byte* in, std::byte* out, std::size_t count) {
    for (std::size_t i = 0; i != count; ++i) {
        const auto value = static_cast<double>(loadAs<float>(in + i * 4));
        std::memcpy(out + i * 8, &value, 8);
    }
    return 0;
}

std::uint64_t doublesToFloats(const std::byte* in, std::byte* out, std::size_t count) {
    std::uint64_t overflows = 0;
    for (std::size_t i = 0; i != count; ++i) {
        const auto value = loadAs<double>(in + i * 8);
        const auto narrow = static_cast<float>(value);
        overflows += std::isinf(narrow) && !std::isinf(value) ? 1 : 0;
        std::memcpy(out + i * 4, &narrow, 4);
    }
    return overflows;
}

/// The F32 next to a double that tells on which side it lies: inexact values get an odd last bit. Rounding
/// that once more to at most 22 bits of mantissa gives what rounding the double would.
std::uint32_t roundToOdd(double value) {
    const auto nearest = static_cast<float>(value);
    auto bits = std::bit_cast<std::uint32_t>(nearest);
    const auto back = static_cast<double>(nearest);
    const bool above = std::fabs(back) > std::fabs(value);
    const bool inexact = back < value || back > value; // false for NaN
    bits -= above ? 1u : 0u;
    bits |= inexact ? 1u : 0u;
    return bits;
}

/// Blocks of `Between` bits on the stack join two kernels that both stay in the L1 cache.
constexpr std::size_t Block = 1024;

template <typename To>
std::uint64_t narrowDoubles(const std::byte* in, std::byte* out, std::size_t count) {
    alignas(64) std::uint32_t odd[Block];
    std::uint64_t overflows = 0;
    for (std::size_t at = 0; at < count; at += Block) {
        const auto size = count - at < Block ? count - at : Block;
        for (std::size_t i = 0; i != size; ++i)
            odd[i] = roundToOdd(loadAs<double>(in + (at + i) * 8));
        overflows += narrowFloats<To>(reinterpret_cast<const std::byte*>(odd), out + at * 2, size);
    }
    return overflows;
}

template <typename From>
std::uint64_t widenToDoubles(const std::byte* in, std::byte* out, std::size_t count) {
    alignas(64) std::byte floats[Block * 4];
    for (std::size_t at = 0; at < count; at += Block) {
        const auto size = count - at < Block ? count - at : Block;
        widenToFloats<From>(in + at * 2, floats, size);
        floatsToDoubles(floats, out + at * 8, size);
    }
    return 0;
}

using Kernel = std::uint64_t (*)(const std::byte*, std::byte*, std::size_t);

Kernel kernelFor(DType from, DType to) {
    switch (from) {
    case DType::F32:
        return to == DType::BF16  ? narrowFloats<ToBrain>
               : to == DType::F16 ? narrowFloats<ToHalf>
                                  : floatsToDoubles;
    case DType::F64:
        return to == DType::BF16  ? narrowDoubles<ToBrain>
               : to == DType::F16 ? narrowDoubles<ToHalf>
                                  : doublesToFloats;
    case DType::BF16:
        return to == DType::F32   ? widenToFloats<FromBrain>
               : to == DType::F64 ? widenToDoubles<FromBrain>
                                  : across<FromBrain, ToHalf>;
    default:
        return to == DType::F32   ? widenToFloats<FromHalf>
               : to == DType::F64 ? widenToDoubles<FromHalf>
                                  : across<FromHalf, ToBrain>;
    }
}

std::uint64_t castWith(DType from, DType to, const std::byte* in, std::byte* out, std::size_t count) {
    return kernelFor(from, to)(in, out, count);
}

} // namespace shardlens::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace shardlens {

HWY_EXPORT(castWith);

bool canCast(DType from, DType to) {
    return info(from).ordinaryFloat && info(to).ordinaryFloat;
}

std::uint64_t castElements(DType from, DType to, std::span<const std::byte> in, std::span<std::byte> out) {
    if (from == to) {
        std::memcpy(out.data(), in.data(), in.size());
        return 0;
    }
    return HWY_DYNAMIC_DISPATCH(castWith)(from, to, in.data(), out.data(), in.size() * 8 / bitsOf(from));
}

} // namespace shardlens
#endif
