// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/models/statistics_rows.h"
#include "ui/style/theme.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace shardlens::ui {

/// What the plot over the layers shows.
enum class LayerMeasure : std::uint8_t { L2, Rms, Std, AbsMax, Zeros };

/// One layer's value. Where several tensors of a layer are taken together (experts), their figures are
/// combined as if they were one tensor.
struct LayerPoint {
    std::uint32_t layer = 0;
    double value = 0; ///< NaN where no tensor of it could be read or none has a finite value
    TensorId tensor;  ///< the first
    std::uint32_t tensors = 1;
    std::uint64_t nan = 0, infinite = 0;

    bool isSick() const { return nan + infinite > 0 || value != value; }
};

/// Tensors whose names differ in the number of the layer alone.
struct LayerLine {
    std::string label; ///< raw: what follows the layer's number, and what is before it where that differs
    style::Role role = style::Role::Other;
    std::uint8_t variant = 0;       ///< tells lines of one role apart
    std::vector<LayerPoint> points; ///< by rising layer
};

/// Derived in a worker; immutable.
struct LayerLines {
    std::vector<LayerLine> lines;
    std::uint32_t firstLayer = 0, lastLayer = 0;
    std::size_t leftOut = 0;  ///< lines beyond what a plot can hold
    double low = 0, high = 0; ///< of the finite values
    double lowAboveZero = 0;  ///< the smallest above zero; 0 where there is none
};
using LayerLinesPtr = std::shared_ptr<const LayerLines>;

Result<LayerLinesPtr> layerLines(const NameTree& names, const FilterResult& filter, const FiguresTable& table,
                                 LayerMeasure measure, const JobContext& context);

} // namespace shardlens::ui
