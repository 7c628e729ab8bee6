// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/dialogs/plan_digest.h"

#include <QAbstractTableModel>
#include <QStyledItemDelegate>

namespace shardlens::ui {

/// The files that a plan writes.
class PlanFilesModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { File, Holds, Tensors, Size, Bar, ColumnCount };

    using QAbstractTableModel::QAbstractTableModel;
    void setDigest(PlanDigestPtr digest);
    const PlanFileRow* row(int index) const;
    std::uint64_t largest() const { return m_largest; }

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    PlanDigestPtr m_digest;
    std::uint64_t m_largest = 0;
};

/// Draws what a file holds as a bar in the roles' colours, as long as its size.
class RoleBarDelegate : public QStyledItemDelegate {
    Q_OBJECT

public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override;
};

} // namespace shardlens::ui
