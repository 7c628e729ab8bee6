// SPDX-License-Identifier: Apache-2.0
#include "model/coverage.h"

#include "base/checked.h"
#include "model/coverage_sweep.h"

#include <algorithm>
#include <cstdint>
#include <numeric>

namespace shardlens {

namespace {

bool insideOf(DimsView shape, const Box& box) {
    if (box.offset.size() != shape.size() || box.size.size() != shape.size())
        return false;
    for (std::size_t d = 0; d < shape.size(); ++d)
        if (!rangeFits(box.offset[d], box.size[d], shape[d]))
            return false;
    return true;
}

bool isEmpty(DimsView size) {
    return std::find(size.begin(), size.end(), 0u) != size.end();
}

bool same(const Box& a, const Box& b) {
    return equal(a.offset, b.offset) && equal(a.size, b.size);
}

/// Boxes that follow each other along one dim, in order, and span all others: what most savers write. Costs
/// nothing but a look at each number; anything else is left to the real check.
bool coversAlongOneDim(DimsView shape, std::span<const Box> boxes) {
    std::size_t along = shape.size();
    std::uint64_t next = 0;
    for (std::size_t i = 0; i < boxes.size(); ++i) {
        const auto& box = boxes[i];
        if (box.offset.size() != shape.size() || box.size.size() != shape.size())
            return false;
        if (i > 0 && same(box, boxes[i - 1]))
            continue; // a replica
        for (std::size_t d = 0; d < shape.size(); ++d) {
            if (box.offset[d] == 0 && box.size[d] == shape[d] && d != along)
                continue;
            if (along == shape.size() && i > 0)
                return false; // the first box is the whole tensor, this one a part of it
            along = along == shape.size() ? d : along;
            if (d != along || box.offset[d] != next || box.size[d] > shape[d] - next)
                return false;
            next += box.size[d];
        }
    }
    if (boxes.empty())
        return false;
    return along == shape.size() || next == shape[along];
}

/// The indices of boxes that lie inside, hold something and are no replica of another, in order of place.
std::vector<std::uint32_t> distinctBoxes(DimsView shape, std::span<const Box> boxes, std::size_t maxReported,
                                         CoverageProblems& problems) {
    std::vector<std::uint32_t> order;
    order.reserve(boxes.size());
    for (std::size_t i = 0; i < boxes.size(); ++i) {
        if (!insideOf(shape, boxes[i])) {
            if (problems.outOfBounds.size() < maxReported)
                problems.outOfBounds.push_back(i);
        } else if (!isEmpty(boxes[i].size)) {
            order.push_back(static_cast<std::uint32_t>(i));
        }
    }
    const auto before = [&](std::uint32_t a, std::uint32_t b) {
        const auto byOffset = std::lexicographical_compare_three_way(
            boxes[a].offset.begin(), boxes[a].offset.end(), boxes[b].offset.begin(), boxes[b].offset.end());
        if (byOffset != 0)
            return byOffset < 0;
        return std::lexicographical_compare(boxes[a].size.begin(), boxes[a].size.end(), boxes[b].size.begin(),
                                            boxes[b].size.end());
    };
    if (!std::is_sorted(order.begin(), order.end(), before))
        std::stable_sort(order.begin(), order.end(), before);
    const auto equalBoxes = [&](std::uint32_t a, std::uint32_t b) {
        return same(boxes[a], boxes[b]);
    };
    order.erase(std::unique(order.begin(), order.end(), equalBoxes), order.end());
    return order;
}

/// True where the boxes, all different, are just the cells of a grid: a partition.
bool fillsGrid(DimsView shape, std::span<const Box> boxes, const std::vector<std::uint32_t>& order) {
    std::uint64_t cells = 1;
    std::vector<std::uint64_t> begins, ends;
    for (std::size_t d = 0; d < shape.size(); ++d) {
        begins.clear();
        for (const auto i : order)
            begins.push_back(boxes[i].offset[d]);
        std::sort(begins.begin(), begins.end());
        begins.erase(std::unique(begins.begin(), begins.end()), begins.end());
        cells *= begins.size();
        if (begins.front() != 0 || cells > order.size())
            return false;
        ends.assign(begins.begin() + 1, begins.end());
        ends.push_back(shape[d]);
        for (const auto i : order) {
            const auto cell =
                std::lower_bound(begins.begin(), begins.end(), boxes[i].offset[d]) - begins.begin();
            if (boxes[i].offset[d] + boxes[i].size[d] != ends[static_cast<std::size_t>(cell)])
                return false;
        }
    }
    return cells == order.size();
}

} // namespace

CoverageProblems checkCoverage(DimsView shape, std::span<const Box> boxes, std::size_t maxReported) {
    CoverageProblems problems;
    if (coversAlongOneDim(shape, boxes))
        return problems;
    const auto order = distinctBoxes(shape, boxes, maxReported, problems);
    if (isEmpty(shape) || (!order.empty() && fillsGrid(shape, boxes, order)))
        return problems;
    CoverageSweep(shape, boxes, order, maxReported, problems).run();
    return problems;
}

} // namespace shardlens
