// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/shell/recent_items.h"

#include <QAbstractTableModel>
#include <QStyledItemDelegate>

namespace shardlens::ui {

/// Recent items as rows: name, kind, size, folder, time.
class RecentModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { Name, Kind, Size, Folder, Time, ColumnCount };
    enum Role { HasErrors = Qt::UserRole, Path };

    explicit RecentModel(RecentItems* items, QObject* parent = nullptr);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    QVariant text(const RecentItem& item, int column) const;

    RecentItems* m_items;
};

/// Paints a row with a rounded highlight, quiet secondary columns and a mark where there were errors.
class RecentDelegate : public QStyledItemDelegate {
    Q_OBJECT

public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override;
};

} // namespace shardlens::ui
