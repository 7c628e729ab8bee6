// SPDX-License-Identifier: Apache-2.0
// What a slice's stored bytes consist of.
#include "ui/style/text.h"
#include "ui/views/maps/file_painter.h"
#include "ui/views/parts/anatomy_panel.h"

#include <algorithm>

namespace shardlens::ui {
namespace {

using Kind = AnatomyPart::Kind;

void add(std::vector<AnatomyPart>& parts, Kind kind, const QString& title, std::uint64_t begin,
         std::uint64_t end) {
    if (begin < end)
        parts.push_back({kind, title, {begin, end}});
}

/// The regions that end where the item begins or begin where it ends: a ZIP record's header, padding, the
/// directory.
std::vector<Region> neighbours(std::span<const Region> regions, ByteRange item, bool before) {
    std::vector<Region> out;
    for (const auto& region : regions) {
        const bool meets = before ? region.range.end == item.begin : region.range.begin == item.end;
        if (meets && !region.range.empty())
            out.push_back(region);
    }
    return out;
}

QString encodingText(const Encoding& encoding) {
    switch (encoding.kind) {
    case Encoding::Kind::Plain:
        break;
    case Encoding::Kind::Deflate:
        return AnatomyPanel::tr("compressed (deflate), %1 decoded").arg(style::bytesText(encoding.decoded));
    case Encoding::Kind::Zstd:
        return AnatomyPanel::tr("compressed (zstd), %1 decoded").arg(style::bytesText(encoding.decoded));
    }
    return AnatomyPanel::tr("stored as is");
}

FactPairs factsOf(const Payload& payload, std::optional<std::uint32_t> crc) {
    FactPairs out{{AnatomyPanel::tr("storage"), encodingText(payload.encoding)}};
    QStringList layout{payload.strides.empty() ? AnatomyPanel::tr("contiguous") : AnatomyPanel::tr("strided"),
                       payload.order == ByteOrder::Little ? AnatomyPanel::tr("little-endian")
                                                          : AnatomyPanel::tr("big-endian")};
    if (payload.conj)
        layout << AnatomyPanel::tr("conjugated");
    if (payload.neg)
        layout << AnatomyPanel::tr("negated");
    out.append({AnatomyPanel::tr("payload"), layout.join(QStringLiteral(", "))});
    if (!payload.strides.empty()) {
        QStringList strides;
        for (std::size_t dim = 0; dim < std::min<std::size_t>(payload.strides.size(), 12); ++dim)
            strides << QString::number(payload.strides[dim]);
        if (payload.strides.size() > 12)
            strides << QStringLiteral("…");
        out.append(
            {AnatomyPanel::tr("strides"), QStringLiteral("[%1]").arg(strides.join(QStringLiteral(", ")))});
    }
    if (payload.start > 0)
        out.append({AnatomyPanel::tr("first element"), style::grouped(payload.start)});
    out.append(
        {AnatomyPanel::tr("checksum"), crc ? QStringLiteral("CRC-32 %1").arg(*crc, 8, 16, QLatin1Char('0'))
                                           : AnatomyPanel::tr("none recorded")});
    return out;
}

} // namespace

Anatomy anatomyOf(const CheckpointPtr& checkpoint, SliceId id) {
    Anatomy out;
    out.slice = id;
    const auto slice = checkpoint->slice(id);
    if (!slice.file.valid())
        return out;
    const auto regions = checkpoint->regions(slice.file);
    const auto& file = checkpoint->file(slice.file);
    std::optional<std::uint32_t> crc;
    for (const auto& region : regions) // the record around or before the item knows its checksum
        if (region.crc32 &&
            (region.range.end == slice.stored.begin ||
             (region.range.begin <= slice.stored.begin && region.range.end >= slice.stored.end)))
            crc = region.crc32;
    const auto before = neighbours(regions, slice.stored, true);
    const auto after = neighbours(regions, slice.stored, false);
    for (const auto& region : before)
        add(out.parts, Kind::Around, regionTitle(region.kind), region.range.begin, region.range.end);
    const auto payload = file.missing ? Result<Payload>(Failure(Error{})) : checkpoint->payload(id);
    const auto exists = file.missing ? slice.stored.begin : std::min(slice.stored.end, file.bytes);
    if (payload && payload->bytes.begin >= slice.stored.begin && payload->bytes.end <= slice.stored.end) {
        const bool whole = payload->bytes == slice.stored;
        add(out.parts, Kind::Head, AnatomyPanel::tr("header"), slice.stored.begin, payload->bytes.begin);
        add(out.parts, Kind::Payload, whole ? AnatomyPanel::tr("elements") : AnatomyPanel::tr("payload"),
            payload->bytes.begin, payload->bytes.end);
        add(out.parts, Kind::Tail, AnatomyPanel::tr("directory"), payload->bytes.end, slice.stored.end);
    } else {
        add(out.parts, Kind::Payload, AnatomyPanel::tr("item"), slice.stored.begin,
            std::max(exists, slice.stored.begin));
        add(out.parts, Kind::Missing, AnatomyPanel::tr("missing"), std::max(exists, slice.stored.begin),
            slice.stored.end);
    }
    for (const auto& region : after)
        add(out.parts, Kind::Around, regionTitle(region.kind), region.range.begin, region.range.end);
    if (payload)
        out.facts = factsOf(*payload, crc);
    else if (!file.missing)
        out.facts.append({AnatomyPanel::tr("payload"), style::message(payload.error())});
    return out;
}

} // namespace shardlens::ui
