// SPDX-License-Identifier: Apache-2.0
#include "ui/shell/pictures.h"

#include "ui/style/painting.h"

#include <QLinearGradient>
#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <cmath>

namespace shardlens::ui {

using style::Role;
using style::Theme;

namespace {

constexpr double PictureWidth = 160, PictureHeight = 84;

void block(QPainter& painter, double x, double y, double width, double height, const QBrush& brush) {
    painter.setPen(Qt::NoPen);
    painter.setBrush(brush);
    painter.drawRoundedRect(QRectF(x, y, width, height), 2.5, 2.5);
}

void arrow(QPainter& painter, double from, double to, double y, const QColor& color) {
    painter.setPen(QPen(color, 1.8, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.setBrush(Qt::NoBrush);
    painter.drawLine(QPointF(from, y), QPointF(to, y));
    painter.drawPolyline(QPolygonF{QPointF(to - 7, y - 6), QPointF(to, y), QPointF(to - 7, y + 6)});
}

void drawInspect(QPainter& painter, const Theme& theme) {
    block(painter, 6, 1, 62, 51, theme.role(Role::Gate));
    block(painter, 70, 1, 41, 51, theme.role(Role::Up));
    block(painter, 113, 1, 41, 51, theme.role(Role::Down));
    block(painter, 6, 54, 48, 29, theme.role(Role::Query));
    block(painter, 56, 54, 30, 29, theme.role(Role::Output));
    block(painter, 88, 54, 66, 29, theme.role(Role::Embedding));
    const QPointF centre(112, 46);
    painter.setPen(QPen(theme.text, 3.4, Qt::SolidLine, Qt::RoundCap));
    painter.drawLine(centre + QPointF(14, 14), centre + QPointF(27, 27));
    painter.setPen(QPen(theme.text, 2.2));
    QColor glass = theme.base;
    glass.setAlphaF(0.62F);
    painter.setBrush(glass);
    painter.drawEllipse(centre, 18, 18);
}

void drawConsolidate(QPainter& painter, const Theme& theme) {
    constexpr int Strips = 8;
    for (int strip = 0; strip < Strips; ++strip)
        block(painter, 5, 1 + strip * 10.4, 50, 8.6, theme.ordered(static_cast<std::size_t>(strip), Strips));
    arrow(painter, 74, 96, 42, theme.secondary);
    QLinearGradient all(0, 1, 0, 83);
    for (int stop = 0; stop <= Strips; ++stop)
        all.setColorAt(static_cast<double>(stop) / Strips, theme.ordered(static_cast<double>(stop) / Strips));
    block(painter, 112, 1, 21, 82, all);
    block(painter, 135, 1, 21, 82, all);
}

void drawCompare(QPainter& painter, const Theme& theme) {
    const QColor left[] = {theme.role(Role::Gate), theme.role(Role::Up), theme.role(Role::Query),
                           theme.role(Role::Embedding)};
    const double heights[] = {24, 21, 17, 17};
    double y = 1;
    for (int row = 0; row < 4; ++row) {
        block(painter, 4, y, 66, heights[row], left[row]);
        const QColor other = row == 2 ? theme.dtype(DType::F8E4M3) : left[row];
        block(painter, 90, y, 66, heights[row], other);
        y += heights[row] + 2;
    }
}

/// Folders of several sizes into one box.
void drawArchive(QPainter& painter, const Theme& theme) {
    const QColor colors[] = {theme.role(Role::Query), theme.role(Role::Gate), theme.role(Role::Embedding),
                             theme.role(Role::Up)};
    const double widths[] = {54, 41, 31, 23}, heights[] = {30, 24, 13, 7};
    for (int row = 0; row < 4; ++row)
        block(painter, 5, 3 + row * 21.5, widths[row], 17, colors[row]);
    arrow(painter, 76, 98, 42, theme.secondary);
    painter.setPen(QPen(theme.text, 2));
    painter.setBrush(theme.base);
    painter.drawRoundedRect(QRectF(115, 1, 40, 82), 5, 5);
    double y = 5;
    for (int row = 0; row < 4; ++row) {
        block(painter, 119, y, 32, heights[row] - 2, colors[row]);
        y += heights[row];
    }
}

} // namespace

QFont pageFont(QFont font, double factor) {
    if (font.pixelSize() > 0)
        font.setPixelSize(static_cast<int>(std::lround(font.pixelSize() * factor)));
    else
        font.setPointSizeF(font.pointSizeF() * factor);
    font.setWeight(QFont::DemiBold);
    return font;
}

void drawPicture(QPainter& painter, const QRectF& rect, Picture picture, const Theme& theme) {
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    const double scale = std::min(rect.width() / PictureWidth, rect.height() / PictureHeight);
    painter.translate(rect.center() - QPointF(PictureWidth, PictureHeight) * (scale / 2));
    painter.scale(scale, scale);
    switch (picture) {
    case Picture::Inspect:
        drawInspect(painter, theme);
        break;
    case Picture::Consolidate:
        drawConsolidate(painter, theme);
        break;
    case Picture::Compare:
        drawCompare(painter, theme);
        break;
    case Picture::Archive:
        drawArchive(painter, theme);
        break;
    }
    painter.restore();
}

double drawCard(QPainter& painter, const QRectF& rect, Picture picture, const QString& title,
                const QString& text, CardLook look, const Theme& theme) {
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF frame = rect.adjusted(1, 1, -1, -1);
    QPen pen(theme.line, 1);
    QBrush fill = theme.base;
    if (look == CardLook::Invitation) {
        pen = QPen(style::mix(theme.line, theme.secondary, 0.35), 1.2, Qt::CustomDashLine);
        pen.setDashPattern({5, 4});
        fill = theme.window;
    } else if (look == CardLook::ChosenTarget) {
        pen = QPen(theme.accent, 2);
        fill = style::mix(theme.base, theme.accent, 0.12);
    }
    painter.setPen(pen);
    painter.setBrush(fill);
    painter.drawRoundedRect(frame, 9, 9);

    const QRectF inner = frame.adjusted(16, 24, -16, -12);
    drawPicture(painter, QRectF(inner.left(), inner.top(), inner.width(), PictureHeight), picture, theme);
    const QFont plain = painter.font();
    painter.setFont(style::titleFont(plain));
    painter.setPen(theme.text);
    double y = inner.top() + PictureHeight + 18;
    const double titleHeight = QFontMetricsF(painter.font()).height();
    painter.drawText(QRectF(inner.left(), y, inner.width(), titleHeight),
                     Qt::AlignHCenter | Qt::TextSingleLine, title);
    y += titleHeight + 6;
    painter.setFont(style::secondaryFont(plain));
    painter.setPen(theme.secondary);
    QRectF used;
    painter.drawText(QRectF(inner.left(), y, inner.width(), std::max(0.0, frame.bottom() - 8 - y)),
                     Qt::AlignHCenter | Qt::AlignTop | Qt::TextWordWrap, text, &used);
    painter.restore();
    return std::max(y, used.bottom());
}

} // namespace shardlens::ui
