// SPDX-License-Identifier: Apache-2.0
#include "ui/models/slice_text.h"

#include "ui/style/text.h"

#include <QStringList>

#include <algorithm>

namespace shardlens::ui {
namespace {

constexpr std::size_t MostDims = 12; ///< of a text that is to be read again

std::optional<std::uint64_t> firstOf(QString part, std::uint64_t dim) {
    const auto colon = part.indexOf(QLatin1Char(':'));
    const bool range = colon >= 0;
    auto first = (range ? part.left(colon) : part).trimmed();
    first.replace(QChar(0x2212), QLatin1Char('-'));
    if (first.isEmpty())
        return range ? std::optional<std::uint64_t>(0) : std::nullopt;
    const bool fromEnd = first.startsWith(QLatin1Char('-'));
    bool read = false;
    const auto number = (fromEnd ? first.mid(1) : first).toULongLong(&read);
    if (!read)
        return std::nullopt;
    const auto last = dim == 0 ? 0 : dim - 1;
    return fromEnd ? dim - std::min<std::uint64_t>(number, dim) : std::min<std::uint64_t>(number, last);
}

} // namespace

std::optional<Dims> sliceBegin(const QString& text, DimsView shape) {
    auto inner = text.trimmed();
    if (inner.startsWith(QLatin1Char('[')))
        inner.remove(0, 1);
    if (inner.endsWith(QLatin1Char(']')))
        inner.chop(1);
    const auto parts = inner.trimmed().isEmpty() ? QStringList() : inner.split(QLatin1Char(','));
    if (std::size_t(parts.size()) != shape.size())
        return std::nullopt;
    Dims out;
    for (std::size_t dim = 0; dim < shape.size(); ++dim) {
        const auto first = firstOf(parts[qsizetype(dim)], shape[dim]);
        if (!first)
            return std::nullopt;
        out.push_back(*first);
    }
    return out;
}

QString sliceText(DimsView begin, std::uint64_t rows, std::uint64_t columns) {
    const auto dims = begin.size();
    if (dims > MostDims)
        return style::indexText(begin);
    QStringList parts;
    for (std::size_t dim = 0; dim < dims; ++dim) {
        const auto size = dim + 1 == dims ? columns : dim + 2 == dims ? rows : 0;
        parts << (size > 1 ? QStringLiteral("%1:%2").arg(begin[dim]).arg(begin[dim] + size)
                           : QString::number(begin[dim]));
    }
    return QLatin1Char('[') + parts.join(QStringLiteral(", ")) + QLatin1Char(']');
}

} // namespace shardlens::ui
