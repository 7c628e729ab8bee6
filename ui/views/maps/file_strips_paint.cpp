// SPDX-License-Identifier: Apache-2.0
// The painter's half of FileStrips.
#include "ui/style/painting.h"
#include "ui/style/text.h"
#include "ui/views/maps/file_strips.h"

#include <QFontMetricsF>
#include <QPainter>
#include <QScrollBar>

#include <algorithm>
#include <cmath>

namespace shardlens::ui {
namespace {

constexpr double Pitch = 40;

} // namespace

void FileStrips::paintEvent(QPaintEvent*) {
    QPainter painter(viewport());
    const style::Theme theme(palette());
    painter.fillRect(viewport()->rect(), theme.base);
    if (!m_maps)
        return;
    const FilePainter files(m_names, m_marks, m_mode, theme);
    const auto first = std::size_t(verticalScrollBar()->value() / Pitch);
    const auto last = std::min(m_order.size(), first + std::size_t(viewport()->height() / Pitch) + 2);
    drawScale(painter, theme);
    painter.setClipRect(QRectF(0, top(), viewport()->width(), viewport()->height() - top()));
    for (auto strip = first; strip < last; ++strip)
        drawStrip(painter, strip, files, theme);
    drawSelection(painter, theme);
}

void FileStrips::drawScale(QPainter& painter, const style::Theme& theme) const {
    const double wanted = bytesPerPixel() * 90;
    double step = 1;
    while (step < wanted)
        step *= 2;
    painter.setFont(style::mapFont(font()));
    for (double byte = std::ceil(double(m_view.begin) / step) * step; byte <= double(m_view.end);
         byte += step) {
        const double x = style::snapped(
            left() + (byte - double(m_view.begin)) / double(m_view.size()) * across(), devicePixelRatioF());
        painter.fillRect(QRectF(x, top() - 4, 1, viewport()->height()), theme.line);
        painter.setPen(theme.secondary);
        const auto text = byte == 0 ? QStringLiteral("0") : style::bytesText(std::uint64_t(byte));
        const double width = QFontMetricsF(painter.font()).horizontalAdvance(text);
        painter.drawText(
            QRectF(std::min(x - width / 2, viewport()->width() - width), 2, width + 2, top() - 8),
            Qt::AlignVCenter | Qt::TextSingleLine, text);
    }
}

void FileStrips::drawWords(QPainter& painter, std::size_t strip, const style::Theme& theme) const {
    const auto file = m_order[strip];
    const auto& record = m_maps->checkpoint()->file(file);
    const auto rect = drawn(strip, m_view);
    const QRectF words(12, rect.top() - 4, left() - 24, rect.height() + 8);
    if (file == m_file)
        painter.fillRect(QRectF(0, rect.center().y() - Pitch / 2 + 1, left() - 6, Pitch - 2),
                         theme.selection);
    const bool known = m_maps->names(file);
    const QFontMetricsF metrics(style::mediumFont(font()));
    painter.setFont(style::mediumFont(font()));
    painter.setPen(file == m_file             ? theme.selectionText
                   : record.missing || !known ? theme.secondary
                                              : theme.text);
    const double line = words.height() / 2;
    const auto worst = m_worst.size() > file.index() ? m_worst[file.index()] : std::nullopt;
    const double room = words.width() - (worst ? 18 : 0);
    const auto name = style::elideMiddle(style::plain(record.path), metrics, room);
    painter.drawText(QRectF(words.left(), words.top(), room, line), Qt::AlignVCenter | Qt::TextSingleLine,
                     name);
    if (worst)
        style::drawSeverity(
            painter,
            QRectF(words.left() + metrics.horizontalAdvance(name) + 5, words.top() + line / 2 - 6, 12, 12),
            *worst, theme);
    painter.setFont(style::mapFont(font()));
    painter.setPen(theme.secondary);
    const auto slices = m_maps->slices(file).size();
    const auto size = style::bytesText(record.bytes);
    const auto about = record.missing ? tr("missing")
                       : !known       ? tr("%1 · not named").arg(size)
                       : slices == 0  ? size
                       : slices == 1  ? tr("%1 · 1 slice").arg(size)
                                      : tr("%1 · %2 slices").arg(size, style::grouped(slices));
    painter.drawText(QRectF(words.left(), words.top() + line, words.width(), line),
                     Qt::AlignVCenter | Qt::TextSingleLine,
                     QFontMetricsF(painter.font()).elidedText(about, Qt::ElideRight, words.width()));
}

/// Kept until the view, the width or the colours change: selection and hover cost no map.
QImage FileStrips::columnsOf(const FilePicturePtr& picture, double pixels, const FilePainter& files) const {
    if (pixels != m_columnPixels) {
        m_columns.clear();
        m_columnPixels = pixels;
    }
    auto& columns = m_columns[picture->map.file];
    if (columns.isNull())
        columns = files.columns(picture->map, m_view, pixels);
    return columns;
}

void FileStrips::drawStrip(QPainter& painter, std::size_t strip, const FilePainter& files,
                           const style::Theme& theme) const {
    const auto file = m_order[strip];
    drawWords(painter, strip, theme);
    const auto rect = drawn(strip, m_view);
    const auto picture = pictureOf(file);
    if (!picture) {
        const auto bytes = m_maps->checkpoint()->file(file).bytes;
        painter.fillRect(drawn(strip, {0, bytes}).intersected(rect), theme.track);
        return;
    }
    if (m_maps->checkpoint()->file(file).missing && picture->map.segments.empty()) {
        // How long it was nobody knows: a stub that says so.
        auto stub = rect;
        stub.setWidth(std::min(96.0, rect.width()));
        style::drawHatch(painter, stub, style::Hatch::Hole, theme);
        return;
    }
    painter.drawImage(rect, columnsOf(picture, rect.width() * devicePixelRatioF(), files));
    drawRemarked(painter, strip, *picture, files);
}

/// Damage and what nothing claims, with words above it where there is room, but never one over another.
void FileStrips::drawRemarked(QPainter& painter, std::size_t strip, const FilePicture& picture,
                              const FilePainter& files) const {
    const style::Theme theme(palette());
    auto bold = style::mapFont(font());
    bold.setWeight(QFont::DemiBold);
    const QFontMetricsF metrics(bold);
    double taken = left() - 1;
    const auto said = [&](const FileSegment& segment, const QRectF& rect) {
        const bool missing = segment.kind == FileSegment::Kind::Missing;
        if ((!missing && segment.kind != FileSegment::Kind::Unclaimed) || !picture.named || rect.width() < 12)
            return;
        const auto text =
            (missing ? tr("%1 missing") : tr("%1 unclaimed")).arg(style::bytesText(segment.range.size()));
        const double width = metrics.horizontalAdvance(text);
        const double x = std::clamp(rect.center().x() - width / 2, left(), viewport()->width() - width - 2);
        if (x < taken)
            return;
        painter.setFont(bold);
        painter.setPen(theme.severity(missing ? Severity::Error : Severity::Warning));
        painter.drawText(QPointF(x, rect.top() - 2), text);
        taken = x + width + 6;
    };
    files.drawRemarked(
        painter, picture, m_view, [&](ByteRange range) { return drawn(strip, range); }, said);
    if (picture.named || picture.map.segments.empty())
        return;
    painter.setFont(style::mapFont(font()));
    const auto text = tr("nothing names this file");
    const auto rect =
        drawn(strip, {0, std::max<std::uint64_t>(picture.map.bytes, 1)}).intersected(drawn(strip, m_view));
    const double width = QFontMetricsF(painter.font()).horizontalAdvance(text) + 12;
    if (width > rect.width())
        return;
    const QRectF words(rect.center().x() - width / 2, rect.top() + 4, width, rect.height() - 8);
    painter.fillRect(words, theme.base);
    painter.setPen(theme.secondary);
    painter.drawText(words, Qt::AlignCenter | Qt::TextSingleLine, text);
}

void FileStrips::drawSelection(QPainter& painter, const style::Theme& theme) const {
    if (!m_tensor.valid())
        return;
    const auto& checkpoint = *m_maps->checkpoint();
    const auto tensor = checkpoint.tensor(m_tensor);
    constexpr std::uint32_t most = 20'000;
    QRectF before;
    std::vector<QRectF> rects;
    for (std::uint32_t i = 0; i < std::min(tensor.sliceCount(), most); ++i) {
        const auto slice = checkpoint.slice(tensor.slice(i));
        if (!slice.file.valid() || m_stripOf[slice.file.index()] >= m_order.size() ||
            slice.stored.end <= m_view.begin || slice.stored.begin >= m_view.end)
            continue;
        const auto rect = drawn(m_stripOf[slice.file.index()], {std::max(slice.stored.begin, m_view.begin),
                                                                std::min(slice.stored.end, m_view.end)});
        if (rect.bottom() > 0 && rect.top() < viewport()->height())
            rects.push_back(rect);
    }
    std::ranges::sort(rects, {}, &QRectF::top);
    painter.setPen(Qt::NoPen);
    auto band = theme.dark ? QColor(Qt::white) : QColor(Qt::black);
    band.setAlphaF(0.18f);
    painter.setBrush(band);
    for (const auto& rect : rects) { // joined from strip to strip
        if (!before.isNull() && rect.top() > before.bottom())
            painter.drawPolygon(
                QPolygonF{before.bottomLeft(), before.bottomRight(), rect.topRight(), rect.topLeft()});
        before = rect;
    }
    for (const auto& rect : rects)
        style::drawMapSelection(painter, rect.adjusted(-1, -1, 1, 1), theme);
}

} // namespace shardlens::ui
