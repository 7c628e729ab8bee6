// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/models/finding_marks.h"
#include "ui/models/slice_facts.h"
#include "ui/style/theme.h"
#include "ui/views/maps/statistic_shades.h"
#include "ui/views/parts/legend.h"

#include <memory>

namespace shardlens::ui {

enum class ColorMode : std::uint8_t { Role, DType, Shard, Branch, Finding, Statistic };

/// What colour a tensor has on the maps, and what that means. Cheap to ask a tensor; made once a picture.
class TensorColors {
public:
    /// `shades` decide in the mode Statistic.
    TensorColors(NameTreePtr names, FindingMarksPtr marks, ColorMode mode, const style::Theme& theme,
                 StatisticShadesPtr shades = nullptr);

    QColor of(TensorId tensor) const;
    /// An entry, or whatever is no tensor.
    QColor ofEntry() const;
    QColor ofItem(ItemIndex item) const;
    QList<LegendItem> legend() const;

private:
    NameTreePtr m_names;
    FindingMarksPtr m_marks;
    StatisticShadesPtr m_shades;
    ColorMode m_mode;
    style::Theme m_theme;
    std::unique_ptr<ShardKeys> m_keys;
    std::vector<Branch> m_branches; ///< those that have a colour of their own

    QColor ofShard(TensorId tensor) const;
    QColor ofBranch(std::uint32_t position) const;
};

/// The titles of the modes, in their order.
QString colorModeTitle(ColorMode mode);

} // namespace shardlens::ui
