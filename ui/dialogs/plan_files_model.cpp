// SPDX-License-Identifier: Apache-2.0
#include "ui/dialogs/plan_files_model.h"

#include "ui/style/painting.h"
#include "ui/style/text.h"

#include <QFont>
#include <QGuiApplication>
#include <QPainter>
#include <QPainterPath>

#include <algorithm>

namespace shardlens::ui {

void PlanFilesModel::setDigest(PlanDigestPtr digest) {
    beginResetModel();
    m_digest = std::move(digest);
    m_largest = 0;
    if (m_digest)
        for (const PlanFileRow& row : m_digest->files)
            m_largest = std::max(m_largest, row.bytes);
    endResetModel();
}

const PlanFileRow* PlanFilesModel::row(int index) const {
    if (!m_digest || index < 0 || static_cast<std::size_t>(index) >= m_digest->files.size())
        return nullptr;
    return &m_digest->files[static_cast<std::size_t>(index)];
}

int PlanFilesModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() || !m_digest ? 0 : static_cast<int>(m_digest->files.size());
}

int PlanFilesModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant PlanFilesModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const PlanFileRow& file = *row(index.row());
    if (role == Qt::DisplayRole) {
        switch (index.column()) {
        case File:
            return file.name;
        case Holds:
            return file.holds;
        case Tensors:
            return file.tensors == 0 ? QString() : style::grouped(file.tensors);
        case Size:
            return style::bytesText(file.bytes);
        default:
            return {};
        }
    }
    if (role == Qt::ToolTipRole)
        return index.column() == Size    ? style::bytesTip(file.bytes)
               : index.column() == Holds ? style::toolTip(file.holds)
                                         : style::toolTip(file.name);
    if (role == Qt::TextAlignmentRole && (index.column() == Tensors || index.column() == Size))
        return QVariant::fromValue(Qt::AlignRight | Qt::AlignVCenter);
    if (role == Qt::FontRole && index.column() == File)
        return style::mediumFont(QGuiApplication::font());
    if (role == Qt::ForegroundRole && index.column() == Holds)
        return style::Theme(QGuiApplication::palette()).secondary;
    return {};
}

QVariant PlanFilesModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue((section == Tensors || section == Size ? Qt::AlignRight : Qt::AlignLeft) |
                                   Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case File:
        return tr("File");
    case Holds:
        return tr("Holds");
    case Tensors:
        return tr("Tensors");
    case Size:
        return tr("Size");
    default:
        return QString();
    }
}

void RoleBarDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                            const QModelIndex& index) const {
    QStyledItemDelegate::paint(painter, option, index);
    const auto* model = qobject_cast<const PlanFilesModel*>(index.model());
    const PlanFileRow* row = model ? model->row(index.row()) : nullptr;
    if (!row || row->tensors == 0 || model->largest() == 0)
        return;
    const style::Theme theme(option.palette);
    const QRectF room = QRectF(option.rect).adjusted(8, 0, -10, 0);
    const double scale = room.width() / static_cast<double>(model->largest());
    double x = room.left();
    const double y = room.center().y() - 5;
    for (std::size_t role = 0; role < row->roleBytes.size(); ++role) {
        const double width = static_cast<double>(row->roleBytes[role]) * scale;
        if (row->roleBytes[role] == 0)
            continue;
        painter->fillRect(QRectF(x, y, std::max(1.0, width), 10), theme.role(static_cast<style::Role>(role)));
        x += width;
    }
}

} // namespace shardlens::ui
