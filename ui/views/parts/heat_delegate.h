// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/views/parts/heat_scale.h"

#include <QStyledItemDelegate>

namespace shardlens::ui {

/// Paints the cells of the values grid: colour by value, NaN and ±Inf marked, the number where it fits.
class HeatDelegate : public QStyledItemDelegate {
    Q_OBJECT

public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void setScale(const HeatScale& scale) { m_scale = scale; }
    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override;

private:
    HeatScale m_scale;
};

} // namespace shardlens::ui
