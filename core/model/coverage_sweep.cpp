// SPDX-License-Identifier: Apache-2.0
#include "model/coverage_sweep.h"

#include <algorithm>
#include <numeric>
#include <optional>
#include <utility>

namespace shardlens {

namespace {

/// Regions with this many boxes or fewer are cut as they come; larger ones only where that divides them well.
constexpr std::size_t SmallRegion = 64;

} // namespace

CoverageSweep::CoverageSweep(DimsView shape, std::span<const Box> boxes,
                             const std::vector<std::uint32_t>& order, std::size_t maxReported,
                             CoverageProblems& problems)
    : m_shape(shape)
    , m_maxReported(std::max<std::size_t>(1, maxReported))
    , m_problems(problems)
    , m_names(order) {
    for (std::size_t d = 0; d < shape.size(); ++d)
        if (std::any_of(order.begin(), order.end(),
                        [&](std::uint32_t i) { return boxes[i].size[d] != shape[d]; }))
            m_dims.push_back(d);
    m_spans.reserve(order.size() * m_dims.size());
    for (const auto i : order)
        for (const auto d : m_dims)
            m_spans.push_back({boxes[i].offset[d], boxes[i].offset[d] + boxes[i].size[d]});
}

CoverageSweep::Span CoverageSweep::clipped(const Region& region, std::uint32_t box, std::size_t dim) const {
    const auto& span = m_spans[box * m_dims.size() + dim];
    const auto& bounds = region.bounds[dim];
    return {std::max(span.begin, bounds.begin), std::min(span.end, bounds.end)};
}

bool CoverageSweep::fills(const Region& region, std::uint32_t box) const {
    for (std::size_t k = 0; k < m_dims.size(); ++k) {
        const auto& span = m_spans[box * m_dims.size() + k];
        if (span.begin > region.bounds[k].begin || span.end < region.bounds[k].end)
            return false;
    }
    return true;
}

void CoverageSweep::run() {
    Region all;
    for (const auto d : m_dims)
        all.bounds.push_back({0, m_shape[d]});
    all.boxes.resize(m_names.size());
    std::iota(all.boxes.begin(), all.boxes.end(), 0u);
    m_waiting.push_back(std::move(all));
    while (!m_waiting.empty() && !enoughOverlaps()) {
        auto region = std::move(m_waiting.back());
        m_waiting.pop_back();
        if (region.boxes.empty()) {
            addHole(region);
            continue;
        }
        const auto filling = std::find_if(region.boxes.begin(), region.boxes.end(),
                                          [&](std::uint32_t box) { return fills(region, box); });
        if (filling != region.boxes.end())
            addOverlaps(region, *filling);
        else if (!splitFreely(region))
            splitInTheMiddle(region);
    }
    std::sort(m_problems.holes.begin(), m_problems.holes.end(),
              [](const auto& a, const auto& b) { return a.offset < b.offset; });
    m_problems.overlaps.assign(m_pairs.begin(), m_pairs.end());
}

/// Cuts the region in the first dim that divides it well where no box is cut: into groups of boxes and the
/// gaps between them. A single box that does not fill its region always leaves a gap in some dim.
bool CoverageSweep::splitFreely(Region& region) {
    for (std::size_t k = 0; k < m_dims.size(); ++k) {
        const auto spanOf = [&](std::uint32_t box) {
            return clipped(region, box, k);
        };
        std::sort(region.boxes.begin(), region.boxes.end(),
                  [&](std::uint32_t a, std::uint32_t b) { return spanOf(a).begin < spanOf(b).begin; });
        struct Group {
            std::size_t first, last;
            Span span;
        };
        std::vector<Group> groups;
        std::size_t largest = 0;
        for (std::size_t i = 0; i < region.boxes.size(); ++i) {
            const auto span = spanOf(region.boxes[i]);
            if (groups.empty() || span.begin >= groups.back().span.end)
                groups.push_back({i, i, span});
            groups.back().last = i;
            groups.back().span.end = std::max(groups.back().span.end, span.end);
            largest = std::max(largest, groups.back().last - groups.back().first + 1);
        }
        const auto bounds = region.bounds[k];
        const bool oneGroup = groups.size() == 1;
        if (oneGroup && groups[0].span.begin == bounds.begin && groups[0].span.end == bounds.end)
            continue;
        // Peeling one box at a time from a nest of frames would be quadratic: cut such a nest through its
        // middle.
        if (!oneGroup && region.boxes.size() > SmallRegion && largest > region.boxes.size() / 4 * 3)
            continue;
        auto next = bounds.begin;
        for (const auto& group : groups) {
            addHole(region, k, {next, group.span.begin});
            Region part;
            part.bounds = region.bounds;
            part.bounds[k] = group.span;
            part.boxes.assign(region.boxes.begin() + static_cast<std::ptrdiff_t>(group.first),
                              region.boxes.begin() + static_cast<std::ptrdiff_t>(group.last) + 1);
            m_waiting.push_back(std::move(part));
            next = group.span.end;
        }
        addHole(region, k, {next, bounds.end});
        return true;
    }
    return false;
}

/// Cuts at the median of the edges that lie inside the region, in the dim where that cuts the fewest boxes.
void CoverageSweep::splitInTheMiddle(Region& region) {
    std::size_t bestDim = m_dims.size();
    std::size_t bestCost = 0;
    std::uint64_t bestCut = 0;
    std::vector<std::uint64_t> edges;
    for (std::size_t k = 0; k < m_dims.size(); ++k) {
        edges.clear();
        const auto bounds = region.bounds[k];
        for (const auto box : region.boxes) {
            const auto span = clipped(region, box, k);
            if (span.begin > bounds.begin)
                edges.push_back(span.begin);
            if (span.end < bounds.end)
                edges.push_back(span.end);
        }
        if (edges.empty())
            continue;
        const auto middle = edges.begin() + static_cast<std::ptrdiff_t>(edges.size() / 2);
        std::nth_element(edges.begin(), middle, edges.end());
        std::size_t left = 0, right = 0;
        for (const auto box : region.boxes) {
            const auto span = clipped(region, box, k);
            left += span.begin < *middle ? 1 : 0;
            right += span.end > *middle ? 1 : 0;
        }
        const auto cost = std::max(left, right) + left + right;
        if (bestDim == m_dims.size() || cost < bestCost) {
            bestDim = k;
            bestCost = cost;
            bestCut = *middle;
        }
    }
    splitAt(region, bestDim, bestCut);
}

void CoverageSweep::splitAt(Region& region, std::size_t dim, std::uint64_t cut) {
    Region left, right;
    left.bounds = region.bounds;
    left.bounds[dim].end = cut;
    right.bounds = std::move(region.bounds);
    right.bounds[dim].begin = cut;
    for (const auto box : region.boxes) {
        const auto& span = m_spans[box * m_dims.size() + dim];
        if (span.begin < cut)
            left.boxes.push_back(box);
        if (span.end > cut)
            right.boxes.push_back(box);
    }
    m_waiting.push_back(std::move(left));
    m_waiting.push_back(std::move(right));
}

void CoverageSweep::addHole(const Region& region, std::size_t dim, Span gap) {
    if (gap.begin == gap.end)
        return;
    Region hole;
    hole.bounds = region.bounds;
    hole.bounds[dim] = gap;
    addHole(hole);
}

void CoverageSweep::addHole(const Region& region) {
    CoverageProblems::Named hole{Dims(m_shape.size(), 0), Dims(m_shape.begin(), m_shape.end())};
    for (std::size_t k = 0; k < m_dims.size(); ++k) {
        hole.offset[m_dims[k]] = region.bounds[k].begin;
        hole.size[m_dims[k]] = region.bounds[k].end - region.bounds[k].begin;
    }
    m_problems.missingElements += elementCount(hole.size);
    if (m_problems.holes.size() < m_maxReported)
        m_problems.holes.push_back(std::move(hole));
}

/// `filling` covers the region: every other box in it overlaps with it there.
void CoverageSweep::addOverlaps(const Region& region, std::uint32_t filling) {
    for (const auto box : region.boxes) {
        if (enoughOverlaps())
            return;
        if (box != filling)
            m_pairs.insert(std::minmax<std::size_t>(m_names[box], m_names[filling]));
    }
}

} // namespace shardlens
