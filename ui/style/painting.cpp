// SPDX-License-Identifier: Apache-2.0
#include "ui/style/painting.h"

#include <QFontDatabase>
#include <QFontMetricsF>
#include <QPainterPath>
#include <QPen>

#include <algorithm>
#include <cmath>

namespace shardlens::style {
namespace {

QFont scaled(QFont font, double factor) {
    if (font.pixelSize() > 0)
        font.setPixelSize(std::max(1, int(std::lround(font.pixelSize() * factor))));
    else
        font.setPointSizeF(std::max(1.0, font.pointSizeF() * factor));
    return font;
}

/// Lines of slope 1 (or −1) through the rect whose positions depend on the device alone, so that neighbours
/// join.
void stripes(QPainter& painter, const QRectF& rect, const QPen& pen, double step, bool falling) {
    painter.save();
    painter.setClipRect(rect, Qt::IntersectClip);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(pen);
    const double low = falling ? rect.left() - rect.bottom() : rect.left() + rect.top();
    const double high = falling ? rect.right() - rect.top() : rect.right() + rect.bottom();
    for (double c = std::floor(low / step) * step; c <= high + step; c += step) {
        const double atTop = falling ? c + rect.top() : c - rect.top();
        const double atBottom = falling ? c + rect.bottom() : c - rect.bottom();
        painter.drawLine(QPointF(atTop, rect.top()), QPointF(atBottom, rect.bottom()));
    }
    painter.restore();
}

double widestDigit(const QFontMetricsF& metrics) {
    double widest = 0;
    for (char16_t digit = u'0'; digit <= u'9'; ++digit)
        widest = std::max(widest, metrics.horizontalAdvance(QChar(digit)));
    return widest;
}

QPointF onCircle(QPointF centre, double radius, double degrees) {
    const double angle = degrees * M_PI / 180;
    return {centre.x() + radius * std::cos(angle), centre.y() + radius * std::sin(angle)};
}

} // namespace

double snapped(double coordinate, double devicePixelRatio) {
    return std::round(coordinate * devicePixelRatio) / devicePixelRatio;
}

QRectF snapped(const QRectF& rect, double devicePixelRatio) {
    const double pixel = 1 / devicePixelRatio;
    const double left = snapped(rect.left(), devicePixelRatio), top = snapped(rect.top(), devicePixelRatio);
    const double right = std::max(snapped(rect.right(), devicePixelRatio), left + pixel);
    const double bottom = std::max(snapped(rect.bottom(), devicePixelRatio), top + pixel);
    return {QPointF(left, top), QPointF(right, bottom)};
}

void drawHatch(QPainter& painter, const QRectF& rect, Hatch hatch, const Theme& theme) {
    if (rect.isEmpty())
        return;
    QPen pen;
    pen.setCapStyle(Qt::FlatCap);
    switch (hatch) {
    case Hatch::Hole:
        painter.fillRect(rect, mix(theme.base, theme.severity(Severity::Error), 0.06));
        pen.setColor(theme.severity(Severity::Error));
        pen.setWidthF(1.6);
        stripes(painter, rect, pen, 6, true);
        break;
    case Hatch::Overlap:
        pen.setColor(theme.overlapEdge());
        pen.setWidthF(4.2);
        stripes(painter, rect, pen, 8, false);
        pen.setColor(theme.overlap());
        pen.setWidthF(3);
        stripes(painter, rect, pen, 8, false);
        break;
    case Hatch::Unclaimed:
        painter.fillRect(rect, mix(theme.base, theme.severity(Severity::Warning), 0.08));
        pen.setColor(theme.severity(Severity::Warning));
        pen.setWidthF(1.4);
        stripes(painter, rect, pen, 5, false);
        break;
    case Hatch::NotNamed:
        pen.setColor(theme.notNamed());
        pen.setWidthF(1.2);
        stripes(painter, rect, pen, 6, false);
        break;
    }
    if (hatch != Hatch::Hole && hatch != Hatch::Overlap)
        return;
    painter.save();
    painter.setBrush(Qt::NoBrush);
    QPen edge(hatch == Hatch::Hole ? theme.severity(Severity::Error) : theme.overlapEdge(), 1);
    if (hatch == Hatch::Hole)
        edge.setStyle(Qt::DashLine);
    painter.setPen(edge);
    if (rect.width() > 3 && rect.height() > 3)
        painter.drawRect(rect.adjusted(0.5, 0.5, -0.5, -0.5));
    painter.restore();
}

double dtypeChipWidth(const QFont& font, const QString& name) {
    auto small = mediumFont(scaled(font, 0.82));
    return QFontMetricsF(small).horizontalAdvance(name) + 10;
}

double drawDTypeChip(QPainter& painter, const QRectF& rect, DType dtype, const QString& name,
                     const Theme& theme) {
    painter.save();
    const auto small = mediumFont(scaled(painter.font(), 0.82));
    const double width = dtypeChipWidth(painter.font(), name);
    const double height = std::min(rect.height(), QFontMetricsF(small).height() + 2);
    const QRectF chip(rect.left(), std::round(rect.center().y() - height / 2), width, height);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme.dtypeFill(dtype));
    painter.drawRoundedRect(chip, 3, 3);
    painter.setPen(theme.dtype(dtype));
    painter.setFont(small);
    painter.drawText(chip, Qt::AlignCenter | Qt::TextSingleLine, name);
    painter.restore();
    return width;
}

