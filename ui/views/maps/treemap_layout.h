// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "query/name_tree.h"

#include <QRectF>

#include <cstdint>
#include <memory>
#include <vector>

namespace shardlens::ui {

/// What a treemap is laid out for. Pixels are logical.
struct TreemapInput {
    NameTreePtr names;
    Branch root;
    QRectF area;
    double header = 16;  ///< height of a branch's title
    double padding = 2;  ///< around the children of a branch
    double smallest = 3; ///< a branch with a shorter side is one cell, however much is below
};

struct TreemapCell {
    QRectF rect;
    QRectF inside; ///< of a branch: where its children lie
    Branch branch;
    std::uint32_t parent = 0;
    std::uint16_t depth = 0; ///< 0 is the root
    bool leaf = true;        ///< nothing is drawn inside
    bool titled = false;     ///< has a header
    bool group = false; ///< neighbouring siblings too small for cells of their own; `branch` is their part
                        ///< of their parent, with its depth
};

/// Cells in order of painting: parents before children, siblings without overlap, areas of siblings in
/// proportion to their bytes. Items without bytes have no cell, except within a group. How many there are
/// follows from the area, not from the items.
struct TreemapLayout {
    std::vector<TreemapCell> cells;

    /// The innermost cell at a point; cells.size() for none.
    std::size_t at(QPointF point) const;
    /// The innermost cell that holds a position of the natural order.
    std::size_t holding(std::uint32_t position) const;
};
using TreemapLayoutPtr = std::shared_ptr<const TreemapLayout>;

/// Squarified; numbered siblings of about equal size lie in reading order in rows instead. Stops with
/// job.cancelled where it is asked to.
Result<TreemapLayoutPtr> layOutTreemap(const TreemapInput& input, const JobContext& context);

/// Rectangles of areas in proportion to `sizes` (descending, positive) that fill `area`, as square as
/// possible.
std::vector<QRectF> squarify(const std::vector<double>& sizes, const QRectF& area);
/// The same in the order given, in rows of `columns`.
std::vector<QRectF> inRows(const std::vector<double>& sizes, const QRectF& area, std::size_t columns);

} // namespace shardlens::ui
