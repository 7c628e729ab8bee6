// SPDX-License-Identifier: Apache-2.0
#include "ui/dialogs/components_model.h"

#include "ui/style/painting.h"
#include "ui/style/text.h"
#include "ui/style/theme.h"

#include <QGuiApplication>

#include <algorithm>

namespace shardlens::ui {

void ComponentsModel::setRows(std::vector<ComponentRow> rows) {
    beginResetModel();
    m_rows = std::move(rows);
    m_largest = 0;
    for (const ComponentRow& row : m_rows)
        m_largest = std::max(m_largest, row.bytes);
    endResetModel();
}

int ComponentsModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int ComponentsModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : ColumnCount;
}

Qt::ItemFlags ComponentsModel::flags(const QModelIndex& index) const {
    Qt::ItemFlags flags = QAbstractTableModel::flags(index);
    if (!index.isValid())
        return flags;
    const ComponentRow& at = row(index.row());
    if (index.column() == Name && at.optional)
        flags |= Qt::ItemIsUserCheckable;
    if (index.column() == Weights && at.included && at.sets.size() > 1)
        flags |= Qt::ItemIsEditable;
    return flags;
}

QVariant ComponentsModel::text(const ComponentRow& row, int column) const {
    switch (column) {
    case Name:
        return style::plain(row.name, 120);
    case Class:
        return row.className;
    case Weights:
        if (!row.included)
            return tr("left out");
        if (row.sets.isEmpty())
            return row.className.isEmpty() ? QString() : tr("no weights");
        return row.chosen < 0 ? tr("none chosen") : row.setTexts[row.chosen];
    case Holds:
        return row.holds;
    case Size:
        return row.included && row.bytes > 0 ? style::bytesText(row.bytes) : QString();
    default:
        return {};
    }
}

QVariant ComponentsModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const ComponentRow& at = row(index.row());
    const bool number = index.column() == Size || index.column() == Holds;
    switch (role) {
    case Qt::DisplayRole:
        return text(at, index.column());
    case Qt::CheckStateRole:
        if (index.column() == Name && at.optional)
            return at.included ? Qt::Checked : Qt::Unchecked;
        return {};
    case Qt::EditRole:
        return index.column() == Weights ? QVariant(at.chosen) : QVariant();
    case Qt::ToolTipRole:
        return index.column() == Size ? style::bytesTip(at.bytes)
                                      : style::toolTip(text(at, index.column()).toString());
    case Qt::TextAlignmentRole:
        return QVariant::fromValue((number ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    case Qt::ForegroundRole: {
        const bool quiet =
            index.column() == Class || (index.column() == Weights && at.sets.size() < 2) || !at.included;
        return quiet ? QVariant(style::Theme(QGuiApplication::palette()).secondary) : QVariant();
    }
    case Qt::FontRole:
        return index.column() == Name ? QVariant(style::mediumFont(QGuiApplication::font())) : QVariant();
    default:
        return {};
    }
}

bool ComponentsModel::setData(const QModelIndex& index, const QVariant& value, int role) {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return false;
    ComponentRow& at = m_rows[static_cast<std::size_t>(index.row())];
    if (index.column() == Name && role == Qt::CheckStateRole && at.optional) {
        at.included = value.toInt() == Qt::Checked;
    } else if (index.column() == Weights && role == Qt::EditRole) {
        const int chosen = value.toInt();
        if (chosen < 0 || chosen >= at.sets.size() || chosen == at.chosen)
            return false;
        at.chosen = chosen;
    } else {
        return false;
    }
    emit dataChanged(index.siblingAtColumn(0), index.siblingAtColumn(ColumnCount - 1));
    emit rowsEdited();
    return true;
}

QVariant ComponentsModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue((section == Size || section == Holds ? Qt::AlignRight : Qt::AlignLeft) |
                                   Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Name:
        return tr("Component");
    case Class:
        return tr("Class");
    case Weights:
        return tr("Weight set");
    case Holds:
        return tr("Holds");
    case Size:
        return tr("Size");
    default:
        return {};
    }
}

} // namespace shardlens::ui
