// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/box.h"

#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace shardlens {

/// What keeps a set of boxes from covering a shape exactly once. Equal boxes are replicas and count once.
struct CoverageProblems {
    struct Named {
        Dims offset, size;
    };
    std::vector<std::size_t> outOfBounds;                      ///< boxes that leave the shape
    std::vector<std::pair<std::size_t, std::size_t>> overlaps; ///< pairs of boxes, the first `maxReported`
    std::vector<Named> holes;          ///< disjoint boxes that no slice covers, the first `maxReported`
    std::uint64_t missingElements = 0; ///< in all holes

    bool complete() const { return outOfBounds.empty() && overlaps.empty() && missingElements == 0; }
};

/// Checks boxes against a shape in O(n log n) for cuts in few dims. All have the shape's number of dims.
/// Holes and overlaps are found for any layout; the lists are cut at `maxReported`, holes sorted by offset.
/// Once so many overlaps are found the search ends, and holes count as far as they are known by then.
CoverageProblems checkCoverage(DimsView shape, std::span<const Box> boxes, std::size_t maxReported = 16);

} // namespace shardlens
