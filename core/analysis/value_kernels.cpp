// SPDX-License-Identifier: Apache-2.0
// Compiled once for every instruction set that Highway knows here; the best one is chosen when the program
// runs.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "analysis/value_kernels.cpp"
#include "analysis/value_kernels.h"

#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

HWY_BEFORE_NAMESPACE();
namespace shardlens::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using Doubles = hn::ScalableTag<double>;
using D = hn::Vec<Doubles>;
using DoubleMask = hn::Mask<Doubles>;
using Counts = hn::RebindToUnsigned<Doubles>;
using C = hn::Vec<Counts>;

/// Loads of as many elements as there are doubles in a vector, as doubles: exact, or rounded once.
template <typename T>
struct As {
    static D doubles(const T* from) {
        const hn::Rebind<T, Doubles> d;
        return hn::PromoteTo(Doubles(), hn::LoadU(d, from));
    }
};
template <>
struct As<double> {
    static D doubles(const double* from) { return hn::LoadU(Doubles(), from); }
};
template <>
struct As<std::uint32_t> {
    static D doubles(const std::uint32_t* from) {
        const hn::Rebind<std::uint32_t, Doubles> d;
        return hn::ConvertTo(Doubles(), hn::PromoteTo(Counts(), hn::LoadU(d, from)));
    }
};
template <>
struct As<std::uint64_t> {
    static D doubles(const std::uint64_t* from) {
        return hn::ConvertTo(Doubles(), hn::LoadU(Counts(), from));
    }
};
template <>
struct As<std::int64_t> {
    static D doubles(const std::int64_t* from) {
        const hn::RebindToSigned<Doubles> d;
        return hn::ConvertTo(Doubles(), hn::LoadU(d, from));
    }
};

/// Calls `step(values)` for each vector; the last one is filled up with NaN, whose number is returned.
template <typename T, typename Step>
std::size_t forEach(const T* values, std::size_t count, const Step& step) {
    const Doubles d;
    const auto lanes = hn::Lanes(d);
    std::size_t at = 0;
    for (; at + lanes <= count; at += lanes)
        step(As<T>::doubles(values + at));
    if (at == count)
        return 0;
    T padded[hn::MaxLanes(Doubles())] = {};
    std::memcpy(padded, values + at, (count - at) * sizeof(T));
    const auto none = hn::Set(d, std::numeric_limits<double>::quiet_NaN());
    step(hn::IfThenElse(hn::FirstN(d, count - at), As<T>::doubles(padded), none));
    return lanes - (count - at);
}

DoubleMask isFinite(D values) {
    const Doubles d;
    return hn::Le(hn::Abs(values), hn::Set(d, std::numeric_limits<double>::max()));
}

/// Adds one where the mask is set.
C counted(C counts, DoubleMask mask) {
    const Counts d;
    return hn::Sub(counts, hn::BitCast(d, hn::VecFromMask(Doubles(), mask)));
}

std::uint64_t total(C counts) {
    return hn::GetLane(hn::SumOfLanes(Counts(), counts));
}

template <typename T>
BlockFigures figures(const std::byte* packed, std::size_t count, double minNormal) {
    const Doubles d;
    const auto* values = reinterpret_cast<const T*>(packed);
    const auto none = hn::Zero(d), smallest = hn::Set(d, minNormal);
    auto zeros = hn::Zero(Counts()), negative = zeros, finite = zeros, small = zeros;
    auto low = hn::Set(d, std::numeric_limits<double>::infinity());
    auto high = hn::Neg(low), sum = none;
    forEach(values, count, [&](D x) {
        const auto usable = isFinite(x);
        finite = counted(finite, usable);
        zeros = counted(zeros, hn::Eq(x, none));
        small = counted(small, hn::Lt(hn::Abs(x), smallest));
        negative = counted(negative, hn::Lt(x, none));
        low = hn::IfThenElse(hn::Lt(x, low), x, low);
        high = hn::IfThenElse(hn::Gt(x, high), x, high);
        sum = hn::Add(sum, hn::IfThenElseZero(usable, x));
    });
    BlockFigures out;
    const auto usableCount = total(finite);
    out.notFinite = count - usableCount;
    out.zeros = total(zeros);
    out.belowNormal = total(small);
    out.negative = total(negative);
    out.min = hn::GetLane(hn::MinOfLanes(d, low)) + 0.0; // −0 and 0 in one place
    out.max = hn::GetLane(hn::MaxOfLanes(d, high)) + 0.0;
    if (usableCount == 0)
        return out;
    out.mean = hn::GetLane(hn::SumOfLanes(d, sum)) / static_cast<double>(usableCount);
    const auto mean = hn::Set(d, out.mean);
    auto spread = none;
    forEach(values, count, [&](D x) {
        const auto distance = hn::IfThenElseZero(isFinite(x), hn::Sub(x, mean));
        spread = hn::MulAdd(distance, distance, spread);
    });
    out.spread = hn::GetLane(hn::SumOfLanes(d, spread));
    return out;
}

