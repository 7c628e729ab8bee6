// SPDX-License-Identifier: Apache-2.0
#include "ui/dialogs/left_out_model.h"

#include "ui/style/text.h"
#include "ui/style/theme.h"

#include <QGuiApplication>

namespace shardlens::ui {

void LeftOutModel::setDigest(PlanDigestPtr digest) {
    beginResetModel();
    m_digest = std::move(digest);
    endResetModel();
}

int LeftOutModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() || !m_digest ? 0 : static_cast<int>(m_digest->leftOut.size());
}

int LeftOutModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant LeftOutModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const LeftOutRow& row = m_digest->leftOut[static_cast<std::size_t>(index.row())];
    if (role == Qt::DisplayRole) {
        switch (index.column()) {
        case Name:
            return row.name;
        case What:
            return row.what;
        case Size:
            return row.bytes == 0 ? QString() : style::bytesText(row.bytes);
        case Why:
            return row.why;
        default:
            return {};
        }
    }
    if (role == Qt::ToolTipRole)
        return index.column() == Size  ? style::bytesTip(row.bytes)
               : index.column() == Why ? style::toolTip(row.why)
                                       : style::toolTip(row.name);
    if (role == Qt::TextAlignmentRole && index.column() == Size)
        return QVariant::fromValue(Qt::AlignRight | Qt::AlignVCenter);
    if (role == Qt::ForegroundRole && index.column() == What)
        return style::Theme(QGuiApplication::palette()).secondary;
    return {};
}

QVariant LeftOutModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue((section == Size ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Name:
        return tr("Name");
    case What:
        return tr("What");
    case Size:
        return tr("Size");
    case Why:
        return tr("Why");
    default:
        return {};
    }
}

} // namespace shardlens::ui
