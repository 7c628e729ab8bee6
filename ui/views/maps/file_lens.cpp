// SPDX-License-Identifier: Apache-2.0
#include "ui/views/maps/file_lens.h"

#include "ui/style/painting.h"
#include "ui/style/text.h"
#include "ui/views/parts/map_tip.h"

#include <QAccessible>
#include <QFontMetricsF>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace shardlens::ui {
namespace {

constexpr double Side = 14, Height = 36;

/// `17.up_proj` of `model.layers.17.mlp.up_proj.weight`: the last part that tells something, and the number
/// of its layer.
QString shortName(std::string_view name) {
    for (const std::string_view ending : {".weight", ".bias"})
        if (name.ends_with(ending))
            name.remove_suffix(ending.size());
    const auto dot = name.rfind('.');
    const auto last = dot == name.npos ? name : name.substr(dot + 1);
    auto rest = dot == name.npos ? std::string_view() : name.substr(0, dot);
    while (!rest.empty()) {
        const auto before = rest.rfind('.');
        const auto part = before == rest.npos ? rest : rest.substr(before + 1);
        if (!part.empty() && part.size() < 8 && part.find_first_not_of("0123456789") == part.npos)
            return style::plain(part, 16) + QLatin1Char('.') + style::plain(last, 80);
        rest = before == rest.npos ? std::string_view() : rest.substr(0, before);
    }
    return style::plain(last, 80);
}

} // namespace

QString segmentName(const Checkpoint& checkpoint, const FileSegment& segment) {
    if (segment.slice.valid())
        return style::plain(checkpoint.tensor(checkpoint.slice(segment.slice).tensor).name(), 300);
    if (segment.entry.valid())
        return style::plain(checkpoint.entry(segment.entry).name, 300);
    return segmentTitle(segment.kind);
}

QList<std::pair<QString, QString>> segmentLines(const Checkpoint& checkpoint, FileId file,
                                                const FileSegment& segment) {
    QList<std::pair<QString, QString>> lines{
        {FileLens::tr("file"), style::plain(checkpoint.file(file).path, 200)}};
    if (segment.slice.valid()) {
        const auto slice = checkpoint.slice(segment.slice);
        lines.append({FileLens::tr("slice"),
                      FileLens::tr("at %1, %2")
                          .arg(style::indexText(slice.box.offset), style::shapeText(slice.box.size))});
    } else if (segment.region != FileSegment::NoRegion) {
        const auto& region = checkpoint.regions(file)[segment.region];
        lines.append({FileLens::tr("kind"), segmentTitle(segment.kind)});
        if (!region.name.empty())
            lines.append({FileLens::tr("name"), style::plain(region.name, 200)});
        if (region.crc32)
            lines.append(
                {QStringLiteral("CRC-32"), QStringLiteral("%1").arg(*region.crc32, 8, 16, QLatin1Char('0'))});
    }
    lines.append(
        {FileLens::tr("bytes"), QStringLiteral("%1 + %2").arg(style::grouped(segment.range.begin),
                                                              style::grouped(segment.range.size()))});
    lines.append({FileLens::tr("size"), style::bytesText(segment.range.size())});
    if (segment.kind == FileSegment::Kind::Missing)
        lines.append({FileLens::tr("state"), FileLens::tr("not in the file")});
    else if (segment.damaged)
        lines.append({FileLens::tr("state"), FileLens::tr("damaged")});
    return lines;
}

FileLens::FileLens(QWidget* parent) : QWidget(parent) {
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setAccessibleName(tr("Lens over the map of the files"));
}

void FileLens::setSource(NameTreePtr names, FindingMarksPtr marks, ColorMode mode) {
    if (names != m_names)
        clear();
    m_names = std::move(names);
    m_marks = std::move(marks);
    m_mode = mode;
    update();
}

void FileLens::clear() {
    m_picture = nullptr;
    m_view = {};
    MapTip::hideFrom(this);
    update();
}

void FileLens::setPlace(FilePicturePtr picture, std::uint64_t byte, std::uint64_t span, double times) {
    m_picture = std::move(picture);
    m_byte = byte;
    m_times = times;
    if (m_picture) {
        const auto size =
            std::clamp<std::uint64_t>(span, 1, std::max<std::uint64_t>(m_picture->map.bytes, 1));
        const auto half = size / 2;
        const auto begin = std::min(byte > half ? byte - half : 0,
                                    m_picture->map.bytes > size ? m_picture->map.bytes - size : 0);
        m_view = {begin, begin + size};
    }
    announce();
    update();
}

void FileLens::setSelected(TensorId tensor) {
    m_tensor = tensor;
    update();
}