void drawSeverity(QPainter& painter, const QRectF& rect, Severity severity, const Theme& theme) {
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    const double size = std::min(rect.width(), rect.height()), unit = size / 14;
    const QPointF centre = rect.center();
    const QColor fill = theme.severity(severity);
    painter.setPen(Qt::NoPen);
    painter.setBrush(fill);
    QPen stroke(theme.dark ? QColor(0x1A, 0x1D, 0x21) : QColor(Qt::white), 1.7 * unit, Qt::SolidLine,
                Qt::RoundCap);
    if (severity == Severity::Error) {
        QPolygonF octagon;
        for (int i = 0; i < 8; ++i)
            octagon << onCircle(centre, 7 * unit, 22.5 + 45 * i);
        painter.drawPolygon(octagon);
        painter.setPen(stroke);
        const double arm = 2.4 * unit;
        painter.drawLine(centre + QPointF(-arm, -arm), centre + QPointF(arm, arm));
        painter.drawLine(centre + QPointF(-arm, arm), centre + QPointF(arm, -arm));
    } else if (severity == Severity::Warning) {
        QPainterPath triangle;
        triangle.moveTo(centre + QPointF(0, -6.2 * unit));
        triangle.lineTo(centre + QPointF(6.8 * unit, 5.6 * unit));
        triangle.lineTo(centre + QPointF(-6.8 * unit, 5.6 * unit));
        triangle.closeSubpath();
        painter.setPen(QPen(fill, 1.2 * unit, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        painter.drawPath(triangle);
        painter.setPen(stroke);
        painter.drawLine(centre + QPointF(0, -2.2 * unit), centre + QPointF(0, 1.2 * unit));
        painter.drawPoint(centre + QPointF(0, 3.7 * unit));
    } else {
        painter.drawEllipse(centre, 6.6 * unit, 6.6 * unit);
        painter.setPen(stroke);
        painter.drawLine(centre + QPointF(0, -0.4 * unit), centre + QPointF(0, 3.2 * unit));
        painter.drawPoint(centre + QPointF(0, -3.2 * unit));
    }
    painter.restore();
}

void drawGood(QPainter& painter, const QRectF& rect, const Theme& theme) {
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    const double unit = std::min(rect.width(), rect.height()) / 14;
    const QPointF centre = rect.center();
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme.good());
    painter.drawEllipse(centre, 6.6 * unit, 6.6 * unit);
    painter.setPen(QPen(theme.dark ? QColor(0x1A, 0x1D, 0x21) : QColor(Qt::white), 1.7 * unit, Qt::SolidLine,
                        Qt::RoundCap, Qt::RoundJoin));
    painter.setBrush(Qt::NoBrush);
    painter.drawPolyline(QPolygonF{centre + QPointF(-3 * unit, 0.2 * unit),
                                   centre + QPointF(-0.8 * unit, 2.4 * unit),
                                   centre + QPointF(3.2 * unit, -2.2 * unit)});
    painter.restore();
}

void drawShareBar(QPainter& painter, const QRectF& rect, double share, const QColor& fill,
                  const Theme& theme) {
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    const QRectF bar(rect.left(), std::round(rect.center().y()) - 3, rect.width(), 6);
    painter.setBrush(theme.track);
    painter.drawRoundedRect(bar, 3, 3);
    if (share > 0) {
        painter.setBrush(fill);
        painter.drawRoundedRect(
            QRectF(bar.topLeft(), QSizeF(std::max(3.0, bar.width() * std::min(share, 1.0)), 6)), 3, 3);
    }
    painter.restore();
}

void drawSwatch(QPainter& painter, const QRectF& rect, const QColor& color) {
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(color);
    const double size = std::min({rect.width(), rect.height(), 10.0});
    painter.drawRoundedRect(QRectF(rect.center().x() - size / 2, rect.center().y() - size / 2, size, size), 2,
                            2);
    painter.restore();
}

void drawMapSelection(QPainter& painter, const QRectF& rect, const Theme& theme) {
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing, false);
    painter.setBrush(Qt::NoBrush);
    const QColor outer = theme.dark ? QColor(Qt::white) : QColor(0x10, 0x14, 0x18);
    const QColor inner = theme.dark ? QColor(0x10, 0x14, 0x18) : QColor(Qt::white);
    QPen pen(outer, 2, Qt::SolidLine, Qt::SquareCap, Qt::MiterJoin);
    painter.setPen(pen);
    painter.drawRect(rect);
    if (rect.width() > 6 && rect.height() > 6) {
        pen.setColor(inner);
        pen.setWidthF(1);
        painter.setPen(pen);
        painter.drawRect(rect.adjusted(1.5, 1.5, -1.5, -1.5));
    }
    painter.restore();
}

