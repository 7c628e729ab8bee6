// SPDX-License-Identifier: Apache-2.0
#include "ui/models/findings_model.h"

#include "ui/models/cell.h"
#include "ui/style/text.h"

#include <algorithm>
#include <numeric>

namespace shardlens::ui {

SelectedItem subjectOf(const Checkpoint& checkpoint, const Finding& finding) {
    const auto& subject = finding.subject;
    switch (subject.kind) {
    case Subject::Kind::Tensor:
        if (subject.id < checkpoint.tensorCount())
            return SelectedItem::tensor(TensorId(subject.id));
        break;
    case Subject::Kind::Entry:
        if (subject.id < checkpoint.entryCount())
            return SelectedItem::entry(EntryId(subject.id));
        break;
    case Subject::Kind::File:
        if (subject.id < checkpoint.fileCount())
            return SelectedItem::file(FileId(subject.id));
        break;
    case Subject::Kind::Checkpoint:
        break;
    }
    return finding.tensors.empty() ? SelectedItem{} : SelectedItem::tensor(finding.tensors.front());
}

QString countsText(const Findings& findings) {
    const auto counts = countFindings(findings);
    QStringList parts;
    if (counts.errors)
        parts << (counts.errors == 1 ? FindingsModel::tr("1 error")
                                     : FindingsModel::tr("%1 errors").arg(counts.errors));
    if (counts.warnings)
        parts << (counts.warnings == 1 ? FindingsModel::tr("1 warning")
                                       : FindingsModel::tr("%1 warnings").arg(counts.warnings));
    if (counts.infos)
        parts << (counts.infos == 1 ? FindingsModel::tr("1 note")
                                    : FindingsModel::tr("%1 notes").arg(counts.infos));
    return parts.join(QStringLiteral(", "));
}

QString whereText(const Checkpoint& checkpoint, const Finding& finding) {
    const auto& where = finding.what.where;
    if (!where.file.empty())
        return style::plain(where.file, 200);
    if (!where.item.empty())
        return style::plain(where.item, 200);
    if (finding.subject.kind == Subject::Kind::Tensor && finding.subject.id < checkpoint.tensorCount())
        return style::plain(checkpoint.tensor(TensorId(finding.subject.id)).name(), 200);
    if (finding.tensors.size() == 1)
        return style::plain(checkpoint.tensor(finding.tensors.front()).name(), 200);
    if (finding.tensors.size() > 1)
        return FindingsModel::tr("%1 tensors").arg(style::grouped(finding.tensors.size()));
    return {};
}

void FindingsModel::setCheckpoint(CheckpointPtr checkpoint) {
    beginResetModel();
    m_checkpoint = std::move(checkpoint);
    m_found.clear();
    sortRows();
    endResetModel();
}

void FindingsModel::setFound(Findings found) {
    beginResetModel();
    m_found = std::move(found);
    sortRows();
    endResetModel();
}

void FindingsModel::sortRows() {
    m_rows.clear();
    if (!m_checkpoint)
        return;
    m_rows.resize(m_checkpoint->findings().size() + m_found.size());
    std::iota(m_rows.begin(), m_rows.end(), 0u);
    const auto all = this->all();
    std::ranges::stable_sort(m_rows, {}, [&](std::uint32_t row) { return all[row].severity(); });
}

Findings FindingsModel::all() const {
    auto out = m_checkpoint ? m_checkpoint->findings() : Findings();
    out.insert(out.end(), m_found.begin(), m_found.end());
    return out;
}

const Finding& FindingsModel::findingAt(int row) const {
    const auto at = m_rows[std::size_t(row)];
    const auto& known = m_checkpoint->findings();
    return at < known.size() ? known[at] : m_found[at - known.size()];
}

std::optional<FindingId> FindingsModel::idAt(int row) const {
    const auto at = m_rows[std::size_t(row)];
    return at < m_checkpoint->findings().size() ? std::optional(FindingId(at)) : std::nullopt;
}

int FindingsModel::rowOf(FindingId finding) const {
    const auto found = std::ranges::find(m_rows, finding.value());
    return found == m_rows.end() ? -1 : int(found - m_rows.begin());
}

QString FindingsModel::text(int row) const {
    const auto& finding = findingAt(row);
    const auto rule =
        QString::fromUtf8(finding.what.rule->id.data(), qsizetype(finding.what.rule->id.size()));
    QStringList lines{style::severityText(finding.severity()) + QStringLiteral(" ") + rule};
    for (const auto& line :
         {style::place(finding.what.where), style::message(finding.what), style::advice(finding.what)})
        if (!line.isEmpty())
            lines << line;
    return lines.join(QLatin1Char('\n'));
}

int FindingsModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : int(m_rows.size());
}
int FindingsModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant FindingsModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || (role != CellRole && role != Qt::DisplayRole && role != Qt::ToolTipRole &&
                             role != Qt::AccessibleTextRole))
        return {};
    const auto& finding = findingAt(index.row());
    if (role == Qt::ToolTipRole)
        return style::toolTip(text(index.row()));
    Cell cell;
    switch (index.column()) {
    case Rule:
        cell.style = Cell::Style::Name;
        cell.severity = finding.severity();
        cell.text = QString::fromUtf8(finding.what.rule->id.data(), qsizetype(finding.what.rule->id.size()));
        break;
    case Where:
        cell.style = Cell::Style::Secondary;
        cell.text = whereText(*m_checkpoint, finding);
        break;
    case Sentence:
        cell.text = style::message(finding.what);
        break;
    case Advice:
        cell.style = Cell::Style::Secondary;
        cell.text = style::advice(finding.what);
        break;
    default:
        break;
    }
    if (role == Qt::AccessibleTextRole && index.column() == Rule)
        return style::severityText(finding.severity()) + QLatin1Char(' ') + cell.text;
    return role == CellRole ? QVariant::fromValue(cell) : QVariant(cell.text);
}

QVariant FindingsModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Rule:
        return tr("Finding");
    case Where:
        return tr("Where");
    case Sentence:
        return tr("What");
    case Advice:
        return tr("What to do");
    default:
        return {};
    }
}

} // namespace shardlens::ui
