// SPDX-License-Identifier: Apache-2.0
// The painter's half of SliceMap.
#include "ui/style/painting.h"
#include "ui/style/text.h"
#include "ui/views/maps/slice_map.h"

#include <QFontMetricsF>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace shardlens::ui {
namespace {

constexpr int MostLabels = 600;
constexpr double CompactRow = 25;

/// Fills device pixels directly: a hundred thousand slices must not be as many painter calls.
void fill(QImage& image, QRect rect, QRgb color) {
    rect = rect.intersected(image.rect());
    for (int y = rect.top(); y <= rect.bottom(); ++y) {
        auto* line = reinterpret_cast<QRgb*>(image.scanLine(y));
        std::fill(line + rect.left(), line + rect.right() + 1, color);
    }
}

} // namespace

QSize SliceMap::sizeHint() const {
    if (m_look == Look::Full)
        return {600, 480};
    const auto shown =
        std::clamp<std::size_t>(m_plane.rowCuts.size() > 1 ? m_plane.rowCuts.size() - 1 : 1, 2, 9);
    return {280, int(double(shown) * CompactRow) + 26};
}

QSize SliceMap::minimumSizeHint() const {
    return m_look == Look::Full ? QSize(240, 180) : QSize(120, sizeHint().height());
}

QRectF SliceMap::mapArea() const {
    const QFontMetricsF small(style::mapFont(font()));
    double widest = 0;
    const auto& cuts = m_plane.rowCuts;
    for (std::size_t i = 0; i < std::min<std::size_t>(cuts.size(), 64); ++i)
        widest = std::max(widest, small.horizontalAdvance(QString::number(cuts[i])));
    if (!cuts.empty())
        widest = std::max(widest, small.horizontalAdvance(QString::number(cuts.back())));
    const bool full = m_look == Look::Full;
    const double left = m_choice.down < 0 ? (full ? 20 : 2) : widest + (full ? 36 : 8);
    const double top = full ? small.height() * 2 + 14 : small.height() + 3;
    const double bottom = full ? small.height() + 10 : small.height() / 2;
    return style::snapped(QRectF(left, top, std::max(10.0, width() - left - (full ? 24 : 2)),
                                 std::max(10.0, height() - top - bottom)),
                          devicePixelRatioF());
}

void SliceMap::paintEvent(QPaintEvent*) {
    if (!m_checkpoint)
        return;
    if (m_cache.isNull() || m_cache.devicePixelRatio() != devicePixelRatioF())
        m_cache = drawMap();
    QPainter painter(this);
    painter.drawPixmap(0, 0, m_cache);
    const style::Theme theme(palette());
    painter.setClipRect(mapArea().adjusted(-2, -2, 2, 2));
    for (const auto& piece : m_plane.pieces)
        if (m_current == piece.slice)
            style::drawMapSelection(painter, drawn(piece.rect).adjusted(0.5, 0.5, -0.5, -0.5), theme);
    if (hasFocus() && !m_current) {
        painter.setPen(QPen(theme.accent, 1));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(mapArea().adjusted(-1, -1, 1, 1));
    }
}

QPixmap SliceMap::drawMap() const {
    const double ratio = devicePixelRatioF();
    QImage image((QSizeF(size()) * ratio).toSize(), QImage::Format_ARGB32_Premultiplied);
    image.setDevicePixelRatio(ratio);
    image.fill(Qt::transparent);
    fillPieces(image, mapArea());
    QPainter painter(&image);
    painter.setFont(font());
    painter.save();
    painter.setClipRect(mapArea());
    drawDamages(painter);
    drawLabels(painter);
    painter.restore();
    drawAxes(painter);
    if (m_look == Look::Full)
        drawCallouts(painter);
    return QPixmap::fromImage(image);
}

