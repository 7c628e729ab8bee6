// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/models/compare_model.h"

#include <QStyledItemDelegate>

namespace shardlens::ui {

/// Paints the comparison's cells: headings with swatch and count, chips, strips.
class CompareDelegate : public QStyledItemDelegate {
    Q_OBJECT

public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
};

} // namespace shardlens::ui
