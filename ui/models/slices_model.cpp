// SPDX-License-Identifier: Apache-2.0
#include "ui/models/slices_model.h"

#include "ui/style/text.h"

namespace shardlens::ui {

void SlicesModel::setTensor(CheckpointPtr checkpoint, TensorId tensor, SliceFactsPtr facts) {
    beginResetModel();
    m_checkpoint = std::move(checkpoint);
    m_tensor = tensor;
    m_facts = std::move(facts);
    m_keys = std::make_unique<ShardKeys>(*m_checkpoint);
    m_overlaps.assign(m_facts->copyOf.size(), false);
    for (const auto& damage : m_facts->damages)
        if (damage.kind == SliceDamage::Kind::Overlap)
            m_overlaps[damage.first] = m_overlaps[damage.second] = true;
    endResetModel();
}

void SlicesModel::clear() {
    beginResetModel();
    m_checkpoint = nullptr;
    m_facts = nullptr;
    endResetModel();
}

int SlicesModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() || !m_facts ? 0 : int(m_facts->copyOf.size());
}

int SlicesModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : ColumnCount;
}

Cell SlicesModel::cellOf(int row, int column) const {
    const auto at = std::size_t(row);
    const auto slice = m_checkpoint->slice(m_checkpoint->tensor(m_tensor).slice(std::uint32_t(row)));
    Cell cell;
    cell.style = Cell::Style::Number;
    switch (column) {
    case Shard: {
        const auto key = m_facts->key[at];
        if (key < m_facts->keyCount)
            cell.ordered = m_facts->keyCount < 2 ? 0.4 : double(key) / double(m_facts->keyCount - 1);
        const bool ranked = slice.file.valid() && m_checkpoint->file(slice.file).rank;
        cell.style = Cell::Style::Name;
        cell.text = ranked ? QString::number(*m_checkpoint->file(slice.file).rank)
                           : m_keys->title(*m_checkpoint, slice.file);
        break;
    }
    case Offset:
        cell.text = style::indexText(slice.box.offset);
        break;
    case Size:
        cell.text = sizeText(slice.box.size);
        break;
    case Bytes:
        cell.text = style::bytesText(slice.stored.size());
        break;
    case Begin:
        cell.text = slice.file.valid() ? style::grouped(slice.stored.begin) : QString();
        break;
    case End:
        cell.text = slice.file.valid() ? style::grouped(slice.stored.end) : QString();
        break;
    case Length:
        cell.text = slice.file.valid() ? style::grouped(slice.stored.size()) : QString();
        break;
    case File:
        cell.style = Cell::Style::Secondary;
        cell.text = slice.file.valid() ? style::plain(m_checkpoint->file(slice.file).path, 200) : QString();
        break;
    case State:
        cell.style = Cell::Style::Plain;
        if (isShort(*m_checkpoint, slice)) {
            cell.severity = Severity::Error;
            cell.text = slice.file.valid() ? tr("short") : tr("missing");
        } else if (m_overlaps[at]) {
            cell.severity = Severity::Error;
            cell.text = tr("overlap");
        } else {
            cell.style = Cell::Style::Secondary;
            cell.text = m_facts->copyOf[at] == std::uint32_t(row) ? tr("ok")
                                                                  : tr("copy of %1").arg(m_facts->copyOf[at]);
        }
        break;
    default:
        break;
    }
    return cell;
}

QVariant SlicesModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || !m_facts)
        return {};
    const bool right = index.column() >= Bytes && index.column() <= Length;
    if (role == Qt::TextAlignmentRole)
        return int((right ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    if (role != CellRole && role != Qt::DisplayRole && role != Qt::ToolTipRole &&
        role != Qt::AccessibleTextRole)
        return {};
    const auto cell = cellOf(index.row(), index.column());
    if (role == CellRole)
        return QVariant::fromValue(cell);
    return role == Qt::ToolTipRole ? QVariant(style::toolTip(cell.text)) : QVariant(cell.text);
}

QVariant SlicesModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return int((section >= Bytes && section <= Length ? Qt::AlignRight : Qt::AlignLeft) |
                   Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Shard:
        return m_facts && m_facts->byRank ? tr("Rank") : tr("File");
    case Offset:
        return tr("Offset");
    case Size:
        return tr("Size");
    case Bytes:
        return tr("Bytes");
    case Begin:
        return tr("Begins");
    case End:
        return tr("Ends");
    case Length:
        return tr("Length");
    case File:
        return tr("File");
    case State:
        return tr("State");
    default:
        return {};
    }
}

} // namespace shardlens::ui
