// SPDX-License-Identifier: Apache-2.0
#include "ui/views/maps/statistic_shades.h"

#include "ui/style/text.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>
#include <limits>

namespace shardlens::ui {
namespace {

constexpr double Usual = 0.02; ///< so much at either end does not stretch the scale
constexpr int LegendSteps = 4;
constexpr double Palest = 0.15; ///< the smallest value is still told from the background

QString tr(const char* text) {
    return QCoreApplication::translate("shades", text);
}

double valueOf(const TensorFigures& one, StatisticShade shade) {
    switch (shade) {
    case StatisticShade::Std:
        return one.figures.std;
    case StatisticShade::Rms:
        return one.rms();
    case StatisticShade::AbsMax:
        return one.figures.absMax();
    case StatisticShade::Zeros:
        return one.zeroShare();
    }
    return 0;
}

} // namespace

StatisticShades::StatisticShades(const FiguresTable& table, std::uint32_t tensors, StatisticShade shade)
    : m_shade(shade)
    , m_values(tensors, std::numeric_limits<float>::quiet_NaN()) {
    std::vector<double> scale;
    for (const auto& chunk : table.chunks)
        for (const auto& one : *chunk) {
            if (!one.known || one.figures.count == 0)
                continue;
            auto& kept = m_values[one.tensor.index()];
            if (one.figures.nan + one.figures.posinf + one.figures.neginf > 0) {
                kept = std::numeric_limits<float>::infinity();
                m_sick = true;
                continue;
            }
            const double value = valueOf(one, shade);
            kept = static_cast<float>(std::min(value, double(std::numeric_limits<float>::max())));
            if (value > 0)
                scale.push_back(value);
        }
    m_unknown = std::ranges::any_of(m_values, [](float value) { return std::isnan(value); });
    if (shade == StatisticShade::Zeros) {
        m_high = 1;
        return;
    }
    if (scale.empty())
        return;
    const auto at = [&](double share) {
        const auto place = scale.begin() + std::ptrdiff_t(share * double(scale.size() - 1) + 0.5);
        std::ranges::nth_element(scale, place);
        return *place;
    };
    m_low = at(Usual);
    m_high = at(1 - Usual);
}

double StatisticShades::shareOf(double value) const {
    if (m_shade == StatisticShade::Zeros)
        return std::sqrt(std::clamp(value, 0.0, 1.0));
    if (!(value > 0) || m_high <= 0)
        return 0;
    if (m_high <= m_low)
        return value >= m_high ? 1 : 0;
    const double share = std::log(value / m_low) / std::log(m_high / m_low);
    return Palest + (1 - Palest) * std::clamp(share, 0.0, 1.0);
}

double StatisticShades::valueAt(double share) const {
    return m_shade == StatisticShade::Zeros ? share * share
           : m_high <= m_low                ? m_high
                                            : m_low * std::pow(m_high / m_low, share);
}

QColor StatisticShades::of(TensorId tensor, const style::Theme& theme) const {
    const float value =
        tensor.index() < m_values.size() ? m_values[tensor.index()] : std::numeric_limits<float>::quiet_NaN();
    if (std::isnan(value))
        return style::mix(theme.base, theme.text, 0.22);
    return std::isinf(value) ? theme.notANumber() : theme.amount(shareOf(double(value)));
}

QString StatisticShades::valueText(double value) const {
    return m_shade == StatisticShade::Zeros ? style::percentText(value) : style::numberText(value, 3);
}

QString StatisticShades::text(TensorId tensor) const {
    const float value =
        tensor.index() < m_values.size() ? m_values[tensor.index()] : std::numeric_limits<float>::quiet_NaN();
    return std::isnan(value)   ? tr("not computed")
           : std::isinf(value) ? tr("holds NaN or ±Inf")
                               : valueText(double(value));
}

QList<LegendItem> StatisticShades::legend(const style::Theme& theme) const {
    QList<LegendItem> out;
    const int steps = m_high > m_low ? LegendSteps : 0;
    for (int i = 0; i <= steps; ++i) {
        const double value = valueAt(steps ? double(i) / steps : 1);
        if (m_high > 0)
            out.append({theme.amount(shareOf(value)), valueText(value), {}});
    }
    if (m_sick)
        out.append({theme.notANumber(), tr("NaN or ±Inf"), {}});
    if (m_unknown)
        out.append({style::mix(theme.base, theme.text, 0.22), tr("not computed"), {}});
    return out;
}

QString shadeTitle(StatisticShade shade) {
    switch (shade) {
    case StatisticShade::Std:
        return tr("Standard deviation");
    case StatisticShade::Rms:
        return tr("Root mean square");
    case StatisticShade::AbsMax:
        return tr("Largest magnitude");
    case StatisticShade::Zeros:
        return tr("Share of zeros");
    }
    return {};
}

} // namespace shardlens::ui
