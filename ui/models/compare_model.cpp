// SPDX-License-Identifier: Apache-2.0
#include "ui/models/compare_model.h"

#include "ui/style/text.h"

#include <QStringList>

#include <algorithm>
#include <cmath>

namespace shardlens::ui {

QString classTitle(CompareClass which) {
    switch (which) {
    case CompareClass::Different:
        return CompareModel::tr("Different");
    case CompareClass::OnlyA:
        return CompareModel::tr("Only in A");
    case CompareClass::OnlyB:
        return CompareModel::tr("Only in B");
    case CompareClass::Same:
        break;
    }
    return CompareModel::tr("Same");
}

QString classWords(CompareClass which) {
    switch (which) {
    case CompareClass::Different:
        return CompareModel::tr("different");
    case CompareClass::OnlyA:
        return CompareModel::tr("only in A");
    case CompareClass::OnlyB:
        return CompareModel::tr("only in B");
    case CompareClass::Same:
        break;
    }
    return CompareModel::tr("same");
}

QString gapText(double gap) {
    if (!std::isfinite(gap) || gap == 0)
        return style::numberText(gap);
    return QString::number(gap, 'g', 3).replace(QLatin1Char('-'), QChar(0x2212));
}

void CompareModel::setRows(CompareResultPtr result, CompareRowsPtr rows) {
    beginResetModel();
    m_result = std::move(result);
    m_rows = m_result ? std::move(rows) : nullptr;
    recount();
    endResetModel();
}

void CompareModel::setShown(CompareClass which, bool shown) {
    beginResetModel();
    m_shown[std::size_t(which)] = shown;
    recount();
    endResetModel();
}

void CompareModel::setFolded(CompareClass which, bool folded) {
    beginResetModel();
    m_folded[std::size_t(which)] = folded;
    recount();
    endResetModel();
}

void CompareModel::recount() {
    m_total = 0;
    for (std::size_t i = 0; i < CompareClassCount; ++i) {
        const std::size_t items = m_rows ? m_rows->items[i].size() : 0;
        m_begin[i] = m_total;
        m_size[i] = items == 0 || !m_shown[i] ? 0 : 1 + (m_folded[i] ? 0 : int(items));
        m_total += m_size[i];
    }
}

std::optional<CompareModel::Place> CompareModel::placeAt(int row) const {
    for (std::size_t i = 0; i < CompareClassCount; ++i) {
        if (row < m_begin[i] || row >= m_begin[i] + m_size[i])
            continue;
        Place place{static_cast<CompareClass>(i), std::nullopt};
        if (row > m_begin[i])
            place.item = m_rows->items[i][std::size_t(row - m_begin[i] - 1)];
        return place;
    }
    return std::nullopt;
}

int CompareModel::rowOf(CompareClass which, std::uint32_t item) const {
    const auto i = std::size_t(which);
    if (!m_rows || m_size[i] <= 1)
        return -1;
    const auto found = std::ranges::find(m_rows->items[i], item);
    return found == m_rows->items[i].end() ? -1 : m_begin[i] + 1 + int(found - m_rows->items[i].begin());
}

int CompareModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : m_total;
}

int CompareModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : CompareColumnCount;
}

CompareCell CompareModel::heading(CompareClass which, CompareColumn column) const {
    CompareCell cell;
    cell.isHeader = true;
    cell.which = which;
    if (column != CompareColumn::Name)
        return cell;
    cell.folded = isFolded(which);
    cell.text = classTitle(which);
    const auto shown = m_rows->items[std::size_t(which)].size(), all = classSize(m_result->comparison, which);
    cell.quiet =
        shown == all ? style::grouped(all) : tr("%1 of %2").arg(style::grouped(shown), style::grouped(all));
    return cell;
}

void CompareModel::fillType(const Place& place, CompareCell& into) const {
    const auto [a, b] = tensorsAt(m_result->comparison, place.which, *place.item);
    const auto first = a.valid() ? m_result->a.checkpoint->tensor(a) : m_result->b.checkpoint->tensor(b);
    into.dtypeA = first.dtype();
    into.typeA = style::plain(first.dtypeName(), 24);
    into.text = style::shapeText(first.shape());
    if (!a.valid() || !b.valid())
        return;
    const auto second = m_result->b.checkpoint->tensor(b);
    if (second.dtypeName() != first.dtypeName()) {
        into.dtypeB = second.dtype();
        into.typeB = style::plain(second.dtypeName(), 24);
    }
    if (!equal(first.shape(), second.shape()))
        into.text += QStringLiteral(" → ") + style::shapeText(second.shape());
}

