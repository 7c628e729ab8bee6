// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/models/compare_rows.h"
#include "ui/style/theme.h"

#include <QRectF>

class QPainter;

namespace shardlens::ui {

/// Same grey-green, different orange, only A blue, only B purple; the last two striped in opposite directions, so
/// that colour is not alone.
QColor classColor(CompareClass which, const style::Theme& theme);
void fillClass(QPainter& painter, const QRectF& rect, CompareClass which, const style::Theme& theme,
               double radius = 2);
/// How much of something differs, 0 … 1: from the ground to dark orange.
QColor differenceColor(double share, const style::Theme& theme);

} // namespace shardlens::ui
