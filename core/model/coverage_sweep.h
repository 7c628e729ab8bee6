// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/coverage.h"

#include <cstddef>
#include <cstdint>
#include <set>
#include <span>
#include <utility>
#include <vector>

namespace shardlens {

/// Finds holes and overlaps of any layout: a region is cut where no box straddles the cut, in all places at
/// once; where there is no such cut, in the middle of its boxes' edges, with the boxes clipped. What is empty
/// in between is a hole. Regions wait on a list, so that no input makes it recurse.
class CoverageSweep {
public:
    /// `order`: the boxes to look at; they lie in the shape, are not empty and differ from each other.
    CoverageSweep(DimsView shape, std::span<const Box> boxes, const std::vector<std::uint32_t>& order,
                  std::size_t maxReported, CoverageProblems& problems);
    void run();

private:
    struct Span {
        std::uint64_t begin, end;
    };
    /// A part of the shape (a span for each cut dim) and the boxes that meet it.
    struct Region {
        std::vector<Span> bounds;
        std::vector<std::uint32_t> boxes;
    };

    Span clipped(const Region& region, std::uint32_t box, std::size_t dim) const;
    bool fills(const Region& region, std::uint32_t box) const;
    bool splitFreely(Region& region);
    void splitInTheMiddle(Region& region);
    void splitAt(Region& region, std::size_t dim, std::uint64_t cut);
    void addHole(const Region& region, std::size_t dim, Span gap);
    void addHole(const Region& region);
    void addOverlaps(const Region& region, std::uint32_t filling);
    bool enoughOverlaps() const { return m_pairs.size() >= m_maxReported; }

    DimsView m_shape;
    std::size_t m_maxReported;
    CoverageProblems& m_problems;
    std::vector<std::size_t> m_dims;           // those in which any box does not span the shape
    std::vector<Span> m_spans;                 // a row for each box, a column for each cut dim
    const std::vector<std::uint32_t>& m_names; // a row's index in the caller's list
    std::vector<Region> m_waiting;
    std::set<std::pair<std::size_t, std::size_t>> m_pairs;
};

} // namespace shardlens