/// Hover is not accessible: what the lens stands on is its description.
void FileLens::announce() {
    const auto* segment = m_picture ? m_picture->map.at(m_byte) : nullptr;
    if (!segment || !m_names)
        return setAccessibleDescription({});
    const auto text = tr("%1, %2 at %3")
                          .arg(segmentName(*m_names->checkpoint(), *segment),
                               style::bytesText(segment->range.size()), style::grouped(segment->range.begin));
    if (text == accessibleDescription())
        return;
    setAccessibleDescription(text);
    QAccessibleEvent event(this, QAccessible::DescriptionChanged);
    QAccessible::updateAccessibility(&event);
}

QSize FileLens::sizeHint() const {
    return {400, int(Height) + 2 * fontMetrics().height() + 26};
}
QSize FileLens::minimumSizeHint() const {
    return {160, sizeHint().height()};
}

QRectF FileLens::strip() const {
    return {Side, height() - Height - 8, std::max(10.0, width() - 2 * Side), Height};
}

QRectF FileLens::place(ByteRange range) const {
    const auto area = strip();
    const auto x = [&](std::uint64_t byte) {
        return area.left() + (double(byte) - double(m_view.begin)) / double(m_view.size()) * area.width();
    };
    auto rect =
        style::snapped(QRectF(QPointF(x(range.begin), area.top()), QPointF(x(range.end), area.bottom())),
                       devicePixelRatioF());
    rect.setWidth(std::max(rect.width(), 2.0));
    return rect;
}

const FileSegment* FileLens::segmentAt(QPointF at) const {
    const auto area = strip();
    if (!m_picture || !area.contains(at))
        return nullptr;
    const double share = (at.x() - area.left()) / area.width();
    return m_picture->map.at(m_view.begin + std::uint64_t(share * double(m_view.size())));
}

void FileLens::mouseMoveEvent(QMouseEvent* event) {
    const auto* segment = segmentAt(event->position());
    if (!segment)
        return MapTip::hideFrom(this);
    const auto& checkpoint = *m_names->checkpoint();
    const QRect avoid(event->position().toPoint() - QPoint(2, 2), QSize(5, 5));
    MapTip::show(this, avoid, segmentName(checkpoint, *segment),
                 segmentLines(checkpoint, m_picture->map.file, *segment));
}

void FileLens::leaveEvent(QEvent*) {
    MapTip::hideFrom(this);
}

void FileLens::mousePressEvent(QMouseEvent* event) {
    const auto* segment = segmentAt(event->position());
    if (segment && event->button() == Qt::LeftButton)
        emit segmentPicked(*segment);
}

void FileLens::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Left)
        emit stepped(-1);
    else if (event->key() == Qt::Key_Right)
        emit stepped(1);
    else
        QWidget::keyPressEvent(event);
}

void FileLens::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange)
        update();
}

void FileLens::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const style::Theme theme(palette());
    painter.fillRect(rect(), theme.base);
    painter.fillRect(QRectF(0, 0, width(), 1), theme.line);
    drawHead(painter);
    if (!m_picture || !m_names || m_view.empty())
        return;
    drawScale(painter);
    drawSegments(painter);
    if (!hasFocus())
        return;
    painter.setPen(QPen(theme.accent, 1));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(strip().adjusted(-2.5, -2.5, 2.5, 2.5));
}

void FileLens::drawHead(QPainter& painter) const {
    const style::Theme theme(palette());
    const QRectF line(Side, 5, width() - 2 * Side, fontMetrics().height());
    auto bold = font();
    bold.setWeight(QFont::DemiBold);
    painter.setFont(bold);
    painter.setPen(theme.text);
    painter.drawText(line, Qt::AlignVCenter | Qt::TextSingleLine, tr("Lens"));
    const double x = QFontMetricsF(bold).horizontalAdvance(tr("Lens")) + 12;
    painter.setFont(style::secondaryFont(font()));
    painter.setPen(theme.secondary);
    auto words = tr("Point at a strip, or choose a file");
    if (m_picture && m_names) {
        words = tr("%1    %2 … %3")
                    .arg(style::plain(m_names->checkpoint()->file(m_picture->map.file).path, 80),
                         style::bytesText(m_view.begin), style::bytesText(m_view.end));
        if (m_times > 1.05)
            words += tr("    %1 times the strip above").arg(std::lround(m_times));
    }
    painter.drawText(line.adjusted(x, 0, 0, 0), Qt::AlignVCenter | Qt::TextSingleLine,
                     QFontMetricsF(painter.font()).elidedText(words, Qt::ElideRight, line.width() - x));
}

