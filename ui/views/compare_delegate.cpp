// SPDX-License-Identifier: Apache-2.0
#include "ui/views/compare_delegate.h"

#include "ui/style/icons.h"
#include "ui/style/painting.h"
#include "ui/views/compare_colors.h"

#include <QApplication>
#include <QPainter>

#include <algorithm>

namespace shardlens::ui {

using style::Theme;

namespace {

constexpr double Padding = 8, Indent = 30, Swatch = 12, Chevron = 14, StripHeight = 12;

void paintHeading(QPainter& painter, QRectF rest, const CompareCell& cell, const Theme& theme,
                  const QFont& font) {
    if (cell.text.isEmpty())
        return;
    style::icon(cell.folded ? u"next" : u"below")
        .paint(&painter, QRectF(rest.left(), rest.center().y() - Chevron / 2, Chevron, Chevron).toRect());
    rest.setLeft(rest.left() + Chevron + 4);
    fillClass(painter, QRectF(rest.left(), rest.center().y() - Swatch / 2, Swatch, Swatch), cell.which,
              theme);
    rest.setLeft(rest.left() + Swatch + 6);
    QFont strong = font;
    strong.setWeight(QFont::DemiBold);
    painter.setFont(strong);
    painter.setPen(theme.text);
    painter.drawText(rest, int(Qt::AlignVCenter | Qt::TextSingleLine), cell.text);
    rest.setLeft(rest.left() + QFontMetricsF(strong).horizontalAdvance(cell.text) + 8);
    painter.setFont(font);
    painter.setPen(theme.secondary);
    painter.drawText(rest, int(Qt::AlignVCenter | Qt::TextSingleLine), cell.quiet);
}

/// Where along the first dim: a part with any difference never vanishes.
void paintStrip(QPainter& painter, const QRectF& rest, const Difference& difference, const Theme& theme,
                double scale) {
    const QRectF track(rest.left(), rest.center().y() - StripHeight / 2, rest.width(), StripHeight);
    painter.fillRect(style::snapped(track, scale), theme.track);
    const auto& strip = difference.strip;
    for (std::size_t part = 0; part < strip.size(); ++part) {
        if (strip[part] == 0)
            continue;
        const double step = track.width() / double(strip.size());
        QRectF piece(track.left() + double(part) * step, track.top(), std::max(2.0, step), track.height());
        painter.fillRect(style::snapped(piece, scale),
                         differenceColor(0.1 + 0.45 * double(strip[part]) / 255.0, theme));
    }
}

QRectF paintChips(QPainter& painter, QRectF rest, const CompareCell& cell, const Theme& theme,
                  const QColor& secondary) {
    if (cell.typeA.isEmpty())
        return rest;
    rest.setLeft(rest.left() + style::drawDTypeChip(painter, rest, cell.dtypeA, cell.typeA, theme) + 6);
    if (!cell.typeB.isEmpty()) {
        painter.setPen(secondary);
        const QString arrow = QStringLiteral("→");
        painter.drawText(rest, int(Qt::AlignVCenter | Qt::TextSingleLine), arrow);
        rest.setLeft(rest.left() + painter.fontMetrics().horizontalAdvance(arrow) + 6);
        rest.setLeft(rest.left() + style::drawDTypeChip(painter, rest, cell.dtypeB, cell.typeB, theme) + 6);
    }
    return rest;
}

} // namespace

QSize CompareDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const {
    const auto cell = index.data(CompareCellRole).value<CompareCell>();
    const QFontMetricsF metrics(option.font);
    double width = metrics.horizontalAdvance(cell.text) + metrics.horizontalAdvance(cell.quiet) + 2 * Padding;
    for (const QString& type : {cell.typeA, cell.typeB})
        if (!type.isEmpty())
            width += style::dtypeChipWidth(option.font, type) + 20;
    if (index.column() == int(CompareColumn::Name))
        width += Indent;
    return {int(width) + 2, std::max(24, option.fontMetrics.height() + 8)};
}

void CompareDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                            const QModelIndex& index) const {
    QStyleOptionViewItem background = option;
    initStyleOption(&background, index);
    background.text.clear();
    background.state &= ~QStyle::State_HasFocus; // the row is the unit
    const auto* widget = option.widget;
    (widget ? widget->style() : QApplication::style())
        ->drawControl(QStyle::CE_ItemViewItem, &background, painter, widget);

    const auto cell = index.data(CompareCellRole).value<CompareCell>();
    const bool selected = option.state & QStyle::State_Selected;
    Theme theme(option.palette);
    if (selected) {
        theme.text = theme.selectionText;
        theme.secondary = style::mix(theme.selectionText, theme.selection, 0.25);
    }
    painter->save();
    painter->setClipRect(option.rect);
    painter->setFont(option.font);
    QRectF rest = QRectF(option.rect).adjusted(Padding, 0, -Padding, 0);
    const bool right = index.data(Qt::TextAlignmentRole).toInt() & Qt::AlignRight;
    if (cell.isHeader) {
        paintHeading(*painter, rest, cell, theme, option.font);
    } else if (cell.strip) {
        paintStrip(*painter, rest, *cell.strip, theme, painter->device()->devicePixelRatioF());
    } else {
        if (index.column() == int(CompareColumn::Name))
            rest.setLeft(rest.left() + Indent);
        rest = paintChips(*painter, rest, cell, theme, theme.secondary);
        const bool quiet = cell.text.isEmpty();
        const QString& text = quiet ? cell.quiet : cell.text;
        painter->setPen(quiet || index.column() == int(CompareColumn::Type) ? theme.secondary : theme.text);
        if (right && !quiet)
            style::drawNumber(*painter, rest, Qt::AlignRight, text);
        else
            painter->drawText(
                rest, int((right ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter | Qt::TextSingleLine),
                painter->fontMetrics().elidedText(text, Qt::ElideMiddle, int(rest.width())));
    }
    painter->restore();
}

} // namespace shardlens::ui
