// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/style/theme.h"

#include <QPainter>
#include <QRectF>

#include <cstdint>

namespace shardlens::ui {

/// How values become colours: one scale for the map of the whole tensor and for the cells of the grid.
struct HeatScale {
    enum class Mode : std::uint8_t {
        Signed, ///< zero is the background, below and above have a hue each
        Amount, ///< magnitudes, by their root
        Off,
    };

    Mode mode = Mode::Signed;
    double limit = 0; ///< the magnitude that gets the strongest colour

    /// Of finite values; others get the background, and their marks tell.
    QColor of(double value, const style::Theme& theme) const;
    /// `±0.08` or `0 … 0.08`.
    QString text() const;
};

/// NaN: magenta with a cross where it fits.
void drawNanMark(QPainter& painter, const QRectF& rect, const style::Theme& theme);
/// ±Inf: a filled corner, the upper for +Inf, the lower for −Inf.
void drawInfinityMark(QPainter& painter, const QRectF& rect, bool negative, const style::Theme& theme);

} // namespace shardlens::ui
