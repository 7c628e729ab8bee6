// SPDX-License-Identifier: Apache-2.0
#include "ui/models/difference_text.h"

#include "ui/style/text.h"

#include <QCoreApplication>
#include <QStringList>

namespace shardlens::ui {

namespace {

constexpr qsizetype MostRegions = 3;

QString tr(const char* text) {
    return QCoreApplication::translate("DifferenceText", text);
}

QString dimName(std::size_t dim, std::size_t dims) {
    if (dims == 1)
        return tr("elements");
    if (dims == 2)
        return dim == 0 ? tr("rows") : tr("columns");
    return tr("dimension %1:").arg(dim);
}

/// The dims in which the differences do not reach from edge to edge: `rows 2560 … 3071`.
QStringList regions(const Checkpoint& checkpoint, TensorId tensor, const DifferenceDetail& detail) {
    const auto shape = checkpoint.tensor(tensor).shape();
    QStringList out;
    for (std::size_t dim = 0; dim < detail.begin.size(); ++dim) {
        if (detail.begin[dim] == 0 && detail.end[dim] == shape[dim])
            continue;
        if (out.size() == MostRegions) {
            out << QStringLiteral("…");
            break;
        }
        out << dimName(dim, shape.size()) + QLatin1Char(' ') +
                   (detail.end[dim] - detail.begin[dim] == 1
                        ? style::grouped(detail.begin[dim])
                        : style::rangeText(detail.begin[dim], detail.end[dim]));
    }
    return out;
}

/// `rank 5`, else the slice's file.
QString owner(const Checkpoint& checkpoint, SliceId slice) {
    const FileId file = checkpoint.slice(slice).file;
    if (!file.valid())
        return tr("no file");
    if (const auto rank = checkpoint.file(file).rank)
        return tr("rank %1").arg(*rank);
    return style::plain(checkpoint.file(file).path, 60);
}

QString fitText(const Checkpoint& checkpoint, const SliceFit& fit, const QString& side) {
    const QString whose = owner(checkpoint, fit.slice);
    return fit.exact ? tr("exactly the slice of %1 in %2").arg(whose, side)
                     : tr("within the slice of %1 in %2").arg(whose, side);
}

} // namespace

DifferenceText differenceText(const CompareResult& result, TensorId inA, const DifferenceDetail& detail) {
    DifferenceText out;
    if (detail.count == 0) {
        out.title = tr("Every value is equal");
        out.explanation = tr("only the type differs");
        return out;
    }
    const QStringList where = regions(*result.a.checkpoint, inA, detail);
    if (!where.isEmpty())
        out.title = detail.count == 1 ? tr("One value differs: %1").arg(where.join(QStringLiteral(", ")))
                                      : tr("All differences lie in %1").arg(where.join(QStringLiteral(", ")));
    else if (detail.count == detail.elements)
        out.title = tr("Every value differs");
    else
        out.title = tr("The differences reach from edge to edge");
    QStringList notes;
    if (detail.fitA && (detail.fitA->exact || !detail.fitB || !detail.fitB->exact))
        notes << fitText(*result.a.checkpoint, *detail.fitA, tr("A"));
    if (detail.fitB && (detail.fitB->exact || !detail.fitA))
        notes << fitText(*result.b.checkpoint, *detail.fitB, tr("B"));
    const auto zeros = [&](const QString& side, bool all, std::uint64_t there) {
        if (all)
            notes << tr("%1 holds nothing but zeros").arg(side);
        else if (there == detail.count && detail.count > 1)
            notes << tr("%1 holds only zeros there").arg(side);
    };
    zeros(tr("A"), detail.allZeroA, detail.zerosA);
    zeros(tr("B"), detail.allZeroB, detail.zerosB);
    if (detail.incomparable > 0)
        notes << tr("%1 NaN or infinite on one side alone").arg(style::grouped(detail.incomparable));
    out.telling = !notes.isEmpty();
    out.explanation = notes.join(QStringLiteral("; "));
    return out;
}

} // namespace shardlens::ui