void SliceMap::fillPieces(QImage& image, const QRectF& area) const {
    const double ratio = devicePixelRatioF();
    const style::Theme theme(palette());
    const auto device = [ratio](const QRectF& rect) {
        return QRect(
            QPoint(int(std::lround(rect.left() * ratio)), int(std::lround(rect.top() * ratio))),
            QPoint(int(std::lround(rect.right() * ratio)) - 1, int(std::lround(rect.bottom() * ratio)) - 1));
    };
    const auto frame = device(area);
    fill(image, frame, style::mix(theme.base, theme.text, 0.06).rgb());
    const int gap = std::max(1, int(std::lround(ratio)));
    QRect last;
    for (const auto& piece : m_plane.pieces) {
        const auto shown = drawn(piece.rect);
        if (!shown.intersects(area))
            continue;
        auto rect = device(shown);
        if (rect == last && (rect.width() <= 1 || rect.height() <= 1))
            continue; // thousands a pixel: the first one stands for them
        last = rect;
        if (rect.width() > 3 * gap && rect.right() < frame.right())
            rect.setRight(rect.right() - gap);
        if (rect.height() > 3 * gap && rect.bottom() < frame.bottom())
            rect.setBottom(rect.bottom() - gap);
        fill(image, rect.intersected(frame), colorOf(piece.slice).rgb());
    }
}

void SliceMap::drawDamages(QPainter& painter) const {
    const style::Theme theme(palette());
    const auto area = mapArea();
    const auto atLeast = [&area](QRectF rect) { // also at the far edges
        rect.setWidth(std::max(rect.width(), 2.0));
        rect.setHeight(std::max(rect.height(), 2.0));
        if (rect.left() <= area.right())
            rect.moveLeft(std::min(rect.left(), area.right() - std::min(rect.width(), 2.0)));
        if (rect.top() <= area.bottom())
            rect.moveTop(std::min(rect.top(), area.bottom() - std::min(rect.height(), 2.0)));
        return rect;
    };
    const auto tensor = m_checkpoint->tensor(m_tensor);
    if (m_facts->short_)
        for (const auto& piece : m_plane.pieces) {
            const auto rect = drawn(piece.rect);
            if (rect.intersects(area) &&
                isShort(*m_checkpoint, m_checkpoint->slice(tensor.slice(piece.slice))))
                style::drawHatch(painter, atLeast(rect).intersected(area), style::Hatch::Hole, theme);
        }
    for (const auto& damage : m_plane.damages) {
        const auto rect = atLeast(drawn(damage.rect)).intersected(area);
        const bool hole = m_facts->damages[damage.damage].kind == SliceDamage::Kind::Hole;
        style::drawHatch(painter, rect, hole ? style::Hatch::Hole : style::Hatch::Overlap, theme);
    }
    painter.setPen(QPen(theme.line, 1));
    painter.setBrush(Qt::NoBrush);
    if (m_plane.pieces.empty())
        painter.drawRect(area.adjusted(0.5, 0.5, -0.5, -0.5));
}

void SliceMap::drawLabels(QPainter& painter) const {
    int labels = 0;
    const auto area = mapArea();
    for (const auto& piece : m_plane.pieces) {
        const auto rect = drawn(piece.rect).intersected(area);
        if (rect.width() < 24 || rect.height() < 14)
            continue;
        drawLabel(painter, piece, rect);
        if (++labels >= MostLabels)
            return;
    }
}

QStringList SliceMap::labelLines(const SlicePlane::Piece& piece) const {
    const auto slice = m_checkpoint->slice(m_checkpoint->tensor(m_tensor).slice(piece.slice));
    const auto& path = slice.file.valid() ? m_checkpoint->file(slice.file).path : std::string();
    QStringList lines;
    const auto title =
        m_facts->byRank ? ShardKeys(*m_checkpoint).title(*m_checkpoint, slice.file) : style::plain(path, 96);
    lines << (piece.copies > 1 ? tr("%1 and %2 copies").arg(title).arg(piece.copies - 1) : title);
    if (m_look == Look::Compact) {
        if (m_choice.down >= 0 && (piece.rect.top > 0 || piece.rect.bottom < m_plane.rows))
            lines << tr("rows %1").arg(style::rangeText(piece.rect.top, piece.rect.bottom));
        else if (piece.rect.left > 0 || piece.rect.right < m_plane.columns)
            lines << tr("columns %1").arg(style::rangeText(piece.rect.left, piece.rect.right));
        lines << style::bytesText(slice.stored.size());
        return lines;
    }
    if (m_facts->byRank)
        lines << style::plain(path, 96);
    QStringList at;
    if (slice.box.offset.size() <= 8)
        for (std::size_t dim = 0; dim < slice.box.offset.size(); ++dim)
            at << (int(dim) == m_choice.down || int(dim) == m_choice.across
                       ? QString::number(slice.box.offset[dim])
                       : QStringLiteral("·"));
    if (!at.isEmpty())
        lines << tr("at [%1]").arg(at.join(QStringLiteral(", ")));
    lines << sizeText(slice.box.size) << style::bytesText(slice.stored.size());
    return lines;
}

