// SPDX-License-Identifier: Apache-2.0
#include "ui/views/maps/slice_plane.h"

#include <algorithm>
#include <tuple>

namespace shardlens::ui {
namespace {

/// Edges that are collected at most; nobody can tell more apart, and labels need fewer still.
constexpr std::size_t MostCuts = 4096;

bool meets(DimsView offset, DimsView size, const PlaneChoice& choice) {
    for (std::size_t dim = 0; dim < offset.size(); ++dim) {
        if (int(dim) == choice.down || int(dim) == choice.across)
            continue;
        const auto at = dim < choice.at.size() ? choice.at[dim] : 0;
        if (at < offset[dim] || at - offset[dim] >= size[dim])
            return false;
    }
    return true;
}

PlaneRect rectOf(DimsView offset, DimsView size, const PlaneChoice& choice, const SlicePlane& plane) {
    const auto range = [&](int dim, std::uint64_t extent) -> std::pair<std::uint64_t, std::uint64_t> {
        if (dim < 0 || std::size_t(dim) >= offset.size())
            return {0, 1};
        const auto begin = std::min(offset[std::size_t(dim)], extent);
        return {begin, begin + std::min(size[std::size_t(dim)], extent - begin)};
    };
    const auto [top, bottom] = range(choice.down, plane.rows);
    const auto [left, right] = range(choice.across, plane.columns);
    return {top, bottom, left, right};
}

void finish(std::vector<std::uint64_t>& cuts, std::uint64_t extent) {
    cuts.push_back(0);
    cuts.push_back(extent);
    std::ranges::sort(cuts);
    cuts.erase(std::ranges::unique(cuts).begin(), cuts.end());
}

void collectCuts(SlicePlane& plane) {
    for (const auto& piece : plane.pieces) {
        if (plane.rowCuts.size() < MostCuts) {
            plane.rowCuts.push_back(piece.rect.top);
            plane.rowCuts.push_back(piece.rect.bottom);
        }
        if (piece.rect.top == 0 && plane.columnCuts.size() < MostCuts) {
            plane.columnCuts.push_back(piece.rect.left);
            plane.columnCuts.push_back(piece.rect.right);
        }
        if (piece.rect.bottom == plane.rows && plane.bottomCuts.size() < MostCuts) {
            plane.bottomCuts.push_back(piece.rect.left);
            plane.bottomCuts.push_back(piece.rect.right);
        }
    }
    finish(plane.rowCuts, plane.rows);
    finish(plane.columnCuts, plane.columns);
    finish(plane.bottomCuts, plane.columns);
}

} // namespace

PlaneChoice defaultPlane(DimsView shape, const SliceFacts& facts) {
    PlaneChoice choice;
    choice.at.assign(shape.size(), 0);
    const int dims = int(shape.size());
    if (dims == 0)
        return choice;
    if (dims == 1) {
        choice.across = 0;
        return choice;
    }
    choice.down = dims - 2;
    choice.across = dims - 1;
    const auto& cut = facts.cutDims;
    if (cut.size() >= 2) {
        choice.down = int(cut[0]);
        choice.across = int(cut[1]);
    } else if (cut.size() == 1) {
        const int only = int(cut[0]);
        // A cut of the last dim reads best from left to right, any other from top to bottom.
        choice.across = only == dims - 1 ? only : dims - 1;
        choice.down = only == dims - 1 ? dims - 2 : only;
    }
    return choice;
}

SlicePlane slicePlane(const Checkpoint& checkpoint, TensorId id, const SliceFacts& facts,
                      const PlaneChoice& choice) {
    SlicePlane plane;
    const auto tensor = checkpoint.tensor(id);
    const auto shape = tensor.shape();
    if (choice.down >= 0 && std::size_t(choice.down) < shape.size())
        plane.rows = shape[std::size_t(choice.down)];
    if (choice.across >= 0 && std::size_t(choice.across) < shape.size())
        plane.columns = shape[std::size_t(choice.across)];
    std::vector<std::uint32_t> copies(facts.copyOf.size(), 0);
    for (const auto original : facts.copyOf)
        ++copies[original];
    for (std::uint32_t i = 0; i < tensor.sliceCount() && i < facts.copyOf.size(); ++i) {
        if (facts.copyOf[i] != i)
            continue;
        const auto box = checkpoint.slice(tensor.slice(i)).box;
        if (!meets(box.offset, box.size, choice))
            continue;
        const auto rect = rectOf(box.offset, box.size, choice, plane);
        if (!rect.empty())
            plane.pieces.push_back({rect, i, copies[i]});
    }
    std::ranges::sort(plane.pieces, [](const SlicePlane::Piece& a, const SlicePlane::Piece& b) {
        return std::tie(a.rect.top, a.rect.left, a.slice) < std::tie(b.rect.top, b.rect.left, b.slice);
    });
    for (std::uint32_t i = 0; i < facts.damages.size(); ++i) {
        const auto& box = facts.damages[i].box;
        const auto rect = rectOf(box.offset, box.size, choice, plane);
        if (meets(box.offset, box.size, choice) && !rect.empty())
            plane.damages.push_back({rect, i});
    }
    collectCuts(plane);
    return plane;
}

} // namespace shardlens::ui