/// Vectors of doubles out of one of T: whole, or its halves.
template <typename Step>
void asDoubles(hn::Vec<hn::ScalableTag<float>> x, const Step& step) {
    const Doubles d;
#if HWY_TARGET == HWY_SCALAR // its vectors are one element, and have no halves
    step(hn::PromoteTo(d, x), 0);
#else
    const hn::ScalableTag<float> f;
    const hn::Half<decltype(f)> half;
    step(hn::PromoteTo(d, hn::LowerHalf(half, x)), 0);
    step(hn::PromoteTo(d, hn::UpperHalf(half, x)), 1);
#endif
}
template <typename Step>
void asDoubles(D x, const Step& step) {
    step(x, 0);
}

/// What the quick way gathers.
struct Quick {
    double low, high, least, sum;
    std::uint64_t negative;
};

/// Without looking for anything special; that shows in the sum and in the least magnitude.
template <typename T>
Quick quickFigures(const T* values, std::size_t count) {
    const Doubles d;
    const hn::ScalableTag<T> t;
    const hn::RebindToSigned<decltype(t)> bits;
    const auto lanes = hn::Lanes(t);
    auto low = hn::Set(t, std::numeric_limits<T>::infinity()), high = hn::Neg(low), least = low;
    auto signs = hn::Zero(bits);
    D sums[2] = {hn::Zero(d), hn::Zero(d)};
    std::size_t at = 0;
    for (; at + lanes <= count; at += lanes) {
        const auto x = hn::LoadU(t, values + at);
        low = hn::Min(x, low);
        high = hn::Max(x, high);
        least = hn::Min(hn::Abs(x), least);
        signs = hn::Add(signs, hn::BroadcastSignBit(hn::BitCast(bits, x)));
        asDoubles(x, [&sums](D part, int i) { sums[i] = hn::Add(sums[i], part); });
    }
    Quick out{
        static_cast<double>(hn::GetLane(hn::MinOfLanes(t, low))),
        static_cast<double>(hn::GetLane(hn::MaxOfLanes(t, high))),
        static_cast<double>(hn::GetLane(hn::MinOfLanes(t, least))),
        hn::GetLane(hn::SumOfLanes(d, hn::Add(sums[0], sums[1]))),
        static_cast<std::uint64_t>(-static_cast<std::int64_t>(hn::GetLane(hn::SumOfLanes(bits, signs))))};
    for (; at < count; ++at) {
        const auto x = static_cast<double>(values[at]);
        out.low = std::min(out.low, x);
        out.high = std::max(out.high, x);
        out.least = std::min(out.least, std::abs(x));
        out.negative += x < 0 ? 1 : 0;
        out.sum += x;
    }
    return out;
}

template <typename T>
double quickSpread(const T* values, std::size_t count, double mean) {
    const Doubles d;
    const hn::ScalableTag<T> t;
    const auto lanes = hn::Lanes(t);
    const auto center = hn::Set(d, mean);
    D sums[2] = {hn::Zero(d), hn::Zero(d)};
    std::size_t at = 0;
    for (; at + lanes <= count; at += lanes)
        asDoubles(hn::LoadU(t, values + at), [&](D x, int i) {
            const auto distance = hn::Sub(x, center);
            sums[i] = hn::MulAdd(distance, distance, sums[i]);
        });
    auto spread = hn::GetLane(hn::SumOfLanes(d, hn::Add(sums[0], sums[1])));
    for (; at < count; ++at) {
        const auto distance = static_cast<double>(values[at]) - mean;
        spread += distance * distance;
    }
    return spread;
}

/// Most blocks hold normal numbers and nothing else: those are done the quick way.
template <typename T>
BlockFigures anyFigures(const std::byte* packed, std::size_t count, double minNormal) {
    const auto* values = reinterpret_cast<const T*>(packed);
    const auto quick = quickFigures(values, count);
    const auto finite = std::abs(quick.sum) <= std::numeric_limits<double>::max(); // false for NaN
    if (!finite || quick.least == 0 || quick.least < minNormal)
        return figures<T>(packed, count, minNormal);
    BlockFigures out;
    out.negative = quick.negative;
    out.min = quick.low;
    out.max = quick.high;
    out.least = quick.least;
    out.mean = quick.sum / static_cast<double>(count);
    out.spread = quickSpread(values, count, out.mean);
    return out;
}

BlockFigures floatFigures(const std::byte* packed, std::size_t count, double minNormal) {
    return anyFigures<float>(packed, count, minNormal);
}
BlockFigures doubleFigures(const std::byte* packed, std::size_t count, double minNormal) {
    return anyFigures<double>(packed, count, minNormal);
}

