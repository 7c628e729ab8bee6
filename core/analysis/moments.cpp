// SPDX-License-Identifier: Apache-2.0
#include "analysis/moments.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace shardlens {

namespace {

constexpr std::size_t Lanes = 8; // independent sums: they hide latency and add pairwise

double sumOf(const std::array<double, Lanes>& lanes) {
    return ((lanes[0] + lanes[4]) + (lanes[2] + lanes[6])) + ((lanes[1] + lanes[5]) + (lanes[3] + lanes[7]));
}

/// The sum of f(x) over the finite values.
template <typename Function>
double sumFinite(std::span<const double> block, Function&& f) {
    std::array<double, Lanes> lanes{};
    std::size_t i = 0;
    for (; i + Lanes <= block.size(); i += Lanes)
        for (std::size_t lane = 0; lane < Lanes; ++lane) {
            const auto x = block[i + lane];
            lanes[lane] += std::abs(x) <= std::numeric_limits<double>::max() ? f(x) : 0.0;
        }
    for (; i < block.size(); ++i)
        lanes[0] += std::isfinite(block[i]) ? f(block[i]) : 0.0;
    return sumOf(lanes);
}

} // namespace

void Moments::add(std::span<const double> block, double minNormal) {
    Moments part;
    std::uint64_t zeroCount = 0, nanCount = 0, positive = 0, negativeInfinite = 0, small = 0, below = 0;
    double low = part.min, high = part.max;
    for (const auto x : block) {
        zeroCount += x == 0;
        nanCount += x != x;
        positive += x == std::numeric_limits<double>::infinity();
        negativeInfinite += x == -std::numeric_limits<double>::infinity();
        small += std::abs(x) < minNormal;
        below += x < 0;
        low = x < low ? x : low;
        high = x > high ? x : high;
    }
    part.zeros = zeroCount;
    part.nan = nanCount;
    part.posinf = positive;
    part.neginf = negativeInfinite;
    part.subnormal = small - zeroCount;
    part.negative = below;
    part.min = low;
    part.max = high;
    part.finite = block.size() - nanCount - positive - negativeInfinite;
    if (part.finite > 0) {
        part.mean = sumFinite(block, [](double x) { return x; }) / static_cast<double>(part.finite);
        part.spread = sumFinite(block, [&](double x) { return (x - part.mean) * (x - part.mean); });
        part.squares = sumFinite(block, [](double x) { return x * x; });
    }
    merge(part);
}

void Moments::add(double value, std::uint64_t count, double minNormal) {
    Moments part;
    if (std::isnan(value)) {
        part.nan = count;
    } else {
        part.min = part.max = value;
        part.negative = value < 0 ? count : 0;
        part.posinf = std::isinf(value) && value > 0 ? count : 0;
        part.neginf = std::isinf(value) && value < 0 ? count : 0;
    }
    if (std::isfinite(value)) {
        part.finite = count;
        part.zeros = value == 0 ? count : 0;
        part.subnormal = value != 0 && std::abs(value) < minNormal ? count : 0;
        part.mean = value;
        part.squares = value * value * static_cast<double>(count);
    }
    merge(part);
}

void Moments::merge(const Moments& other) {
    if (other.finite > 0) {
        const auto total = static_cast<double>(finite + other.finite);
        const auto share = static_cast<double>(other.finite) / total;
        const auto distance = other.mean - mean;
        spread += other.spread + distance * distance * static_cast<double>(finite) * share;
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
