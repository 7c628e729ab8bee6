// SPDX-License-Identifier: Apache-2.0
#include "ui/models/tensors_model.h"

#include "ui/models/cell.h"
#include "ui/models/tensor_role.h"
#include "ui/style/text.h"

#include <algorithm>

namespace shardlens::ui {
namespace {

bool isNumber(TensorColumn column) {
    return column == TensorColumn::Parameters || column == TensorColumn::Size ||
           column == TensorColumn::Slices;
}

QString fileText(const Checkpoint& checkpoint, TensorId tensor) {
    const auto files = filesOf(checkpoint, tensor);
    if (!files.first.valid())
        return {};
    const auto first = style::plain(checkpoint.file(files.first).path, 256);
    return files.others ? TensorsModel::tr("%1 and %2 more").arg(first).arg(files.others) : first;
}

Cell cellOf(const Checkpoint& checkpoint, TensorView tensor, TensorColumn column,
            std::optional<Severity> severity) {
    Cell cell;
    switch (column) {
    case TensorColumn::Name:
        cell.style = Cell::Style::Name;
        cell.text = style::plain(tensor.name());
        cell.role = roleOf(tensor.name());
        break;
    case TensorColumn::Type:
        cell.style = Cell::Style::Chip;
        cell.text = style::plain(tensor.dtypeName(), 32);
        cell.dtype = tensor.dtype();
        break;
    case TensorColumn::Shape:
        cell.text = style::shapeText(tensor.shape());
        break;
    case TensorColumn::Parameters:
        cell.text = style::countText(tensor.elements());
        break;
    case TensorColumn::Size:
        cell.text = style::bytesText(tensor.bytes());
        break;
    case TensorColumn::Slices:
        cell.text = style::grouped(tensor.sliceCount());
        break;
    case TensorColumn::File:
        cell.style = Cell::Style::Secondary;
        cell.text = fileText(checkpoint, tensor.id());
        break;
    case TensorColumn::Finding:
        cell.style = Cell::Style::Secondary;
        cell.severity = severity;
        cell.text = severity ? style::severityText(*severity) : QString();
        break;
    }
    if (isNumber(column) || column == TensorColumn::Shape)
        cell.style = Cell::Style::Number;
    return cell;
}

} // namespace

void TensorsModel::setRows(NameTreePtr names, TensorRowsPtr rows) {
    beginResetModel();
    if (names != m_names)
        m_marks = nullptr;
    m_names = std::move(names);
    m_rows = std::move(rows);
    endResetModel();
}

void TensorsModel::setMarks(FindingMarksPtr marks) {
    m_marks = std::move(marks);
}

TensorId TensorsModel::tensorAt(int row) const {
    return m_rows && row >= 0 && row < rowCount() ? TensorId(m_rows->tensors[std::size_t(row)]) : TensorId();
}

int TensorsModel::rowOf(TensorId tensor) const {
    if (!m_rows || !tensor.valid())
        return -1;
    const auto found = std::ranges::find(m_rows->tensors, tensor.value());
    return found == m_rows->tensors.end() ? -1 : int(found - m_rows->tensors.begin());
}

int TensorsModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() || !m_rows ? 0 : int(m_rows->tensors.size());
}

int TensorsModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : TensorColumnCount;
}

QVariant TensorsModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || !m_rows)
        return {};
    const auto column = static_cast<TensorColumn>(index.column());
    if (role == Qt::TextAlignmentRole)
        return int((isNumber(column) ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    if (role != CellRole && role != Qt::DisplayRole && role != Qt::ToolTipRole &&
        role != Qt::AccessibleTextRole)
        return {};
    const auto& checkpoint = *m_names->checkpoint();
    const auto tensor = checkpoint.tensor(tensorAt(index.row()));
    if (role == Qt::ToolTipRole && column == TensorColumn::Size)
        return style::toolTip(style::bytesTip(tensor.bytes()));
    if (role == Qt::ToolTipRole && column == TensorColumn::Parameters)
        return style::toolTip(style::grouped(tensor.elements()));
    const auto severity =
        m_marks ? m_marks->ofPosition(m_names->position(tensor.id().value())) : std::nullopt;
    auto cell = cellOf(checkpoint, tensor, column, severity);
    if (role == CellRole)
        return QVariant::fromValue(cell);
    return role == Qt::ToolTipRole ? QVariant(style::toolTip(cell.text)) : QVariant(cell.text);
}

QVariant TensorsModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return int((isNumber(static_cast<TensorColumn>(section)) ? Qt::AlignRight : Qt::AlignLeft) |
                   Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    switch (static_cast<TensorColumn>(section)) {
    case TensorColumn::Name:
        return tr("Name");
    case TensorColumn::Type:
        return tr("Type");
    case TensorColumn::Shape:
        return tr("Shape");
    case TensorColumn::Parameters:
        return tr("Parameters");
    case TensorColumn::Size:
        return tr("Size");
    case TensorColumn::Slices:
        return tr("Slices");
    case TensorColumn::File:
        return tr("File");
    case TensorColumn::Finding:
        return tr("Finding");
    }
    return {};
}

} // namespace shardlens::ui
