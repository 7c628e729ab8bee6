// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/box.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace shardlens {

/// Where the elements of a box lie in the row-major order of its tensor. The box's own row-major order is a
/// sub-order of the tensor's, so any range of the tensor meets the box in one interval of the box: a packed
/// slice is always read in one piece and then laid out in runs. Holds O(dims), whatever the number of runs.
class BoxLayout {
public:
    /// The box lies in the shape, and neither overflows; the shape has at least one element.
    BoxLayout(DimsView shape, const Box& box);

    std::uint64_t elements() const { return m_elements; }
    std::uint64_t first() const { return m_first; } ///< tensor position of the box's first element
    std::uint64_t last() const { return m_last; }   ///< and of its last
    std::uint64_t runLength() const {
        return m_dims.back().size;
    } ///< elements that lie together in the tensor
    bool contains(std::uint64_t position) const;

    /// Elements of the box that come before a position of the tensor (which may be its end).
    std::uint64_t countBefore(std::uint64_t position) const;
    /// Tensor position of an element of the box.
    std::uint64_t positionOf(std::uint64_t element) const;

    /// Lays out elements [begin, begin + packed) of the box, given packed, in `out`, whose first element is
    /// the tensor's `outBegin`. Elements of whole bytes.
    void scatter(std::uint64_t begin, std::span<const std::byte> packed, std::size_t elementBytes,
                 std::uint64_t outBegin, std::byte* out) const;

    /// A run of the box at one of its elements.
    struct Run {
        std::uint64_t position = 0; ///< in the tensor
        std::uint64_t length = 0;   ///< to the run's end
    };
    Run runAt(std::uint64_t element) const;

private:
    struct Dim {
        std::uint64_t shape, offset, size;
        std::uint64_t step;    ///< tensor elements to the next index
        std::uint64_t boxStep; ///< box elements to the next index
    };
    std::vector<Dim> m_dims; // outermost first, those that lie together merged; never empty
    std::uint64_t m_elements = 1;
    std::uint64_t m_first = 0;
    std::uint64_t m_last = 0;
};

} // namespace shardlens