void FileLens::drawScale(QPainter& painter) const {
    const style::Theme theme(palette());
    painter.setFont(style::mapFont(font()));
    painter.setPen(theme.secondary);
    const QFontMetricsF metrics(painter.font());
    const auto area = strip();
    constexpr int steps = 6;
    for (int step = 0; step <= steps; ++step) {
        const auto byte = m_view.begin + std::uint64_t(double(m_view.size()) * step / steps);
        // A short stretch far from the file's begin: only bytes tell its ends apart.
        const bool exact = m_view.size() < (m_view.begin >> 7);
        const auto text = exact       ? style::grouped(byte)
                          : byte == 0 ? QStringLiteral("0")
                                      : style::bytesText(byte);
        const double wide = metrics.horizontalAdvance(text), x = area.left() + area.width() * step / steps;
        const double left = std::clamp(x - wide / 2, area.left(), area.right() - wide);
        if (step % 2 == 0 || wide * (steps + 2) < area.width())
            painter.drawText(QRectF(left, area.top() - metrics.height() - 3, wide + 1, metrics.height()),
                             Qt::AlignVCenter | Qt::TextSingleLine, text);
    }
}

QString FileLens::labelOf(const FileSegment& segment) const {
    const auto& checkpoint = *m_names->checkpoint();
    if (segment.kind == FileSegment::Kind::Slice)
        return shortName(checkpoint.tensor(checkpoint.slice(segment.slice).tensor).name());
    if (segment.entry.valid())
        return style::plain(checkpoint.entry(segment.entry).name, 80);
    return segmentTitle(segment.kind);
}

void FileLens::drawSegments(QPainter& painter) const {
    const style::Theme theme(palette());
    const FilePainter files(m_names, m_marks, m_mode, theme);
    const auto area = strip();
    painter.fillRect(area, theme.track);
    painter.drawImage(area, files.columns(m_picture->map, m_view, area.width() * devicePixelRatioF()));
    painter.save();
    painter.setClipRect(area.adjusted(-1, -1, 1, 1));
    files.drawRemarked(
        painter, *m_picture, m_view, [this](ByteRange range) { return place(range); },
        [](const FileSegment&, const QRectF&) {});
    const auto& segments = m_picture->map.segments;
    constexpr double least = 3; // narrower ones have no edge of their own
    const auto least_bytes = std::uint64_t(least * double(m_view.size()) / area.width());
    std::vector<QRectF> selected;
    for (const auto& segment : segments) {
        if (segment.range.begin >= m_view.end)
            break;
        const bool chosen = m_tensor.valid() && segment.slice.valid() &&
                            m_names->checkpoint()->slice(segment.slice).tensor == m_tensor;
        if (segment.range.end <= m_view.begin || (segment.range.size() < least_bytes && !chosen))
            continue;
        const auto rect =
            place({std::max(segment.range.begin, m_view.begin), std::min(segment.range.end, m_view.end)});
        if (segment.range.end < m_view.end)
            painter.fillRect(QRectF(rect.right() - 1, rect.top(), 1, rect.height()), theme.base);
        if (rect.width() > 24)
            drawLabel(painter, segment, rect, files.colorOf(segment));
        if (chosen)
            selected.push_back(rect);
    }
    painter.restore();
    for (const auto& rect : selected)
        style::drawMapSelection(painter, rect, theme);
}

void FileLens::drawLabel(QPainter& painter, const FileSegment& segment, const QRectF& rect,
                         const QColor& fill) const {
    auto bold = style::mapFont(font());
    bold.setWeight(QFont::DemiBold);
    const QFontMetricsF metrics(bold), plain(style::mapFont(font()));
    const auto label = labelOf(segment);
    const double room = rect.width() - 8;
    const bool hatched =
        segment.kind == FileSegment::Kind::Missing || segment.kind == FileSegment::Kind::Unclaimed;
    if (hatched || metrics.horizontalAdvance(label) > room)
        return;
    painter.setPen(style::textOn(fill));
    painter.setFont(bold);
    painter.drawText(QRectF(rect.left() + 5, rect.top() + 3, room, metrics.height()),
                     Qt::AlignVCenter | Qt::TextSingleLine, label);
    const auto size = style::bytesText(segment.range.size());
    if (plain.horizontalAdvance(size) > room)
        return;
    painter.setFont(style::mapFont(font()));
    painter.drawText(QRectF(rect.left() + 5, rect.top() + 3 + metrics.height(), room, plain.height()),
                     Qt::AlignVCenter | Qt::TextSingleLine, size);
}

} // namespace shardlens::ui
