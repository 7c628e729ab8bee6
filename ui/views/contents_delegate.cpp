// SPDX-License-Identifier: Apache-2.0
#include "ui/views/contents_delegate.h"

#include "ui/models/contents_model.h"
#include "ui/style/icons.h"
#include "ui/style/painting.h"
#include "ui/style/text.h"

#include <QApplication>
#include <QPainter>

#include <algorithm>

namespace shardlens::ui {
namespace {

constexpr double Gap = 6, Mark = 16, Badge = 13;

bool isBranch(const ContentsRow& row) {
    return row.kind != ContentsRow::Kind::Tensor && row.kind != ContentsRow::Kind::Entry;
}

QFont nameFont(const QFont& font, const ContentsRow& row) {
    return isBranch(row) ? style::mediumFont(font) : font;
}

} // namespace

struct ContentsDelegate::Colors {
    style::Theme theme;
    QColor text, secondary;
};

ContentsDelegate::ContentsDelegate(const ContentsModel* model, QObject* parent)
    : QStyledItemDelegate(parent)
    , m_model(model) {}

QSize ContentsDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex&) const {
    return {60, std::max(22, QFontMetrics(option.font).height() + 6)};
}

double ContentsDelegate::nameWidth(const QFont& font, const ContentsRow& row) const {
    double width = QFontMetricsF(nameFont(font, row)).horizontalAdvance(row.name) + 8;
    if (!isBranch(row))
        width += Mark + 4;
    if (!row.beside.isEmpty())
        width += Gap + QFontMetricsF(style::secondaryFont(font)).horizontalAdvance(row.beside);
    return row.severity ? width + Gap + Badge : width;
}

double ContentsDelegate::typeWidth(const QFont& font, const ContentsRow& row) const {
    if (row.type.isEmpty())
        return 0;
    return style::dtypeChipWidth(font, row.type) + Gap + style::numberWidth(font, row.shape) + 16;
}

void ContentsDelegate::paintName(QPainter& painter, const QRectF& cell, const ContentsRow& row,
                                 const Colors& colors) const {
    QRectF rest = cell.adjusted(4, 0, -4, 0);
    if (row.kind == ContentsRow::Kind::Tensor) {
        style::drawSwatch(painter, QRectF(rest.left(), rest.top(), Mark, rest.height()),
                          colors.theme.role(row.role));
        rest.setLeft(rest.left() + Mark + 4);
    } else if (row.kind == ContentsRow::Kind::Entry) {
        style::icon(u"file", colors.secondary)
            .paint(&painter,
                   QRect(int(rest.left()), int(rest.center().y() - Mark / 2), int(Mark), int(Mark)));
        rest.setLeft(rest.left() + Mark + 4);
    }
    const auto font = nameFont(painter.font(), row);
    const QFontMetricsF metrics(font), small(style::secondaryFont(painter.font()));
    const double badge = row.severity ? Gap + Badge : 0;
    const double beside = row.beside.isEmpty() ? 0 : Gap + small.horizontalAdvance(row.beside);
    const double full = metrics.horizontalAdvance(row.name);
    const bool roomBeside = full + beside + badge <= rest.width();
    const double room = std::max(0.0, rest.width() - badge - (roomBeside ? beside : 0));
    const auto name = style::elideMiddle(row.name, metrics, room);
    const auto usual = painter.font();
    painter.setFont(font);
    painter.setPen(colors.text);
    painter.drawText(rest, Qt::AlignVCenter | Qt::AlignLeft | Qt::TextSingleLine, name);
    painter.setFont(usual);
    rest.setLeft(rest.left() + std::min(full, room));
    if (roomBeside && beside > 0) {
        rest.setLeft(rest.left() + Gap);
        painter.setFont(style::secondaryFont(usual));
        painter.setPen(colors.secondary);
        painter.drawText(rest, Qt::AlignVCenter | Qt::AlignLeft | Qt::TextSingleLine, row.beside);
        painter.setFont(usual);
        rest.setLeft(rest.left() + beside - Gap);
    }
    if (row.severity)
        style::drawSeverity(painter, QRectF(rest.left() + Gap, rest.center().y() - Badge / 2, Badge, Badge),
                            *row.severity, colors.theme);
}

void ContentsDelegate::paintType(QPainter& painter, const QRectF& cell, const ContentsRow& row,
                                 const Colors& colors) const {
    if (row.type.isEmpty())
        return;
    QRectF rest = cell.adjusted(8, 0, -4, 0);
    if (row.kind == ContentsRow::Kind::Entry) {
        painter.setPen(colors.secondary);
        painter.drawText(rest, Qt::AlignVCenter | Qt::TextSingleLine,
                         painter.fontMetrics().elidedText(row.type, Qt::ElideRight, int(rest.width())));
        return;
    }
    rest.setLeft(rest.left() + style::drawDTypeChip(painter, rest, row.dtype, row.type, colors.theme) + Gap);
    painter.setPen(colors.secondary);
    if (style::numberWidth(painter.font(), row.shape) <= rest.width())
        style::drawNumber(painter, rest, Qt::AlignLeft, row.shape);
    else
        painter.drawText(rest, Qt::AlignVCenter | Qt::TextSingleLine,
                         painter.fontMetrics().elidedText(row.shape, Qt::ElideMiddle, int(rest.width())));
}

void ContentsDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                             const QModelIndex& index) const {
    QStyleOptionViewItem background = option;
    initStyleOption(&background, index);
    background.text.clear();
    background.icon = {};
    const auto* widget = option.widget;
    (widget ? widget->style() : QApplication::style())
        ->drawControl(QStyle::CE_ItemViewItem, &background, painter, widget);

    const auto row = m_model->row(index);
    Colors colors{style::Theme(option.palette), {}, {}};
    const bool selected = option.state & QStyle::State_Selected;
    colors.text = selected ? colors.theme.selectionText : colors.theme.text;
    colors.secondary = selected ? style::mix(colors.theme.selectionText, colors.theme.selection, 0.25)
                                : colors.theme.secondary;
    painter->save();
    painter->setClipRect(option.rect);
    painter->setFont(option.font);
    const QRectF cell = option.rect;
    switch (index.column()) {
    case ContentsModel::Name:
        paintName(*painter, cell, row, colors);
        break;
    case ContentsModel::Type:
        paintType(*painter, cell, row, colors);
        break;
    case ContentsModel::Slices:
        painter->setPen(colors.secondary);
        if (row.slices > 1)
            style::drawNumber(*painter, cell.adjusted(4, 0, -8, 0), Qt::AlignRight,
                              style::grouped(row.slices));
        break;
    case ContentsModel::Size:
        painter->setPen(colors.text);
        style::drawNumber(*painter, cell.adjusted(4, 0, -8, 0), Qt::AlignRight, style::bytesText(row.bytes));
        break;
    case ContentsModel::Share: {
        const bool tensor = row.kind == ContentsRow::Kind::Tensor;
        const auto fill = selected && !tensor ? colors.theme.selectionText : colors.theme.accent;
        style::drawShareBar(*painter, cell.adjusted(4, 0, -10, 0), row.share,
                            tensor ? colors.theme.role(row.role) : fill, colors.theme);
        break;
    }
    default:
        break;
    }
    painter->restore();
}

} // namespace shardlens::ui
