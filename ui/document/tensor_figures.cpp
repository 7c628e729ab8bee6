// SPDX-License-Identifier: Apache-2.0
#include "ui/document/tensor_figures.h"

#include <cmath>

namespace shardlens::ui {

double TensorFigures::rms() const {
    const auto finite = double(figures.finite());
    return finite > 0 ? figures.l2 / std::sqrt(finite) : 0;
}

FiguresState stateOf(const FiguresTable& table, const TensorFigures& figures) {
    if (!figures.known)
        return FiguresState::Unreadable;
    switch (valueHealth(figures.figures)) {
    case ValueHealth::HasNan:
        return FiguresState::HasNan;
    case ValueHealth::HasInfinity:
        return FiguresState::HasInfinity;
    case ValueHealth::AllZero:
        return FiguresState::AllZero;
    case ValueHealth::Sound:
        break;
    }
    return table.isIdentical(figures.tensor) ? FiguresState::Identical : FiguresState::Sound;
}

} // namespace shardlens::ui