double numberWidth(const QFont& font, const QString& text) {
    const QFontMetricsF metrics(font);
    const double digit = widestDigit(metrics);
    double width = 0;
    for (const QChar character : text)
        width += character.isDigit() ? digit : metrics.horizontalAdvance(character);
    return width;
}

void drawNumber(QPainter& painter, const QRectF& rect, Qt::Alignment alignment, const QString& text) {
    const QFontMetricsF metrics(painter.font());
    const double digit = widestDigit(metrics), width = numberWidth(painter.font(), text);
    double x = rect.left();
    if (alignment & Qt::AlignRight)
        x = rect.right() - width;
    else if (alignment & Qt::AlignHCenter)
        x = rect.center().x() - width / 2;
    const double y = rect.center().y() + (metrics.ascent() - metrics.descent()) / 2;
    for (const QChar character : text) {
        const double advance = metrics.horizontalAdvance(character);
        const double cell = character.isDigit() ? digit : advance;
        painter.drawText(QPointF(x + (cell - advance) / 2, y), QString(character));
        x += cell;
    }
}

QFont secondaryFont(QFont font) {
    return scaled(std::move(font), 0.92);
}
QFont mapFont(QFont font) {
    return scaled(std::move(font), 0.82);
}

QFont titleFont(QFont font) {
    font = scaled(std::move(font), 1.15);
    font.setWeight(QFont::DemiBold);
    return font;
}

QFont mediumFont(QFont font) {
    font.setWeight(QFont::Medium);
    return font;
}

QFont fixedFont(const QFont& like) {
    QFont font = QFontDatabase::systemFont(QFontDatabase::FixedFont);
    if (like.pixelSize() > 0)
        font.setPixelSize(like.pixelSize());
    else
        font.setPointSizeF(like.pointSizeF());
    return font;
}

} // namespace shardlens::style
