// SPDX-License-Identifier: Apache-2.0
#include "ui/views/parts/heat_delegate.h"

#include "ui/models/values_model.h"
#include "ui/style/painting.h"

#include <QAbstractItemView>
#include <QPainter>

#include <cmath>

namespace shardlens::ui {
namespace {

constexpr double Padding = 5;
constexpr int LeastForText = 26; ///< a narrower cell shows its colour alone

} // namespace

void HeatDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                         const QModelIndex& index) const {
    const style::Theme theme(option.palette);
    const auto number = index.data(ValuesModel::ValueRole);
    const double value = number.isValid() ? number.toDouble() : 0;
    const QRectF cell(option.rect);
    const auto* view = qobject_cast<const QAbstractItemView*>(option.widget);
    const bool selected = option.state & QStyle::State_Selected;
    auto fill = number.isValid() ? m_scale.of(value, theme) : theme.base;
    if (selected && m_scale.mode == HeatScale::Mode::Off)
        fill = theme.selection;
    painter->save();
    painter->setClipRect(option.rect);
    painter->fillRect(cell, fill);
    const bool room = option.rect.width() >= LeastForText;
    auto ink = style::textOn(fill);
    if (number.isValid() && std::isnan(value)) {
        if (room) // the word stands where the cross would
            painter->fillRect(cell, theme.notANumber());
        else
            drawNanMark(*painter, cell, theme);
        ink = style::textOn(theme.notANumber());
    } else if (number.isValid() && std::isinf(value)) {
        drawInfinityMark(*painter, cell, value < 0, theme);
    }
    if (room) {
        painter->setFont(option.font);
        painter->setPen(ink);
        style::drawNumber(*painter, cell.adjusted(Padding, 0, -Padding, 0), Qt::AlignRight,
                          index.data().toString());
    }
    painter->setPen(QPen(style::mix(theme.line, fill, 0.5), 1));
    if (option.rect.width() > 12) {
        painter->drawLine(option.rect.topRight(), option.rect.bottomRight());
        painter->drawLine(option.rect.bottomLeft(), option.rect.bottomRight());
    }
    if (selected && view && view->currentIndex() != index) {
        painter->setPen(QPen(ink, 1, Qt::DotLine));
        painter->setBrush(Qt::NoBrush);
        painter->drawRect(cell.adjusted(1.5, 1.5, -2.5, -2.5));
    }
    if (view && view->currentIndex() == index) // also without the focus: the footer speaks of it
        style::drawMapSelection(*painter, cell.adjusted(0, 0, -1, -1), theme);
    painter->restore();
}

} // namespace shardlens::ui
