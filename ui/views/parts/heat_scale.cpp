// SPDX-License-Identifier: Apache-2.0
#include "ui/views/parts/heat_scale.h"

#include "ui/style/text.h"

#include <QPolygonF>

#include <algorithm>
#include <cmath>

namespace shardlens::ui {

QColor HeatScale::of(double value, const style::Theme& theme) const {
    if (mode == Mode::Off)
        return theme.base;
    const double share = limit > 0 && std::isfinite(value) ? value / limit : 0;
    return mode == Mode::Signed ? theme.signedHeat(std::clamp(share, -1.0, 1.0))
                                : theme.amount(std::sqrt(std::clamp(std::fabs(share), 0.0, 1.0)));
}

QString HeatScale::text() const {
    return mode == Mode::Signed ? QStringLiteral("±%1").arg(style::numberText(limit, 3))
                                : QStringLiteral("0 … %1").arg(style::numberText(limit, 3));
}

void drawNanMark(QPainter& painter, const QRectF& rect, const style::Theme& theme) {
    painter.fillRect(rect, theme.notANumber());
    const double side = std::min({rect.width(), rect.height(), 12.0}) - 3;
    if (side < 3)
        return;
    QRectF cross(0, 0, side, side);
    cross.moveCenter(rect.center());
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(style::textOn(theme.notANumber()), 1.2));
    painter.drawLine(cross.topLeft(), cross.bottomRight());
    painter.drawLine(cross.topRight(), cross.bottomLeft());
    painter.restore();
}

void drawInfinityMark(QPainter& painter, const QRectF& rect, bool negative, const style::Theme& theme) {
    const double side = std::clamp(std::min(rect.width(), rect.height()) * 0.6, 2.0, 9.0);
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme.notANumber());
    const auto at = negative ? rect.bottomRight() : rect.topRight();
    painter.drawPolygon(QPolygonF{at, at - QPointF(side, 0), at + QPointF(0, negative ? -side : side)});
    painter.restore();
}

} // namespace shardlens::ui
