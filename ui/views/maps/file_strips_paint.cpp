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

bool named(const FileMap& map) {
    return std::ranges::any_of(map.segments, [](const FileSegment& segment) {
        return segment.kind != FileSegment::Kind::Unclaimed;
    });
}

} // namespace

void FileStrips::paintEvent(QPaintEvent*) {
    QPainter painter(viewport());
    const style::Theme theme(palette());
    painter.fillRect(viewport()->rect(), theme.base);
    if (!m_maps)
        return;
    const TensorColors colors(m_names, m_marks, m_mode, theme);
    const auto first = std::size_t(verticalScrollBar()->value() / Pitch);
    const auto last = std::min(m_order.size(), first + std::size_t(viewport()->height() / Pitch) + 2);
    drawScale(painter, theme);
    painter.setClipRect(QRectF(0, top(), viewport()->width(), viewport()->height() - top()));
    for (auto strip = first; strip < last; ++strip)
        drawStrip(painter, strip, colors, theme);
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

QColor FileStrips::colorOf(const FileSegment& segment, const TensorColors& colors,
                           const style::Theme& theme) const {
    switch (segment.kind) {
    case FileSegment::Kind::Slice:
        return colors.of(m_maps->checkpoint()->slice(segment.slice).tensor);
    case FileSegment::Kind::Header:
        return style::mix(theme.text, theme.base, 0.35);
    case FileSegment::Kind::Directory:
        return style::mix(theme.text, theme.base, 0.45);
    case FileSegment::Kind::Record:
    case FileSegment::Kind::Entry:
        return style::mix(theme.accent, theme.base, 0.4);
    default:
        return theme.track;
    }
}

void FileStrips::drawStrip(QPainter& painter, std::size_t strip, const TensorColors& colors,
                           const style::Theme& theme) const {
    const auto& checkpoint = *m_maps->checkpoint();
    const auto file = m_order[strip];
    const auto& record = checkpoint.file(file);
    const auto rect = drawn(strip, m_view);
    const QRectF words(12, rect.top() - 4, left() - 24, rect.height() + 8);
    if (file == m_file)
        painter.fillRect(QRectF(0, rect.center().y() - Pitch / 2 + 1, left() - 6, Pitch - 2),
                         theme.selection);
    const QFontMetricsF metrics(style::mediumFont(font()));
    painter.setFont(style::mediumFont(font()));
    painter.setPen(file == m_file ? theme.selectionText : record.missing ? theme.secondary : theme.text);
    const double line = words.height() / 2;
    painter.drawText(QRectF(words.left(), words.top(), words.width(), line),
                     Qt::AlignVCenter | Qt::TextSingleLine,
                     style::elideMiddle(style::plain(record.path), metrics, words.width()));
    painter.setFont(style::mapFont(font()));
    painter.setPen(theme.secondary);
    const auto* map = mapOf(file);
    const auto about = record.missing        ? tr("missing")
                       : map && !named(*map) ? tr("%1 · not named").arg(style::bytesText(record.bytes))
                                             : tr("%1 · %2 slices")
                                                   .arg(style::bytesText(record.bytes),
                                                        style::grouped(m_maps->slices(file).size()));
    painter.drawText(QRectF(words.left(), words.top() + line, words.width(), line),
                     Qt::AlignVCenter | Qt::TextSingleLine,
                     QFontMetricsF(painter.font()).elidedText(about, Qt::ElideRight, words.width()));
    if (!map) {
        painter.fillRect(drawn(strip, {0, record.bytes}).intersected(rect), theme.track);
        return;
    }
    drawColumns(painter, rect, *map, colors, theme);
    drawDamage(painter, strip, *map, theme);
}

/// One device pixel a column, whatever lies in it.
void FileStrips::drawColumns(QPainter& painter, const QRectF& rect, const FileMap& map,
                             const TensorColors& colors, const style::Theme& theme) const {
    const double ratio = devicePixelRatioF();
    const auto count = std::uint32_t(std::clamp(std::lround(rect.width() * ratio), 1L, 32768L));
    const auto columns = map.columns(m_view, count);
    QImage line(int(columns.size()), 1, QImage::Format_ARGB32_Premultiplied);
    line.fill(Qt::transparent);
    auto* pixels = reinterpret_cast<QRgb*>(line.scanLine(0));
    for (std::size_t i = 0; i < columns.size(); ++i) {
        if (columns[i].segments == 0)
            continue;
        // The kind with most bytes decides; the first of its segments in the column gives the colour.
        auto at = std::size_t(columns[i].firstSegment);
        const auto end = std::min(map.segments.size(), at + std::min<std::size_t>(columns[i].segments, 64));
        while (at + 1 < end && map.segments[at].kind != columns[i].most)
            ++at;
        pixels[i] = colorOf(map.segments[at], colors, theme).rgb();
    }
    painter.drawImage(rect, line);
}

void FileStrips::drawDamage(QPainter& painter, std::size_t strip, const FileMap& map,
                            const style::Theme& theme) const {
    const bool known = named(map);
    double free = -1;
    for (const auto& segment : map.segments) {
        const bool missing = segment.kind == FileSegment::Kind::Missing;
        if (!missing && segment.kind != FileSegment::Kind::Unclaimed && !segment.damaged)
            continue;
        if (segment.range.end <= m_view.begin || segment.range.begin >= m_view.end)
            continue;
        const auto rect = drawn(
            strip, {std::max(segment.range.begin, m_view.begin), std::min(segment.range.end, m_view.end)});
        if (rect.right() <= free)
            continue; // what lies within the same pixels is drawn already
        free = rect.right();
        if (missing)
            style::drawHatch(painter, rect, style::Hatch::Hole, theme);
        else if (segment.kind == FileSegment::Kind::Unclaimed)
            style::drawHatch(painter, rect, known ? style::Hatch::Unclaimed : style::Hatch::NotNamed, theme);
        else
            painter.fillRect(QRectF(rect.left(), rect.top(), rect.width(), 2),
                             theme.severity(Severity::Error));
        if (!missing && segment.kind != FileSegment::Kind::Unclaimed)
            continue;
        auto bold = style::mapFont(font());
        bold.setWeight(QFont::DemiBold);
        const auto text = missing ? tr("%1 missing").arg(style::bytesText(segment.range.size()))
                                  : tr("%1 unclaimed").arg(style::bytesText(segment.range.size()));
        const double width = QFontMetricsF(bold).horizontalAdvance(text);
        if (!known || rect.width() < 12)
            continue;
        painter.setFont(bold);
        painter.setPen(theme.severity(missing ? Severity::Error : Severity::Warning));
        const double x = std::clamp(rect.center().x() - width / 2, left(), viewport()->width() - width - 2);
        painter.drawText(QPointF(x, rect.top() - 2), text);
    }
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
        const auto at = std::ranges::find(m_order, slice.file);
        if (at == m_order.end() || slice.stored.end < m_view.begin || slice.stored.begin > m_view.end)
            continue;
        const auto rect = drawn(std::size_t(at - m_order.begin()), slice.stored);
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
