// SPDX-License-Identifier: Apache-2.0
#include "ui/models/statistics_model.h"

#include "ui/models/cell.h"
#include "ui/models/tensor_role.h"
#include "ui/style/text.h"

#include <QCoreApplication>

namespace shardlens::ui {
namespace {

using Column = StatisticsColumn;

bool isNumber(Column column) {
    return column != Column::Name && column != Column::State && column != Column::Type;
}

Cell countCell(std::uint64_t count) {
    Cell cell;
    cell.style = count ? Cell::Style::Number : Cell::Style::Secondary;
    cell.text = style::grouped(count);
    return cell;
}

Cell shareCell(std::uint64_t part, std::uint64_t count) {
    Cell cell;
    cell.style = part ? Cell::Style::Number : Cell::Style::Secondary;
    const double share = part ? double(part) / double(count) : 0;
    cell.text = part == 0      ? QStringLiteral("0")
                : share < 1e-5 ? QStringLiteral("< 0.001 %")
                               : style::percentText(share);
    return cell;
}

Cell numberCell(double number, bool estimate = false) {
    Cell cell;
    cell.style = Cell::Style::Number;
    cell.text = (estimate ? QStringLiteral("≈ ") : QString()) + style::numberText(number);
    return cell;
}

Cell figureCell(const Figures& figures, Column column) {
    switch (column) {
    case Column::Min:
        return numberCell(figures.min);
    case Column::Max:
        return numberCell(figures.max);
    case Column::Mean:
        return numberCell(figures.mean);
    case Column::Std:
        return numberCell(figures.std);
    case Column::L2:
        return numberCell(figures.l2);
    case Column::Zeros:
        return shareCell(figures.zeros, figures.count);
    case Column::Nan:
        return countCell(figures.nan);
    case Column::Infinite:
        return countCell(figures.posinf + figures.neginf);
    case Column::Subnormal:
        return countCell(figures.subnormal);
    case Column::Negative:
        return shareCell(figures.negative, figures.count);
    case Column::Low:
        return numberCell(figures.quantiles.front(), figures.approximate);
    case Column::Median:
        return numberCell(figures.quantiles[Figures::QuantilesAt.size() / 2], figures.approximate);
    case Column::High:
        return numberCell(figures.quantiles.back(), figures.approximate);
    default:
        return {};
    }
}

Cell cellOf(const Checkpoint& checkpoint, const FiguresTable& table, const TensorFigures& one,
            Column column) {
    const auto tensor = checkpoint.tensor(one.tensor);
    Cell cell;
    switch (column) {
    case Column::Name:
        cell.style = Cell::Style::Name;
        cell.text = style::plain(tensor.name());
        cell.role = roleOf(tensor.name());
        return cell;
    case Column::State: {
        const auto state = stateOf(table, one);
        cell.style = Cell::Style::Secondary;
        cell.severity = stateSeverity(state);
        cell.text = stateText(state, one.figures);
        return cell;
    }
    case Column::Type:
        cell.style = Cell::Style::Chip;
        cell.text = style::plain(tensor.dtypeName(), 32);
        cell.dtype = tensor.dtype();
        return cell;
    case Column::Values:
        cell.style = Cell::Style::Number;
        cell.text = style::countText(tensor.elements());
        return cell;
    default:
        return one.known ? figureCell(one.figures, column) : cell;
    }
}

/// The exact number behind a short one.
QString tipOf(const Figures& figures, Column column) {
    switch (column) {
    case Column::Min:
        return QString::number(figures.min, 'g', 17);
    case Column::Max:
        return QString::number(figures.max, 'g', 17);
    case Column::Mean:
        return QString::number(figures.mean, 'g', 17);
    case Column::Std:
        return QString::number(figures.std, 'g', 17);
    case Column::L2:
        return QString::number(figures.l2, 'g', 17);
    case Column::Zeros:
        return StatisticsModel::tr("%1 of %2")
            .arg(style::grouped(figures.zeros), style::grouped(figures.count));
    case Column::Negative:
        return StatisticsModel::tr("%1 of %2")
            .arg(style::grouped(figures.negative), style::grouped(figures.count));
    case Column::Infinite:
        return StatisticsModel::tr("%1 ∞, %2 −∞")
            .arg(style::grouped(figures.posinf), style::grouped(figures.neginf));
    case Column::Values:
        return style::grouped(figures.count);
    default:
        return {};
    }
}

} // namespace

QString stateText(FiguresState state, const Figures& figures) {
    switch (state) {
    case FiguresState::HasNan:
        return StatisticsModel::tr("%1 NaN").arg(style::grouped(figures.nan));
    case FiguresState::HasInfinity:
        return StatisticsModel::tr("%1 ±Inf").arg(style::grouped(figures.posinf + figures.neginf));
    case FiguresState::Unreadable:
        return StatisticsModel::tr("cannot be read");
    case FiguresState::AllZero:
        return StatisticsModel::tr("zeros alone");
    case FiguresState::Identical:
        return StatisticsModel::tr("equals another");
    case FiguresState::Sound:
        break;
    }
    return {};
}

std::optional<Severity> stateSeverity(FiguresState state) {
    switch (state) {
    case FiguresState::Unreadable:
        return Severity::Error;
    case FiguresState::HasNan:
    case FiguresState::HasInfinity:
    case FiguresState::AllZero:
        return Severity::Warning;
    case FiguresState::Identical:
        return Severity::Info;
    case FiguresState::Sound:
        break;
    }
    return std::nullopt;
}

void StatisticsModel::setRows(CheckpointPtr checkpoint, StatisticsRowsPtr rows) {
    beginResetModel();
    m_checkpoint = std::move(checkpoint);
    m_rows = std::move(rows);
    endResetModel();
}

TensorId StatisticsModel::tensorAt(int row) const {
    return row >= 0 && row < rowCount() ? m_rows->rows[std::size_t(row)]->tensor : TensorId();
}

int StatisticsModel::rowOf(TensorId tensor) const {
    return m_rows && tensor.valid() && tensor.index() < m_rows->rowOf.size() ? m_rows->rowOf[tensor.index()]
                                                                             : -1;
}

int StatisticsModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() || !m_rows ? 0 : int(m_rows->rows.size());
}

int StatisticsModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : StatisticsColumnCount;
}

QVariant StatisticsModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || !m_rows)
        return {};
    const auto column = static_cast<Column>(index.column());
    if (role == Qt::TextAlignmentRole)
        return int((isNumber(column) ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    const auto& one = *m_rows->rows[std::size_t(index.row())];
    if (role == Qt::ToolTipRole && one.known) {
        const auto tip = tipOf(one.figures, column);
        if (!tip.isEmpty())
            return style::toolTip(tip);
    }
    if (role != CellRole && role != Qt::DisplayRole && role != Qt::ToolTipRole &&
        role != Qt::AccessibleTextRole)
        return {};
    const auto cell = cellOf(*m_checkpoint, *m_rows->table, one, column);
    if (role == CellRole)
        return QVariant::fromValue(cell);
    return role == Qt::ToolTipRole ? style::toolTip(cell.text) : cell.text;
}

QVariant StatisticsModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal)
        return {};
    const auto column = static_cast<Column>(section);
    if (role == Qt::TextAlignmentRole)
        return int((isNumber(column) ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    switch (column) {
    case Column::Name:
        return tr("Name");
    case Column::State:
        return tr("State");
    case Column::Min:
        return tr("Min");
    case Column::Max:
        return tr("Max");
    case Column::Mean:
        return tr("Mean");
    case Column::Std:
        return tr("Std");
    case Column::L2:
        return tr("L2 norm");
    case Column::Zeros:
        return tr("Zeros");
    case Column::Nan:
        return tr("NaN");
    case Column::Infinite:
        return tr("±Inf");
    case Column::Subnormal:
        return tr("Subnormal");
    case Column::Negative:
        return tr("Negative");
    case Column::Low:
        return tr("1 %");
    case Column::Median:
        return tr("Median");
    case Column::High:
        return tr("99 %");
    case Column::Type:
        return tr("Type");
    case Column::Values:
        return tr("Values");
    }
    return {};
}

} // namespace shardlens::ui