void CompareModel::fillFigures(const Difference& difference, CompareColumn column, CompareCell& into) const {
    if (!difference.valuesCompared) {
        if (column == CompareColumn::Where)
            into.text = difference.problem          ? style::message(*difference.problem)
                        : m_result->settings.values ? tr("other shape: values are not compared")
                                                    : tr("values were not read");
        return;
    }
    switch (column) {
    case CompareColumn::MaxDifference:
        into.text = gapText(difference.maxAbs);
        break;
    case CompareColumn::Values:
        if (difference.count == 0)
            into.quiet = tr("type only");
        else
            into.text = style::grouped(difference.count);
        break;
    case CompareColumn::Share:
        if (difference.count > 0)
            into.text = style::percentText(double(difference.count) /
                                           double(m_result->a.checkpoint->tensor(difference.a).elements()));
        break;
    case CompareColumn::Where:
        into.strip = &difference;
        break;
    default:
        break;
    }
}

QString CompareModel::where(const Place& place) const {
    const bool inA = place.which == CompareClass::OnlyA;
    const auto& others = inA ? m_result->inB : m_result->inA;
    const auto [a, b] = tensorsAt(m_result->comparison, place.which, *place.item);
    const auto found = others.find((inA ? a : b).value());
    if (found == others.end())
        return {};
    const auto& there = inA ? m_result->b.checkpoint : m_result->a.checkpoint;
    return tr("= %1").arg(style::plain(there->tensor(found->second).name(), 120));
}

CompareCell CompareModel::cell(const Place& place, CompareColumn column) const {
    if (!place.item)
        return heading(place.which, column);
    CompareCell cell;
    cell.which = place.which;
    const auto [a, b] = tensorsAt(m_result->comparison, place.which, *place.item);
    if (column == CompareColumn::Name) {
        cell.text = style::plain(b.valid() ? m_result->b.checkpoint->tensor(b).name()
                                           : m_result->a.checkpoint->tensor(a).name());
    } else if (column == CompareColumn::Type) {
        fillType(place, cell);
    } else if (place.which == CompareClass::Different) {
        fillFigures(m_result->comparison.different[*place.item], column, cell);
    } else if (place.which == CompareClass::Same) {
        if (column == CompareColumn::MaxDifference)
            cell.quiet = !m_result->settings.values ? tr("not read")
                         : m_result->comparison.identical == m_result->comparison.same.size()
                             ? tr("bit for bit")
                             : tr("equal");
    } else if (column == CompareColumn::Where) {
        cell.quiet = where(place);
    }
    return cell;
}

QString CompareModel::textOf(const CompareCell& cell) {
    QStringList texts;
    for (const QString& text :
         {cell.typeA, cell.typeB.isEmpty() ? QString() : QStringLiteral("→ ") + cell.typeB, cell.text,
          cell.quiet})
        if (!text.isEmpty())
            texts << text;
    if (cell.strip) {
        const auto rows =
            std::ranges::count_if(cell.strip->strip, [](std::uint8_t share) { return share > 0; });
        texts << (rows == 0 ? tr("nowhere")
                            : tr("in %1 of %2 parts").arg(rows).arg(cell.strip->strip.size()));
    }
    return texts.join(QLatin1Char(' '));
}

QString CompareModel::lineOf(CompareClass which, std::uint32_t item) const {
    QStringList texts;
    for (int column = 0; column < CompareColumnCount; ++column)
        if (const QString text = textOf(cell({which, item}, static_cast<CompareColumn>(column)));
            !text.isEmpty())
            texts << text;
    return texts.join(QLatin1Char('\t'));
}

QVariant CompareModel::data(const QModelIndex& index, int role) const {
    const auto place = index.isValid() ? placeAt(index.row()) : std::nullopt;
    if (!place)
        return {};
    const auto column = static_cast<CompareColumn>(index.column());
    const bool number = column == CompareColumn::MaxDifference || column == CompareColumn::Values ||
                        column == CompareColumn::Share;
    if (role == Qt::TextAlignmentRole)
        return int((number ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    if (role != CompareCellRole && role != Qt::DisplayRole && role != Qt::ToolTipRole &&
        role != Qt::AccessibleTextRole)
        return {};
    const CompareCell cell = this->cell(*place, column);
    if (role == CompareCellRole)
        return QVariant::fromValue(cell);
    QString text = textOf(cell);
    if (column == CompareColumn::Where && !cell.quiet.isEmpty())
        text.prepend(tr("the same bytes") + QLatin1Char(' '));
    return role == Qt::ToolTipRole ? QVariant(style::toolTip(text)) : QVariant(text);
}

QVariant CompareModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal)
        return {};
    const auto column = static_cast<CompareColumn>(section);
    if (role == Qt::TextAlignmentRole)
        return int((column == CompareColumn::MaxDifference || column == CompareColumn::Values ||
                            column == CompareColumn::Share
                        ? Qt::AlignRight
                        : Qt::AlignLeft) |
                   Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    switch (column) {
    case CompareColumn::Name:
        return tr("Name");
    case CompareColumn::Type:
        return tr("Type and shape");
    case CompareColumn::MaxDifference:
        return tr("Max difference");
    case CompareColumn::Values:
        return tr("Values");
    case CompareColumn::Share:
        return tr("Share");
    case CompareColumn::Where:
        return tr("Where, along dimension 0");
    }
    return {};
}

} // namespace shardlens::ui
