// SPDX-License-Identifier: Apache-2.0
#include "analysis/gap_histogram.h"

#include <algorithm>

namespace shardlens {

DifferenceDetail::Histogram GapHistogram::summary(std::size_t most) const {
    const auto isUsed = [](std::uint64_t count) {
        return count != 0;
    };
    const auto first = std::ranges::find_if(m_counts, isUsed);
    if (first == m_counts.end())
        return {};
    auto begin = static_cast<std::size_t>(first - m_counts.begin());
    auto end = m_counts.size();
    while (m_counts[end - 1] == 0)
        --end;
    std::size_t width = 1; // bins joined to one, a power of two: edges stay on fractions of octaves
    while ((end + width - 1) / width - begin / width > most)
        width *= 2;
    DifferenceDetail::Histogram out;
    begin = begin / width * width;
    const auto edge = [](std::size_t bin) {
        return std::bit_cast<double>(std::uint64_t{bin} << Shift);
    };
    for (; begin < end; begin += width) {
        out.edges.push_back(edge(begin));
        std::uint64_t count = 0;
        for (auto bin = begin; bin < std::min(begin + width, m_counts.size()); ++bin)
            count += m_counts[bin];
        out.counts.push_back(count);
    }
    out.edges.push_back(edge(std::min(begin, Bins - 1)));
    return out;
}

} // namespace shardlens
