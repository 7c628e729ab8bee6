// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/models/slice_facts.h"

#include <cstdint>
#include <vector>

namespace shardlens::ui {

/// Which two dims are drawn, and at which index of the others. −1: that axis has no dim (scalars, vectors).
struct PlaneChoice {
    int down = -1, across = -1;
    Dims at; ///< as many as dims; ignored for the two drawn

    bool operator==(const PlaneChoice&) const = default;
};

/// The cut dims by default, else the last two; a vector lies across.
PlaneChoice defaultPlane(DimsView shape, const SliceFacts& facts);

/// A rectangle in elements, [begin, end) each.
struct PlaneRect {
    std::uint64_t top = 0, bottom = 0, left = 0, right = 0;

    bool contains(std::uint64_t row, std::uint64_t column) const {
        return row >= top && row < bottom && column >= left && column < right;
    }
    bool empty() const { return top >= bottom || left >= right; }
    bool operator==(const PlaneRect&) const = default;
};

/// What of a tensor's slices meets a plane through it. Pure: computed from metadata, drawn by SliceMap.
struct SlicePlane {
    struct Piece {
        PlaneRect rect;
        std::uint32_t slice = 0;  ///< index within the tensor
        std::uint32_t copies = 1; ///< slices with this very box
    };
    struct Damage {
        PlaneRect rect;
        std::uint32_t damage = 0; ///< index in the facts
    };
    std::uint64_t rows = 1, columns = 1; ///< extents of the two dims
    std::vector<Piece> pieces;           ///< sorted by top, then left
    std::vector<Damage> damages;
    std::vector<std::uint64_t> rowCuts, columnCuts; ///< distinct edges, with 0 and the extent; sorted
    std::vector<std::uint64_t> bottomCuts;          ///< column edges of the pieces that touch the lower edge
};

SlicePlane slicePlane(const Checkpoint& checkpoint, TensorId tensor, const SliceFacts& facts,
                      const PlaneChoice& choice);

} // namespace shardlens::ui
