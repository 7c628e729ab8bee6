// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/models/cell.h"

#include <QStyledItemDelegate>

namespace shardlens::ui {

/// Paints the cells of every table (CellRole). Names are cut in their middle, numbers never.
class CellDelegate : public QStyledItemDelegate {
    Q_OBJECT

public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    static double width(const QFont& font, const Cell& cell);
};

} // namespace shardlens::ui
