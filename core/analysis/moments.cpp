// SPDX-License-Identifier: Apache-2.0
#include "analysis/moments.h"

#include "analysis/value_kernels.h"

#include <algorithm>
#include <cmath>
#include <span>

namespace shardlens {

namespace {

/// Between these the squares of doubles, and sums of as many as a block has, are normal doubles.
constexpr double LeastSquarable = 0x1p-480, MostSquarable = 0x1p+480;

void setSpread(Moments& part, long double mean, long double spread) {
    const auto finite = static_cast<long double>(part.finite);
    part.mean = mean;
    part.spread = spread;
    part.squares = spread + mean * mean * finite; // both are sums of squares: nothing cancels
}

template <typename Float>
void countSpecial(Moments& part, std::span<const Float> values) {
    for (const auto x : values) {
        part.nan += std::isnan(x) ? 1 : 0;
        part.posinf += std::isinf(x) && x > 0 ? 1 : 0;
        part.neginf += std::isinf(x) && x < 0 ? 1 : 0;
    }
}

Moments countsOf(const BlockFigures& block, std::size_t count, double minNormal) {
    Moments part;
    part.finite = count - block.notFinite;
    part.zeros = block.zeros;
    part.negative = block.negative;
    part.subnormal = minNormal > 0 ? block.belowNormal - block.zeros : 0;
    part.min = block.min;
    part.max = block.max;
    return part;
}

/// The slow way, for magnitudes whose squares leave the range of a double.
void setWideSpread(Moments& part, std::span<const double> values) {
    long double sum = 0, spread = 0;
    for (const auto x : values)
        sum += std::isfinite(x) ? x : 0;
    const auto mean = sum / static_cast<long double>(part.finite);
    for (const auto x : values)
        spread += std::isfinite(x) ? (x - mean) * (x - mean) : 0;
    setSpread(part, mean, spread);
}

} // namespace

void Moments::addFloats(const std::byte* packed, std::size_t count, double minNormal) {
    const auto block = figuresOfFloats(packed, count, minNormal);
    auto part = countsOf(block, count, minNormal);
    if (block.notFinite > 0)
        countSpecial(part, std::span(reinterpret_cast<const float*>(packed), count));
    setSpread(part, block.mean, block.spread);
    merge(part);
}

Moments::Magnitudes Moments::addDoubles(const double* values, std::size_t count, double minNormal) {
    const auto block = figuresOfDoubles(reinterpret_cast<const std::byte*>(values), count, minNormal);
    auto part = countsOf(block, count, minNormal);
    if (block.notFinite > 0)
        countSpecial(part, std::span(values, count));
    const auto most = std::max(std::abs(part.min), std::abs(part.max));
    if (part.finite > 0 && most > 0 && (most < LeastSquarable || most > MostSquarable))
        setWideSpread(part, std::span(values, count));
    else
        setSpread(part, block.mean, block.spread);
    merge(part);
    return {block.least, most};
}

void Moments::addGroups(const ValueGroups& groups, double minNormal) {
    Moments part;
    long double sum = 0, spreadSum = 0;
    for (const auto& group : groups) {
        const auto value = group.low;
        part.min = std::min(part.min, value);
        part.max = std::max(part.max, value);
        part.negative += value < 0 ? group.count : 0;
        if (std::isinf(value)) {
            (value > 0 ? part.posinf : part.neginf) += group.count;
            continue;
        }
        part.finite += group.count;
        part.zeros += value == 0 ? group.count : 0;
        part.subnormal += value != 0 && std::abs(value) < minNormal ? group.count : 0;
        sum += static_cast<long double>(value) * static_cast<long double>(group.count);
    }
    if (part.finite > 0) {
        const auto average = sum / static_cast<long double>(part.finite);
        for (const auto& group : groups) {
            const auto distance = group.low - average;
            if (std::isfinite(group.low))
                spreadSum += distance * distance * static_cast<long double>(group.count);
        }
        setSpread(part, average, spreadSum);
    }
    merge(part);
}

void Moments::merge(const Moments& other) {
    if (other.finite > 0) {
        const auto total = static_cast<long double>(finite + other.finite);
        const auto share = static_cast<long double>(other.finite) / total;
        const auto distance = other.mean - mean;
        spread += other.spread + distance * distance * static_cast<long double>(finite) * share;
        mean = finite == 0 ? other.mean : mean + distance * share;
    }
    finite += other.finite;
    zeros += other.zeros;
    nan += other.nan;
    posinf += other.posinf;
    neginf += other.neginf;
    subnormal += other.subnormal;
    negative += other.negative;
    squares += other.squares;
    min = std::min(min, other.min);
    max = std::max(max, other.max);
}

} // namespace shardlens
