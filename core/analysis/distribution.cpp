// SPDX-License-Identifier: Apache-2.0
#include "analysis/distribution.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace shardlens {

namespace {

/// The value with `rank` smaller ones, ranks counting from 0.
double atRank(const ValueGroups& groups, const std::vector<std::uint64_t>& before, std::uint64_t rank) {
    const auto next = std::upper_bound(before.begin(), before.end(), rank);
    const auto index = static_cast<std::size_t>(next - before.begin()) - 1;
    const auto& group = groups[index];
    if (group.low == group.high)
        return group.low;
    const auto share = (static_cast<double>(rank - before[index]) + 0.5) / static_cast<double>(group.count);
    return group.low + (group.high - group.low) * share;
}

void fillQuantiles(Statistics& out, const ValueGroups& groups) {
    std::vector<std::uint64_t> before;
    before.reserve(groups.size());
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

std::vector<double> evenEdges(double low, double high, std::size_t bins) {
    if (low == high) {
        const auto half = low == 0 ? 0.5 : std::abs(low) / 2;
        low -= half;
        high += half;
    }
    std::vector<double> edges(bins + 1);
    for (std::size_t i = 0; i <= bins; ++i) // halves first: high - low may overflow
        edges[i] = low + (high / 2 - low / 2) * (static_cast<double>(i) / static_cast<double>(bins)) * 2;
    edges.back() = high;
    return edges;
}

void fillHistogram(Statistics& out, const ValueGroups& groups, std::size_t bins) {
    const auto isFinite = [](const ValueGroup& group) {
        return std::isfinite(group.low) && std::isfinite(group.high);
    };
    const auto first = std::ranges::find_if(groups, isFinite);
    const auto end = std::ranges::find_if_not(first, groups.end(), isFinite);
    if (bins == 0 || first == end)
        return;
    auto& edges = out.histogram.edges;
    auto& counts = out.histogram.counts;
    edges = evenEdges(first->low, (end - 1)->high, bins);
    counts.assign(bins, 0);
    std::size_t bin = 0; // of the group's beginning; groups rise, and so does it
    for (auto group = first; group != end; ++group) {
        while (bin + 1 < bins && edges[bin + 1] <= group->low)
            ++bin;
        auto left = group->count;
        auto at = bin;
        for (; at + 1 < bins && edges[at + 1] <= group->high; ++at) {
            const auto from = std::max(group->low, edges[at]);
            const auto share = (edges[at + 1] - from) / (group->high - group->low);
            const auto part =
                std::min(left, static_cast<std::uint64_t>(share * static_cast<double>(group->count)));
            counts[at] += part;
            left -= part;
        }
        counts[at] += left;
    }
}

} // namespace

void fillDistribution(Statistics& statistics, const ValueGroups& groups, std::size_t bins) {
    fillQuantiles(statistics, groups);
    fillHistogram(statistics, groups, bins);
    statistics.approximate =
        std::ranges::any_of(groups, [](const ValueGroup& group) { return group.low != group.high; });
}

} // namespace shardlens
