// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/document/filter_result.h"
#include "ui/models/finding_marks.h"
#include "ui/views/maps/tensor_colors.h"
#include "ui/views/maps/treemap_layout.h"

#include <QFont>
#include <QImage>
#include <QSize>

class QPainter;

namespace shardlens::ui {

/// The picture of a laid out treemap without what moves (selection, hover). A value that holds all it needs,
/// so that a worker can draw it.
struct TreemapPicture {
    NameTreePtr names;
    TreemapLayoutPtr layout;
    FilterResultPtr filter; ///< what it excludes is grey
    FindingMarksPtr marks;
    StatisticShadesPtr shades; ///< of the mode Statistic
    ColorMode mode = ColorMode::Role;
    style::Theme theme;
    QFont font;
    QSize size; ///< in logical pixels
    double ratio = 1;

    Result<QImage> draw(const JobContext& context) const;
    /// The parts of a cell's name below its parent's.
    QString labelOf(const TreemapCell& cell) const;

private:
    bool filteredOut(const Branch& branch) const;
    QColor fillOf(const TreemapCell& cell, const TensorColors& colors) const;
    void drawCell(QPainter& painter, const TreemapCell& cell, const TensorColors& colors) const;
    void drawTitle(QPainter& painter, const TreemapCell& cell) const;
    void drawLeafText(QPainter& painter, const TreemapCell& cell, const QColor& fill) const;
    void drawBadge(QPainter& painter, const TreemapCell& cell) const;
};

} // namespace shardlens::ui
