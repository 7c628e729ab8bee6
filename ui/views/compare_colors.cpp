// SPDX-License-Identifier: Apache-2.0
#include "ui/views/compare_colors.h"

#include <QPainter>
#include <QPainterPath>

#include <algorithm>

namespace shardlens::ui {

QColor classColor(CompareClass which, const style::Theme& theme) {
    switch (which) {
    case CompareClass::Different:
        return QColor(theme.dark ? 0xD98A3D : 0xCF7A2C);
    case CompareClass::OnlyA:
        return QColor(theme.dark ? 0x6F9ED8 : 0x6E9BD1);
    case CompareClass::OnlyB:
        return QColor(theme.dark ? 0xB56BA0 : 0x7C3A6E);
    case CompareClass::Same:
        break;
    }
    return QColor(theme.dark ? 0x5F8F84 : 0x7FA69B);
}

void fillClass(QPainter& painter, const QRectF& rect, CompareClass which, const style::Theme& theme,
               double radius) {
    const QColor color = classColor(which, theme);
    QPainterPath shape;
    shape.addRoundedRect(rect, radius, radius);
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.fillPath(shape, color);
    if (which == CompareClass::OnlyA || which == CompareClass::OnlyB) {
        painter.setClipPath(shape, Qt::IntersectClip);
        painter.setPen(
            QPen(style::mix(color, theme.dark ? QColor(Qt::black) : QColor(Qt::white), 0.45), 1.4));
        constexpr double Step = 5;
        const double lean = which == CompareClass::OnlyA ? rect.height() : -rect.height();
        for (double x = rect.left() - rect.height(); x < rect.right() + rect.height(); x += Step)
            painter.drawLine(QPointF(x, rect.bottom()), QPointF(x + lean, rect.top()));
    }
    painter.restore();
}

QColor differenceColor(double share, const style::Theme& theme) {
    const QColor light = style::mix(theme.track, QColor(theme.dark ? 0xD98A3D : 0xF1B37A), 0.8);
    const QColor middle(theme.dark ? 0xE9A55F : 0xCF7A2C), strong(theme.dark ? 0xFFD09A : 0x8A4409);
    share = std::clamp(share, 0.0, 1.0);
    return share < 0.5 ? style::mix(light, middle, share * 2) : style::mix(middle, strong, share * 2 - 1);
}

} // namespace shardlens::ui