template <typename T>
void widen(const std::byte* packed, double* out, std::size_t count) {
    const Doubles d;
    const auto* values = reinterpret_cast<const T*>(packed);
    const auto whole = count / hn::Lanes(d) * hn::Lanes(d);
    std::size_t at = 0;
    for (; at != whole; at += hn::Lanes(d))
        hn::StoreU(As<T>::doubles(values + at), d, out + at);
    for (; at < count; ++at) {
        T value;
        std::memcpy(&value, packed + at * sizeof(T), sizeof(T));
        out[at] = static_cast<double>(value);
    }
}

void widenAny(DType dtype, const std::byte* packed, double* out, std::size_t count) {
    switch (dtype) {
    case DType::U32:
        return widen<std::uint32_t>(packed, out, count);
    case DType::U64:
        return widen<std::uint64_t>(packed, out, count);
    case DType::I64:
        return widen<std::int64_t>(packed, out, count);
    default:
        return widen<std::int32_t>(packed, out, count);
    }
}

/// Sums of lanes that count down from zero for each vector in which their value was found.
template <typename Word>
std::uint64_t totalOf(hn::Vec<hn::ScalableTag<Word>> lanes) {
    const hn::ScalableTag<Word> d;
    Word stored[hn::MaxLanes(d)];
    hn::StoreU(lanes, d, stored);
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i != hn::Lanes(d); ++i)
        sum += static_cast<Word>(-stored[i]);
    return sum;
}

template <typename Word>
void addSpecials(Word exponent, Word magnitude, SpecialCounts& out) {
    out.nan += magnitude > exponent ? 1 : 0;
    out.infinite += magnitude == exponent ? 1 : 0;
    out.zeros += magnitude == 0 ? 1 : 0;
}

template <typename Word>
SpecialCounts specials(std::uint64_t exponentBits, const std::byte* packed, std::size_t bytes) {
    using Signed = std::make_signed_t<Word>;
    constexpr auto Positive = std::numeric_limits<Signed>::max();
    const hn::ScalableTag<Signed> d; // magnitudes are positive: signed comparisons are the quick ones
    const auto lanes = hn::Lanes(d), count = bytes / sizeof(Word);
    const auto exponent = static_cast<Signed>(exponentBits);
    const auto positive = hn::Set(d, Positive), limit = hn::Set(d, exponent);
    const auto* words = reinterpret_cast<const Signed*>(packed);
    SpecialCounts out;
    std::size_t at = 0;
    while (at + lanes <= count) {
        auto nan = hn::Zero(d), infinite = nan, zeros = nan;
        // No lane of 16 bits counts further than this.
        const auto end = at + std::min<std::size_t>((count - at) / lanes, 32767) * lanes;
        for (; at != end; at += lanes) {
            const auto magnitude = hn::And(hn::LoadU(d, words + at), positive);
            nan = hn::Add(nan, hn::VecFromMask(d, hn::Gt(magnitude, limit)));
            infinite = hn::Add(infinite, hn::VecFromMask(d, hn::Eq(magnitude, limit)));
            zeros = hn::Add(zeros, hn::VecFromMask(d, hn::Eq(magnitude, hn::Zero(d))));
        }
        out.nan += totalOf<Signed>(nan);
        out.infinite += totalOf<Signed>(infinite);
        out.zeros += totalOf<Signed>(zeros);
    }
    for (; at < count; ++at) {
        Signed word;
        std::memcpy(&word, packed + at * sizeof(Word), sizeof(Word));
        addSpecials<Signed>(exponent, static_cast<Signed>(word & Positive), out);
    }
    return out;
}

SpecialCounts specialsOf(unsigned bits, std::uint64_t exponent, const std::byte* packed, std::size_t bytes) {
    return bits == 16   ? specials<std::uint16_t>(exponent, packed, bytes)
           : bits == 32 ? specials<std::uint32_t>(exponent, packed, bytes)
                        : specials<std::uint64_t>(exponent, packed, bytes);
}

} // namespace shardlens::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace shardlens {

HWY_EXPORT(floatFigures);
HWY_EXPORT(doubleFigures);
HWY_EXPORT(widenAny);
HWY_EXPORT(specialsOf);

BlockFigures figuresOfFloats(const std::byte* packed, std::size_t count, double minNormal) {
    return HWY_DYNAMIC_DISPATCH(floatFigures)(packed, count, minNormal);
}

BlockFigures figuresOfDoubles(const std::byte* packed, std::size_t count, double minNormal) {
    return HWY_DYNAMIC_DISPATCH(doubleFigures)(packed, count, minNormal);
}

void widenIntegers(DType dtype, const std::byte* packed, std::span<double> out) {
    HWY_DYNAMIC_DISPATCH(widenAny)(dtype, packed, out.data(), out.size());
}

SpecialCounts countSpecials(unsigned bits, std::uint64_t exponent, std::span<const std::byte> packed) {
    return HWY_DYNAMIC_DISPATCH(specialsOf)(bits, exponent, packed.data(), packed.size());
}

} // namespace shardlens
#endif
