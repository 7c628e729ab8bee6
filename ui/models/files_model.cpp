// SPDX-License-Identifier: Apache-2.0
#include "ui/models/files_model.h"

#include "query/natural_key.h"
#include "ui/models/cell.h"
#include "ui/models/slice_facts.h"
#include "ui/style/text.h"

#include <algorithm>
#include <numeric>

namespace shardlens::ui {

Result<FileSumsPtr> sumFiles(const Checkpoint& checkpoint, const JobContext& context) {
    auto sums = std::make_shared<FileSums>();
    sums->slices.assign(checkpoint.fileCount(), 0);
    sums->sliceBytes.assign(checkpoint.fileCount(), 0);
    for (std::uint32_t i = 0; i < checkpoint.sliceCount(); ++i) {
        if (i % 65536 == 0)
            SHARDLENS_CHECK(context.checkStop());
        const auto slice = checkpoint.slice(SliceId(i));
        if (!slice.file.valid())
            continue;
        ++sums->slices[slice.file.index()];
        sums->sliceBytes[slice.file.index()] += slice.stored.size();
    }
    return sums;
}

void FilesModel::setCheckpoint(CheckpointPtr checkpoint) {
    beginResetModel();
    m_checkpoint = std::move(checkpoint);
    m_sums = nullptr;
    m_rows.resize(m_checkpoint ? m_checkpoint->fileCount() : 0);
    std::iota(m_rows.begin(), m_rows.end(), 0u);
    std::vector<std::string> keys(m_rows.size());
    for (const auto row : m_rows)
        appendNaturalKey(keys[row], m_checkpoint->file(FileId(row)).path);
    std::ranges::stable_sort(m_rows, {}, [&](std::uint32_t row) -> const std::string& { return keys[row]; });
    endResetModel();
}

void FilesModel::setSums(FileSumsPtr sums) {
    m_sums = std::move(sums);
}

FileId FilesModel::fileAt(int row) const {
    return row >= 0 && row < int(m_rows.size()) ? FileId(m_rows[std::size_t(row)]) : FileId();
}

int FilesModel::rowOf(FileId file) const {
    const auto found = std::ranges::find(m_rows, file.value());
    return found == m_rows.end() ? -1 : int(found - m_rows.begin());
}

int FilesModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : int(m_rows.size());
}
int FilesModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant FilesModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid())
        return {};
    const bool number = index.column() == Rank || index.column() == Slices || index.column() == Data ||
                        index.column() == Size;
    if (role == Qt::TextAlignmentRole)
        return int((number ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    if (role != CellRole && role != Qt::DisplayRole && role != Qt::ToolTipRole &&
        role != Qt::AccessibleTextRole)
        return {};
    const auto id = fileAt(index.row());
    const auto& file = m_checkpoint->file(id);
    Cell cell;
    cell.style = number ? Cell::Style::Number : Cell::Style::Plain;
    switch (index.column()) {
    case Name: {
        const ShardKeys keys(*m_checkpoint);
        cell.style = Cell::Style::Name;
        cell.text = style::plain(file.path);
        if (const auto key = keys.of(id); key < keys.count())
            cell.ordered = keys.count() < 2 ? 0.4 : double(key) / double(keys.count() - 1);
        break;
    }
    case Rank:
        cell.text = file.rank ? QString::number(*file.rank) : QString();
        break;
    case Slices:
        cell.text = m_sums ? style::grouped(m_sums->slices[id.index()]) : QString();
        break;
    case Data:
        cell.text = m_sums ? style::bytesText(m_sums->sliceBytes[id.index()]) : QString();
        break;
    case Size:
        cell.text = file.missing ? QString() : style::bytesText(file.bytes);
        break;
    case State:
        cell.style = Cell::Style::Secondary;
        if (file.missing) {
            cell.severity = Severity::Error;
            cell.text = tr("missing");
        }
        break;
    default:
        break;
    }
    if (role == Qt::ToolTipRole)
        return style::toolTip(index.column() == Size ? style::bytesTip(file.bytes) : cell.text);
    return role == CellRole ? QVariant::fromValue(cell) : QVariant(cell.text);
}

QVariant FilesModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return int((section >= Rank && section <= Size ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Name:
        return tr("File");
    case Rank:
        return tr("Rank");
    case Slices:
        return tr("Slices");
    case Data:
        return tr("Tensor data");
    case Size:
        return tr("Size");
    case State:
        return tr("State");
    default:
        return {};
    }
}

} // namespace shardlens::ui
