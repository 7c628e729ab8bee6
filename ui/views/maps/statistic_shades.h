// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/document/tensor_figures.h"
#include "ui/style/theme.h"
#include "ui/views/parts/legend.h"

#include <QString>

#include <cstdint>
#include <memory>
#include <vector>

namespace shardlens::ui {

/// The statistics that a map can show as colours.
enum class StatisticShade : std::uint8_t { Std, Rms, AbsMax, Zeros };
QString shadeTitle(StatisticShade shade);

/// What colour a tensor has by a statistic: amounts, logarithmic between what is usual in the model, the share
/// of zeros as it is. Made in a worker; immutable.
class StatisticShades {
public:
    StatisticShades(const FiguresTable& table, std::uint32_t tensors, StatisticShade shade);

    StatisticShade shade() const { return m_shade; }
    QColor of(TensorId tensor, const style::Theme& theme) const;
    /// The value in words: `0.0197`, `not computed`.
    QString text(TensorId tensor) const;
    QList<LegendItem> legend(const style::Theme& theme) const;

private:
    double shareOf(double value) const;
    double valueAt(double share) const;
    QString valueText(double value) const;

    StatisticShade m_shade;
    std::vector<float> m_values; ///< by tensor; NaN where it is not known, infinite where it is sick
    double m_low = 0, m_high = 0;
    bool m_sick = false, m_unknown = false;
};
using StatisticShadesPtr = std::shared_ptr<const StatisticShades>;

} // namespace shardlens::ui
