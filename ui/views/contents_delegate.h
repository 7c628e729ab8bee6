// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/models/contents_row.h"

#include <QStyledItemDelegate>

namespace shardlens::ui {

class ContentsModel;

/// Paints the cells of the contents tree: swatch or icon, name cut in its middle, badge; chip and shape;
/// sums.
class ContentsDelegate : public QStyledItemDelegate {
    Q_OBJECT

public:
    ContentsDelegate(const ContentsModel* model, QObject* parent);

    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    /// What the name cell needs to show the whole name, without indentation.
    double nameWidth(const QFont& font, const ContentsRow& row) const;
    double typeWidth(const QFont& font, const ContentsRow& row) const;

private:
    struct Colors;
    void paintName(QPainter& painter, const QRectF& cell, const ContentsRow& row, const Colors& colors) const;
    void paintType(QPainter& painter, const QRectF& cell, const ContentsRow& row, const Colors& colors) const;
    const ContentsModel* m_model;
};

} // namespace shardlens::ui