void SliceMap::drawLabel(QPainter& painter, const SlicePlane::Piece& piece, const QRectF& rect) const {
    const auto lines = labelLines(piece);
    painter.setPen(style::textOn(colorOf(piece.slice)));
    auto bold = m_look == Look::Full ? font() : style::secondaryFont(font());
    bold.setWeight(QFont::DemiBold);
    const auto small = style::secondaryFont(m_look == Look::Full ? style::secondaryFont(font()) : font());
    const QFontMetricsF boldMetrics(bold), metrics(small);
    const double padding = rect.width() > 80 ? 10 : 4, room = rect.width() - 2 * padding;
    if (m_look == Look::Compact) {
        QRectF row(rect.left() + padding, rect.top(), room, std::min(rect.height(), CompactRow * 1.4));
        double used = boldMetrics.horizontalAdvance(lines.front());
        if (used > room)
            return;
        painter.setFont(bold);
        painter.drawText(row, Qt::AlignVCenter | Qt::TextSingleLine, lines.front());
        painter.setFont(small);
        const double bytes = metrics.horizontalAdvance(lines.back());
        if (used + bytes + 16 <= room) {
            painter.drawText(row, Qt::AlignVCenter | Qt::AlignRight | Qt::TextSingleLine, lines.back());
            const double range = lines.size() > 2 ? metrics.horizontalAdvance(lines[1]) : 0;
            const double at = std::max(used + 12, std::min(62.0, room * 0.3));
            if (lines.size() > 2 && at + range + bytes + 16 <= room)
                painter.drawText(row.adjusted(at, 0, 0, 0), Qt::AlignVCenter | Qt::TextSingleLine, lines[1]);
        }
        return;
    }
    double y = rect.top() + (rect.height() > 40 ? 8 : (rect.height() - boldMetrics.height()) / 2);
    for (int i = 0; i < lines.size(); ++i) {
        const auto& lineMetrics = i == 0 ? boldMetrics : metrics;
        const double height = lineMetrics.height();
        if (y + height > rect.bottom() - 2)
            return;
        const bool name = i == 0 || (i == 1 && m_facts->byRank);
        auto text = lines[i];
        if (lineMetrics.horizontalAdvance(text) > room) {
            if (!name || room < 40)
                continue; // numbers are shown whole or not at all
            text = style::elideMiddle(text, lineMetrics, room);
        }
        painter.setFont(i == 0 ? bold : small);
        painter.drawText(QRectF(rect.left() + padding, y, room, height),
                         Qt::AlignVCenter | Qt::TextSingleLine, text);
        y += height + (i == 0 ? 2 : 0);
    }
}

void SliceMap::drawCallouts(QPainter& painter) const {
    constexpr std::size_t most = 12;
    if (m_plane.damages.size() > most)
        return;
    const style::Theme theme(palette());
    const auto area = mapArea();
    auto bold = style::secondaryFont(font());
    bold.setWeight(QFont::DemiBold);
    painter.setFont(bold);
    const QFontMetricsF metrics(bold);
    std::vector<QRectF> taken;
    for (const auto& damage : m_plane.damages) {
        const auto rect = drawn(damage.rect).intersected(area);
        if (rect.isEmpty())
            continue;
        const auto& about = m_facts->damages[damage.damage];
        const auto kind = about.kind == SliceDamage::Kind::Hole ? tr("hole") : tr("overlap");
        const auto text = about.bytes ? tr("%1, %2").arg(kind, style::bytesText(*about.bytes)) : kind;
        QRectF box(0, 0, metrics.horizontalAdvance(text) + 36, metrics.height() + 10);
        box.moveCenter(QPointF(rect.center().x(), std::min(rect.center().y(), rect.bottom() - box.height())));
        if (about.kind == SliceDamage::Kind::Overlap)
            box.moveBottom(std::min(rect.bottom() - 6, area.bottom() - 4));
        box.moveLeft(std::clamp(box.left(), area.left() + 2,
                                std::max(area.left() + 2, area.right() - box.width() - 2)));
        if (std::ranges::any_of(taken, [&](const QRectF& other) { return other.intersects(box); }))
            continue;
        taken.push_back(box);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(QPen(theme.line, 1));
        painter.setBrush(theme.base);
        painter.drawRoundedRect(box, 4, 4);
        style::drawSeverity(painter, QRectF(box.left() + 8, box.center().y() - 7, 14, 14), Severity::Error,
                            theme);
        painter.setPen(theme.text);
        painter.drawText(box.adjusted(28, 0, -6, 0), Qt::AlignVCenter | Qt::TextSingleLine, text);
    }
}

