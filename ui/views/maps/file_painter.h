// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "query/file_map.h"
#include "ui/views/maps/tensor_colors.h"

#include <QImage>

#include <memory>
#include <vector>

namespace shardlens::ui {

/// A file's segments with what is asked of them at every repaint, found once.
struct FilePicture {
    explicit FilePicture(FileMap made);

    FileMap map;
    bool named = false;                  ///< something describes some of its bytes
    std::vector<std::uint32_t> remarked; ///< segments that never vanish: damaged, missing, unclaimed
};
using FilePicturePtr = std::shared_ptr<const FilePicture>;

/// Draws stretches of files, per pixel column, then what must not vanish above them.
class FilePainter {
public:
    FilePainter(NameTreePtr names, FindingMarksPtr marks, ColorMode mode, const style::Theme& theme)
        : m_checkpoint(names->checkpoint())
        , m_colors(std::move(names), std::move(marks), mode, theme)
        , m_theme(theme) {}

    QColor colorOf(const FileSegment& segment) const;
    /// One pixel a column, whatever lies in it; transparent where nothing does.
    QImage columns(const FileMap& map, ByteRange view, double pixels) const;
    /// Hatches, and an edge over damaged slices, at least two pixels wide; `place` says where bytes are drawn.
    template <typename Place, typename Said>
    void drawRemarked(QPainter& painter, const FilePicture& picture, ByteRange view, Place place,
                      Said said) const;

private:
    void drawRemark(QPainter& painter, const FileSegment& segment, bool named, const QRectF& rect) const;

    CheckpointPtr m_checkpoint;
    TensorColors m_colors;
    style::Theme m_theme;
};

template <typename Place, typename Said>
void FilePainter::drawRemarked(QPainter& painter, const FilePicture& picture, ByteRange view, Place place,
                               Said said) const {
    double free = -1;
    for (const auto index : picture.remarked) {
        const auto& segment = picture.map.segments[index];
        if (segment.range.end <= view.begin || segment.range.begin >= view.end)
            continue;
        const QRectF rect = place(
            ByteRange{std::max(segment.range.begin, view.begin), std::min(segment.range.end, view.end)});
        if (rect.right() <= free)
            continue; // what lies within the same pixels is drawn already
        free = rect.right();
        drawRemark(painter, segment, picture.named, rect);
        said(segment, rect);
    }
}

/// `header`, `padding`, …
QString segmentTitle(FileSegment::Kind kind);
QString regionTitle(Region::Kind kind);

} // namespace shardlens::ui
