// SPDX-License-Identifier: Apache-2.0
#include "ui/views/maps/file_painter.h"

#include "ui/style/painting.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>

namespace shardlens::ui {
namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("segments", text);
}

} // namespace

FilePicture::FilePicture(FileMap made) : map(std::move(made)) {
    for (std::uint32_t i = 0; i < map.segments.size(); ++i) {
        const auto& segment = map.segments[i];
        const bool unclaimed = segment.kind == FileSegment::Kind::Unclaimed;
        named = named || !unclaimed;
        if (unclaimed || segment.damaged || segment.kind == FileSegment::Kind::Missing)
            remarked.push_back(i);
    }
}

QColor FilePainter::colorOf(const FileSegment& segment) const {
    switch (segment.kind) {
    case FileSegment::Kind::Slice:
        return m_colors.of(m_checkpoint->slice(segment.slice).tensor);
    case FileSegment::Kind::Header:
        return style::mix(m_theme.text, m_theme.base, 0.35);
    case FileSegment::Kind::Directory:
        return style::mix(m_theme.text, m_theme.base, 0.45);
    case FileSegment::Kind::Record:
    case FileSegment::Kind::Entry:
        return style::mix(m_theme.accent, m_theme.base, 0.4);
    default:
        return m_theme.track;
    }
}

QImage FilePainter::columns(const FileMap& map, ByteRange view, double pixels) const {
    const auto count = std::uint32_t(std::clamp(std::lround(pixels), 1L, 32768L));
    const auto columns = map.columns(view, count);
    QImage line(int(columns.size()), 1, QImage::Format_ARGB32_Premultiplied);
    line.fill(Qt::transparent);
    auto* out = reinterpret_cast<QRgb*>(line.scanLine(0));
    for (std::size_t i = 0; i < columns.size(); ++i) {
        if (columns[i].segments == 0)
            continue;
        // The kind with most bytes decides; the first of its segments in the column gives the colour.
        auto at = std::size_t(columns[i].firstSegment);
        const auto end = std::min(map.segments.size(), at + std::min<std::size_t>(columns[i].segments, 64));
        while (at + 1 < end && map.segments[at].kind != columns[i].most)
            ++at;
        out[i] = colorOf(map.segments[at]).rgb();
    }
    return line;
}

void FilePainter::drawRemark(QPainter& painter, const FileSegment& segment, bool named,
                             const QRectF& rect) const {
    if (segment.kind == FileSegment::Kind::Missing)
        style::drawHatch(painter, rect, style::Hatch::Hole, m_theme);
    else if (segment.kind == FileSegment::Kind::Unclaimed)
        style::drawHatch(painter, rect, named ? style::Hatch::Unclaimed : style::Hatch::NotNamed, m_theme);
    else
        painter.fillRect(QRectF(rect.left(), rect.top(), rect.width(), 2), m_theme.severity(Severity::Error));
}

QString segmentTitle(FileSegment::Kind kind) {
    switch (kind) {
    case FileSegment::Kind::Header:
        return tr("header");
    case FileSegment::Kind::Directory:
        return tr("directory");
    case FileSegment::Kind::Record:
        return tr("record");
    case FileSegment::Kind::Padding:
        return tr("padding");
    case FileSegment::Kind::Entry:
        return tr("entry");
    case FileSegment::Kind::Slice:
        return tr("slice");
    case FileSegment::Kind::Unclaimed:
        return tr("unclaimed");
    case FileSegment::Kind::Missing:
        return tr("missing");
    }
    return {};
}

QString regionTitle(Region::Kind kind) {
    switch (kind) {
    case Region::Kind::Header:
        return segmentTitle(FileSegment::Kind::Header);
    case Region::Kind::Directory:
        return segmentTitle(FileSegment::Kind::Directory);
    case Region::Kind::Record:
        return segmentTitle(FileSegment::Kind::Record);
    case Region::Kind::Padding:
        return segmentTitle(FileSegment::Kind::Padding);
    case Region::Kind::Entry:
        return segmentTitle(FileSegment::Kind::Entry);
    case Region::Kind::Unclaimed:
        break;
    }
    return segmentTitle(FileSegment::Kind::Unclaimed);
}

} // namespace shardlens::ui