void SliceMap::drawAxes(QPainter& painter) const {
    const style::Theme theme(palette());
    const auto area = mapArea();
    const bool full = m_look == Look::Full;
    const auto labels = full ? style::secondaryFont(font()) : style::mapFont(font());
    const QFontMetricsF metrics(labels);
    painter.setFont(labels);
    painter.setPen(full ? theme.text : theme.secondary);
    const auto across = [&](const std::vector<std::uint64_t>& cuts, double y) {
        double free = -1e9;
        const auto last = QString::number(cuts.back());
        const double lastLeft = area.right() - metrics.horizontalAdvance(last);
        for (std::size_t i = 0; i < cuts.size(); ++i) {
            const double x = drawn({0, 1, cuts[i], cuts[i]}).left();
            if (x < area.left() - 1 || x > area.right() + 1)
                continue;
            const auto text = QString::number(cuts[i]);
            const double width = metrics.horizontalAdvance(text);
            const double at =
                std::clamp(x - (cuts[i] == 0 ? 0 : width / 2), area.left(), area.right() - width);
            const bool isLast = i + 1 == cuts.size();
            if (at < free || (!isLast && m_shown.width() == 1 && at + width + 6 > lastLeft))
                continue;
            painter.drawText(QPointF(at, y), text);
            free = at + width + 8;
        }
    };
    if (m_choice.across >= 0 && !m_plane.columnCuts.empty()) {
        across(m_plane.columnCuts, area.top() - 4);
        if (full && m_plane.bottomCuts != m_plane.columnCuts)
            across(m_plane.bottomCuts, area.bottom() + metrics.ascent() + 4);
    }
    if (m_choice.down >= 0) {
        double free = -1e9;
        const auto& cuts = m_plane.rowCuts;
        const double lastTop = area.bottom() - metrics.height() * 0.75;
        for (std::size_t i = 0; i < cuts.size(); ++i) {
            const double y = drawn({cuts[i], cuts[i], 0, 1}).top();
            if (y < area.top() - 1 || y > area.bottom() + 1)
                continue;
            const double height = metrics.height() * 0.9;
            const double top = std::clamp(y - height / 2, area.top() - 2, area.bottom() - height + 2);
            if (top < free ||
                (i + 1 < cuts.size() && m_shown.height() == 1 && top + height > lastTop && i > 0))
                continue;
            painter.drawText(QRectF(0, top, area.left() - 6, height), Qt::AlignRight | Qt::AlignVCenter,
                             QString::number(cuts[i]));
            free = top + height;
        }
    }
    painter.setPen(theme.secondary);
    if (m_choice.across >= 0)
        painter.drawText(
            QRectF(area.left(), full ? 0 : area.top() - metrics.height() - 3, area.width(), metrics.height()),
            Qt::AlignHCenter,
            full ? tr("dimension %1 →").arg(m_choice.across) : tr("dim %1 →").arg(m_choice.across));
    if (full && m_choice.down >= 0) {
        painter.save();
        painter.translate(metrics.height(), area.center().y());
        painter.rotate(-90);
        painter.drawText(QRectF(-area.height() / 2, -metrics.height(), area.height(), metrics.height()),
                         Qt::AlignCenter, tr("← dimension %1").arg(m_choice.down));
        painter.restore();
    }
}

} // namespace shardlens::ui
