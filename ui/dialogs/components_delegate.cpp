// SPDX-License-Identifier: Apache-2.0
#include "ui/dialogs/components_model.h"
#include "ui/style/theme.h"

#include <QApplication>
#include <QComboBox>
#include <QPainter>
#include <QTimer>

#include <algorithm>

namespace shardlens::ui {

namespace {

constexpr double BarHeight = 6;

void paintBar(QPainter* painter, const QStyleOptionViewItem& option, const ComponentsModel& model,
              const ComponentRow& row) {
    const style::Theme theme(option.palette);
    const QRectF room = QRectF(option.rect).adjusted(8, 0, -10, 0);
    const QRectF track(room.left(), room.center().y() - BarHeight / 2, room.width(), BarHeight);
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(Qt::NoPen);
    painter->setBrush(theme.track);
    painter->drawRoundedRect(track, 3, 3);
    if (row.included && row.bytes > 0) {
        const double share = static_cast<double>(row.bytes) / static_cast<double>(model.largest());
        painter->setBrush(theme.accent);
        painter->drawRoundedRect(
            QRectF(track.topLeft(), QSizeF(std::max(3.0, track.width() * share), BarHeight)), 3, 3);
    }
    painter->restore();
}

} // namespace

void ComponentsDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                               const QModelIndex& index) const {
    const auto& model = *static_cast<const ComponentsModel*>(index.model());
    const ComponentRow& row = model.row(index.row());
    QStyledItemDelegate::paint(painter, option, index);
    if (index.column() == ComponentsModel::Bar)
        paintBar(painter, option, model, row);
    if (index.column() != ComponentsModel::Weights || !(index.flags() & Qt::ItemIsEditable))
        return;
    // An arrow, so that one sees that there is a choice.
    QStyleOption arrow;
    arrow.initFrom(option.widget);
    const int size = option.fontMetrics.height() / 2 + 2;
    arrow.rect = QRect(option.rect.right() - size - 6, option.rect.center().y() - size / 2, size, size);
    option.widget->style()->drawPrimitive(QStyle::PE_IndicatorArrowDown, &arrow, painter, option.widget);
}

QWidget* ComponentsDelegate::createEditor(QWidget* parent, const QStyleOptionViewItem&,
                                          const QModelIndex& index) const {
    const ComponentRow& row = static_cast<const ComponentsModel*>(index.model())->row(index.row());
    auto* box = new QComboBox(parent);
    box->addItems(row.setTexts);
    box->setAccessibleName(
        tr("Weight set of %1").arg(index.siblingAtColumn(ComponentsModel::Name).data().toString()));
    // A choice is the end of the edit: no second click elsewhere.
    auto* self = const_cast<ComponentsDelegate*>(this);
    connect(box, &QComboBox::activated, self, [self, box] {
        emit self->commitData(box);
        emit self->closeEditor(box);
    });
    QTimer::singleShot(0, box, &QComboBox::showPopup);
    return box;
}

void ComponentsDelegate::setEditorData(QWidget* editor, const QModelIndex& index) const {
    static_cast<QComboBox*>(editor)->setCurrentIndex(index.data(Qt::EditRole).toInt());
}

void ComponentsDelegate::setModelData(QWidget* editor, QAbstractItemModel* model,
                                      const QModelIndex& index) const {
    model->setData(index, static_cast<QComboBox*>(editor)->currentIndex(), Qt::EditRole);
}

} // namespace shardlens::ui
