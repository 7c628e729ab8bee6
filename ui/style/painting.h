// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/rule.h"
#include "model/dtype.h"
#include "ui/style/theme.h"

#include <QFont>
#include <QPainter>
#include <QRectF>
#include <QString>

namespace shardlens::style {

enum class Hatch { Hole, Overlap, Unclaimed, NotNamed };

/// Edges on device pixels, at least one device pixel wide and high, at any scale factor.
QRectF snapped(const QRectF& rect, double devicePixelRatio);
/// One coordinate on a device pixel.
double snapped(double coordinate, double devicePixelRatio);

/// Stripes that stay fixed on the screen, over whatever is below; Overlap and Hole with their edge.
void drawHatch(QPainter& painter, const QRectF& rect, Hatch hatch, const Theme& theme);

/// A rounded chip `BF16`; the rect's left edge and vertical middle decide. Returns the width used.
double drawDTypeChip(QPainter& painter, const QRectF& rect, DType dtype, const QString& name,
                     const Theme& theme);
double dtypeChipWidth(const QFont& font, const QString& name);

/// Octagon with a cross, triangle with a bang, circle with an i: shape and colour.
void drawSeverity(QPainter& painter, const QRectF& rect, Severity severity, const Theme& theme);
/// A tick in a disc.
void drawGood(QPainter& painter, const QRectF& rect, const Theme& theme);

/// A bar of 6 px in the rect's vertical middle.
void drawShareBar(QPainter& painter, const QRectF& rect, double share, const QColor& fill,
                  const Theme& theme);

/// A small square that says a colour in lists.
void drawSwatch(QPainter& painter, const QRectF& rect, const QColor& color);

/// Dark and light double outline: selection on maps.
void drawMapSelection(QPainter& painter, const QRectF& rect, const Theme& theme);

/// Text with digits of equal width, also where the font's own are not.
void drawNumber(QPainter& painter, const QRectF& rect, Qt::Alignment alignment, const QString& text);
double numberWidth(const QFont& font, const QString& text);

QFont secondaryFont(QFont font); ///< 0.92
QFont mapFont(QFont font);       ///< 0.8
QFont titleFont(QFont font);     ///< 1.15, 600
QFont mediumFont(QFont font);    ///< weight 500
QFont fixedFont(const QFont& like);

} // namespace shardlens::style
