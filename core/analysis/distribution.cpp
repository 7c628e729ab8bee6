// SPDX-License-Identifier: Apache-2.0
#include "analysis/distribution.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace shardlens {

namespace {

/// Values [low, high] that a pattern stands for; low == high where the pattern is a value.
struct Group {
    double low, high;
    std::uint64_t count;
};

std::vector<Group> sortedGroups(const PatternCounts& counts, double min, double max) {
    const auto values = counts.values();
    std::vector<Group> groups;
    for (std::size_t i = 0; i < values.size(); ++i) {
        const auto count = counts.counts()[i];
        if (count == 0 || std::isnan(values[i]))
            continue;
        if (counts.exact()) {
            groups.push_back({values[i], values[i], count});
            continue;
        }
        // A pattern's range goes away from zero; extremes are known exactly.
        auto near = values[i];
        auto far = i + 1 < values.size() && !std::isnan(values[i + 1]) ? values[i + 1] : near;
        if (near > far)
            std::swap(near, far);
        groups.push_back({std::clamp(near, min, max), std::clamp(far, min, max), count});
    }
    std::sort(groups.begin(), groups.end(), [](const Group& a, const Group& b) {
        return a.low != b.low ? a.low < b.low : a.high < b.high;
    });
    return groups;
}

/// The value with `rank` smaller ones, ranks counting from 0.
double atRank(const std::vector<Group>& groups, const std::vector<std::uint64_t>& before,
              std::uint64_t rank) {
    const auto next = std::upper_bound(before.begin(), before.end(), rank);
    const auto index = static_cast<std::size_t>(next - before.begin()) - 1;
    const auto& group = groups[index];
    if (group.low == group.high)
        return group.low;
    const auto share = (static_cast<double>(rank - before[index]) + 0.5) / static_cast<double>(group.count);
    return group.low + (group.high - group.low) * share;
}

void fillQuantiles(Statistics& out, const std::vector<Group>& groups) {
    std::vector<std::uint64_t> before;
    std::uint64_t total = 0;
    for (const auto& group : groups) {
        before.push_back(total);
        total += group.count;
    }
    for (std::size_t i = 0; i < out.quantiles.size(); ++i) {
        if (total == 0) {
            out.quantiles[i] = std::numeric_limits<double>::quiet_NaN();
            continue;
        }
        const auto position = Statistics::QuantilesAt[i] * static_cast<double>(total - 1);
        const auto lower = std::min(static_cast<std::uint64_t>(position), total - 1);
        const auto upper = std::min(lower + 1, total - 1);
        const auto a = atRank(groups, before, lower), b = atRank(groups, before, upper);
        const auto part = position - std::floor(position);
        out.quantiles[i] = a == b || part == 0 ? a : a + (b - a) * part;
    }
}

void fillHistogram(Statistics& out, const std::vector<Group>& groups, std::size_t bins) {
    double low = std::numeric_limits<double>::infinity(), high = -low;
    for (const auto& group : groups) {
        if (std::isfinite(group.low))
            low = std::min(low, group.low);
        if (std::isfinite(group.high))
            high = std::max(high, group.high);
    }
    if (!(low <= high))
        return;
    if (low == high) {
        const auto half = low == 0 ? 0.5 : std::abs(low) / 2;
        low -= half;
        high += half;
    }
    auto& edges = out.histogram.edges;
    edges.resize(bins + 1);
    for (std::size_t i = 0; i <= bins; ++i) // halves first: high - low may overflow
        edges[i] = low + (high / 2 - low / 2) * (static_cast<double>(i) / static_cast<double>(bins)) * 2;
    edges.back() = high;
    out.histogram.counts.assign(bins, 0);
    const auto binOf = [&](double value) {
        const auto next = std::upper_bound(edges.begin(), edges.end(), value);
        const auto index =
            next == edges.begin() ? std::size_t{0} : static_cast<std::size_t>(next - edges.begin()) - 1;
        return std::min(index, bins - 1);
    };
    for (const auto& group : groups) {
        if (!std::isfinite(group.low) || !std::isfinite(group.high))
            continue;
        const auto first = binOf(group.low), last = binOf(group.high);
        std::uint64_t left = group.count;
        for (auto bin = first; bin < last; ++bin) {
            const auto from = std::max(group.low, edges[bin]);
            const auto share = (edges[bin + 1] - from) / (group.high - group.low);
            const auto part =
                std::min(left, static_cast<std::uint64_t>(share * static_cast<double>(group.count)));
            out.histogram.counts[bin] += part;
            left -= part;
        }
        out.histogram.counts[last] += left;
    }
}

} // namespace

void fillDistribution(Statistics& statistics, const PatternCounts& counts, std::size_t bins) {
    const auto groups = sortedGroups(counts, statistics.min, statistics.max);
    fillQuantiles(statistics, groups);
    fillHistogram(statistics, groups, std::max<std::size_t>(bins, 1));
    statistics.approximate = !counts.exact() && !groups.empty();
}

} // namespace shardlens
