// SPDX-License-Identifier: Apache-2.0
#include "ui/views/parts/cell_delegate.h"

#include "ui/style/painting.h"
#include "ui/style/text.h"

#include <QApplication>
#include <QPainter>

#include <algorithm>

namespace shardlens::ui {
namespace {

constexpr double Padding = 8, Mark = 14, Gap = 6;

QFont fontOf(const QFont& font, const Cell& cell) {
    switch (cell.style) {
    case Cell::Style::Name:
        return style::mediumFont(font);
    case Cell::Style::Fixed:
        return style::fixedFont(font);
    default:
        return font;
    }
}

bool marked(const Cell& cell) {
    return cell.severity || cell.role || cell.ordered;
}

void paintMark(QPainter& painter, QRectF& rest, const Cell& cell, const style::Theme& theme) {
    if (!marked(cell))
        return;
    const QRectF mark(rest.left(), rest.center().y() - Mark / 2, Mark, Mark);
    if (cell.severity)
        style::drawSeverity(painter, mark, *cell.severity, theme);
    else
        style::drawSwatch(painter, mark, cell.role ? theme.role(*cell.role) : theme.ordered(*cell.ordered));
    rest.setLeft(mark.right() + Gap);
}

} // namespace

double CellDelegate::width(const QFont& font, const Cell& cell) {
    const double mark = marked(cell) ? Mark + Gap : 0;
    if (cell.style == Cell::Style::Chip)
        return style::dtypeChipWidth(font, cell.text) + mark + 2 * Padding;
    const auto shown = fontOf(font, cell);
    const bool number = cell.style == Cell::Style::Number;
    return (number ? style::numberWidth(shown, cell.text)
                   : QFontMetricsF(shown).horizontalAdvance(cell.text)) +
           mark + 2 * Padding + 1;
}

QSize CellDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const {
    const auto cell = index.data(CellRole).value<Cell>();
    return {int(width(option.font, cell)) + 1, std::max(23, QFontMetrics(option.font).height() + 7)};
}

void CellDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                         const QModelIndex& index) const {
    QStyleOptionViewItem background = option;
    initStyleOption(&background, index);
    background.text.clear();
    background.icon = {};
    background.state &= ~QStyle::State_HasFocus; // the row is the unit
    const auto* widget = option.widget;
    (widget ? widget->style() : QApplication::style())
        ->drawControl(QStyle::CE_ItemViewItem, &background, painter, widget);

    const auto cell = index.data(CellRole).value<Cell>();
    const style::Theme theme(option.palette);
    const bool selected = option.state & QStyle::State_Selected;
    const auto text = selected ? theme.selectionText : theme.text;
    const auto secondary =
        selected ? style::mix(theme.selectionText, theme.selection, 0.25) : theme.secondary;
    painter->save();
    painter->setClipRect(option.rect);
    painter->setFont(fontOf(option.font, cell));
    QRectF rest = QRectF(option.rect).adjusted(Padding, 0, -Padding, 0);
    paintMark(*painter, rest, cell, theme);
    painter->setPen(cell.style == Cell::Style::Secondary ? secondary : text);
    const auto alignment = index.data(Qt::TextAlignmentRole);
    const bool right = alignment.isValid() && (alignment.toInt() & Qt::AlignRight);
    if (cell.share >= 0) {
        style::drawShareBar(*painter, rest, cell.share, selected ? theme.selectionText : theme.accent, theme);
    } else if (cell.style == Cell::Style::Chip) {
        if (!cell.text.isEmpty())
            style::drawDTypeChip(*painter, rest, cell.dtype, cell.text, theme);
    } else if (cell.style == Cell::Style::Number) {
        style::drawNumber(*painter, rest, right ? Qt::AlignRight : Qt::AlignLeft, cell.text);
    } else {
        const auto mode = cell.style == Cell::Style::Name ? Qt::ElideMiddle : Qt::ElideRight;
        const auto shown = QFontMetricsF(painter->font()).elidedText(cell.text, mode, rest.width());
        painter->drawText(
            rest, int(Qt::AlignVCenter | (right ? Qt::AlignRight : Qt::AlignLeft) | Qt::TextSingleLine),
            shown);
    }
    painter->restore();
}

} // namespace shardlens::ui
