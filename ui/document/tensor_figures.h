// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/model_statistics.h"

#include <cstdint>
#include <memory>
#include <vector>

namespace shardlens::ui {

/// What is kept of a tensor's statistics: all but the histogram, which a million tensors have no room for.
struct TensorFigures {
    TensorId tensor;
    bool known = false; ///< false: it could not be read
    Figures figures;

    double zeroShare() const { return figures.count ? double(figures.zeros) / double(figures.count) : 0; }
    double rms() const;
};

/// The figures that have arrived: an immutable value, cheap to hand to workers, since its chunks are shared
/// with the tables before and after it.
struct FiguresTable {
    std::vector<std::shared_ptr<const std::vector<TensorFigures>>> chunks;
    /// Whether a tensor has the same bytes as an earlier one, by tensor; empty until all are there.
    std::shared_ptr<const std::vector<bool>> identical;
    std::size_t size = 0;

    bool isIdentical(TensorId tensor) const {
        return identical && tensor.index() < identical->size() && (*identical)[tensor.index()];
    }
};
using FiguresTablePtr = std::shared_ptr<const FiguresTable>;

/// What a tensor's row says in one word, the least alarming first.
enum class FiguresState : std::uint8_t { Sound, Identical, AllZero, Unreadable, HasInfinity, HasNan };
FiguresState stateOf(const FiguresTable& table, const TensorFigures& figures);

} // namespace shardlens::ui
