// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/dialogs/component_row.h"

#include <QAbstractTableModel>
#include <QStyledItemDelegate>

#include <vector>

namespace shardlens::ui {

/// The components of a pipeline as a table in which one ticks what goes along and chooses its weights. Says what was
/// changed; a new plan then brings new rows.
class ComponentsModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { Name, Class, Weights, Holds, Size, Bar, ColumnCount };

    using QAbstractTableModel::QAbstractTableModel;
    void setRows(std::vector<ComponentRow> rows);
    const std::vector<ComponentRow>& rows() const { return m_rows; }
    const ComponentRow& row(int index) const { return m_rows[static_cast<std::size_t>(index)]; }
    std::uint64_t largest() const { return m_largest; }

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    bool setData(const QModelIndex& index, const QVariant& value, int role) override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

signals:
    /// By the user.
    void rowsEdited();

private:
    QVariant text(const ComponentRow& row, int column) const;

    std::vector<ComponentRow> m_rows;
    std::uint64_t m_largest = 0;
};

/// Offers the weight sets of a component in a box, and draws sizes as bars.
class ComponentsDelegate : public QStyledItemDelegate {
    Q_OBJECT

public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override;
    QWidget* createEditor(QWidget* parent, const QStyleOptionViewItem& option,
                          const QModelIndex& index) const override;
    void setEditorData(QWidget* editor, const QModelIndex& index) const override;
    void setModelData(QWidget* editor, QAbstractItemModel* model, const QModelIndex& index) const override;
};

} // namespace shardlens::ui
