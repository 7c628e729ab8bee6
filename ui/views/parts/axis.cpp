// SPDX-License-Identifier: Apache-2.0
#include "ui/views/parts/axis.h"

#include <cmath>

namespace shardlens::ui {

std::vector<double> roundMarks(double low, double high, int count) {
    const double span = high - low;
    if (!(span > 0) || !std::isfinite(span))
        return {low};
    const double raw = span / count, power = std::pow(10, std::floor(std::log10(raw)));
    double unit = 10 * power;
    for (const double factor : {1.0, 2.0, 5.0})
        if (factor * power >= raw) {
            unit = factor * power;
            break;
        }
    std::vector<double> out;
    const double first = std::ceil(low / unit);
    for (int i = 0; i <= count; ++i) { // counted: a unit may be lost in a large mark
        const double mark = (first + i) * unit;
        if (mark <= high + unit * 1e-9)
            out.push_back(std::abs(mark) < unit * 1e-9 ? 0 : mark);
    }
    return out;
}

QString markText(double value) {
    return QString::number(value, 'g', 4).replace(QLatin1Char('-'), QChar(0x2212));
}

} // namespace shardlens::ui
