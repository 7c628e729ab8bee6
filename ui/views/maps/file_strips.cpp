// SPDX-License-Identifier: Apache-2.0
#include "ui/views/maps/file_strips.h"

#include "ui/style/text.h"
#include "ui/views/maps/file_lens.h"
#include "ui/views/parts/map_tip.h"

#include <QAccessible>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QScrollBar>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>

namespace shardlens::ui {
namespace {

constexpr double Pitch = 40, Height = 26;
constexpr std::size_t KeptMaps = 256;

} // namespace

FileStrips::FileStrips(JobRunner* runner, QWidget* parent) : QAbstractScrollArea(parent), m_runner(runner) {
    setFrameShape(QFrame::NoFrame);
    viewport()->setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setAccessibleName(tr("Map of the files"));
}

FileStrips::~FileStrips() = default;

void FileStrips::setMaps(NameTreePtr names, FileMapsPtr maps, std::vector<FileId> order) {
    m_fetching.reset();
    m_ready.clear();
    m_names = std::move(names);
    m_maps = std::move(maps);
    m_order = std::move(order);
    m_marks = nullptr;
    m_stripOf.assign(m_maps ? m_maps->checkpoint()->fileCount() : 0, m_order.size());
    for (std::size_t strip = 0; strip < m_order.size(); ++strip)
        m_stripOf[m_order[strip].index()] = strip;
    m_longest = 1;
    m_tensor = {};
    m_file = {};
    for (const auto file : m_order) {
        m_longest = std::max(m_longest, m_maps->checkpoint()->file(file).bytes);
        const auto slices = m_maps->slices(file);
        if (!slices.empty())
            m_longest = std::max(m_longest, m_maps->checkpoint()->slice(slices.back()).stored.end);
    }
    m_view = {0, m_longest};
    MapTip::hideFrom(viewport());
    updateBars();
    fetchVisible();
    redraw();
    emit viewChanged();
}

void FileStrips::redraw() {
    m_columns.clear();
    viewport()->update();
}

void FileStrips::setMarks(FindingMarksPtr marks) {
    m_marks = std::move(marks);
    m_worst.assign(m_maps ? m_maps->checkpoint()->fileCount() : 0, std::nullopt);
    if (m_maps)
        for (const auto& finding : m_maps->checkpoint()->findings()) {
            const auto& about = finding.subject;
            if (about.kind != Subject::Kind::File || about.id >= m_worst.size() ||
                finding.severity() == Severity::Info)
                continue;
            auto& worst = m_worst[about.id];
            if (worst != Severity::Error)
                worst = finding.severity();
        }
    redraw();
}

void FileStrips::setColorMode(ColorMode mode) {
    m_mode = mode;
    redraw();
}

void FileStrips::setSelected(TensorId tensor, FileId file) {
    m_tensor = tensor;
    if (tensor.valid() && m_maps) { // its first slice, unless the cursor stands on one already
        const auto& checkpoint = *m_maps->checkpoint();
        const auto* map = mapOf(m_file);
        const auto* under = map ? map->at(m_cursor) : nullptr;
        const auto view = checkpoint.tensor(tensor);
        const bool there = under && under->slice.valid() && checkpoint.slice(under->slice).tensor == tensor;
        if (!there && view.sliceCount() > 0) {
            const auto slice = checkpoint.slice(view.slice(0));
            file = slice.file;
            m_cursor = slice.stored.begin;
        } else if (there) {
            file = m_file;
        }
    }
    m_file = file;
    if (m_file.valid() && m_file.index() < m_stripOf.size()) {
        const double y = double(m_stripOf[m_file.index()]) * Pitch;
        auto* bar = verticalScrollBar();
        if (y < bar->value() || y + Pitch + top() > bar->value() + viewport()->height())
            bar->setValue(int(y));
        emit pointed(m_file, m_cursor);
    }
    viewport()->update();
}

QList<LegendItem> FileStrips::legend() const {
    if (!m_names)
        return {};
    const style::Theme theme(palette());
    auto items = TensorColors(m_names, m_marks, m_mode, theme).legend();
    items.append({{}, tr("unclaimed"), style::Hatch::Unclaimed});
    items.append({{}, tr("missing"), style::Hatch::Hole});
    items.append({{}, tr("not named"), style::Hatch::NotNamed});
    return items;
}

double FileStrips::left() const {
    return std::min(190.0, viewport()->width() * 0.32);
}
double FileStrips::top() const {
    return fontMetrics().height() + 10;
}
double FileStrips::across() const {
    return std::max(20.0, viewport()->width() - left() - 14);
}
double FileStrips::bytesPerPixel() const {
    return double(m_view.size()) / across();
}

FilePicturePtr FileStrips::pictureOf(FileId file) const {
    const auto found = m_ready.find(file);
    return found == m_ready.end() ? nullptr : found->second;
}

const FileMap* FileStrips::mapOf(FileId file) const {
    const auto picture = pictureOf(file);
    return picture ? &picture->map : nullptr;
}

QRectF FileStrips::drawn(std::size_t strip, ByteRange range) const {
    const auto x = [this](std::uint64_t byte) {
        return left() + (double(byte) - double(m_view.begin)) / double(m_view.size()) * across();
    };
    const double y = top() + double(strip) * Pitch - verticalScrollBar()->value() + (Pitch - Height) / 2;
    auto rect = style::snapped(QRectF(QPointF(x(range.begin), y), QPointF(x(range.end), y + Height)),
                               devicePixelRatioF());
    if (rect.width() < 2)
        rect.setWidth(2);
    return rect;
}

std::size_t FileStrips::stripAt(double y) const {
    const double at = y - top() + verticalScrollBar()->value();
    return at < 0 || y < top() ? m_order.size() : std::size_t(at / Pitch);
}

std::uint64_t FileStrips::byteAt(double x) const {
    const double at = double(m_view.begin) + (x - left()) / across() * double(m_view.size());
    return std::uint64_t(std::clamp(at, 0.0, double(m_longest)));
}

void FileStrips::setView(ByteRange view) {
    const auto size =
        std::clamp<std::uint64_t>(view.size(), std::min<std::uint64_t>(16, m_longest), m_longest);
    const auto begin = std::min(view.begin, m_longest - size);
    m_view = {begin, begin + size};
    redraw();
    emit viewChanged();
}

void FileStrips::zoom(double factor, double at) {
    const double size = std::clamp(double(m_view.size()) / factor, 16.0, double(m_longest));
    const double fixed = double(m_view.begin) + at * double(m_view.size());
    const double begin = std::max(0.0, fixed - at * size);
    setView({std::uint64_t(begin), std::uint64_t(begin + size)});
}

void FileStrips::showAll() {
    setView({0, m_longest});
}

void FileStrips::updateBars() {
    const int content = int(double(m_order.size()) * Pitch + top());
    verticalScrollBar()->setRange(0, std::max(0, content - viewport()->height()));
    verticalScrollBar()->setPageStep(viewport()->height());
    verticalScrollBar()->setSingleStep(int(Pitch));
}

void FileStrips::fetchVisible() {
    if (!m_maps || m_fetching)
        return;
    std::vector<FileId> wanted;
    const auto first = std::size_t(verticalScrollBar()->value() / Pitch);
    const auto last = std::min(m_order.size(), first + std::size_t(viewport()->height() / Pitch) + 2);
    for (auto i = first; i < last; ++i)
        if (!m_ready.contains(m_order[i]))
            wanted.push_back(m_order[i]);
    if (wanted.empty())
        return;
    using Maps = std::vector<FilePicturePtr>;
    m_fetching = m_runner->run<Maps>([maps = m_maps, wanted](const JobContext& context) {
        Maps out;
        for (const auto file : wanted)
            if (!context.stopped())
                out.push_back(std::make_shared<const FilePicture>(maps->map(file)));
        return out;
    });
    m_fetching->then([this](const Maps& maps) {
        m_fetching.reset();
        if (m_ready.size() > KeptMaps)
            m_ready.clear();
        for (const auto& picture : maps)
            m_ready[picture->map.file] = picture;
        redraw();
        emit mapsArrived();
        fetchVisible();
    });
}

void FileStrips::resizeEvent(QResizeEvent*) {
    updateBars();
    fetchVisible();
    redraw();
    emit viewChanged();
}

void FileStrips::scrollContentsBy(int, int) {
    fetchVisible();
    viewport()->update();
}

void FileStrips::changeEvent(QEvent* event) {
    QAbstractScrollArea::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange)
        redraw();
}

void FileStrips::showTip(QPointF at) {
    const auto strip = stripAt(at.y());
    const auto* map = strip < m_order.size() ? mapOf(m_order[strip]) : nullptr;
    const auto* segment = map && at.x() >= left() ? map->at(byteAt(at.x())) : nullptr;
    if (!segment)
        return MapTip::hideFrom(viewport());
    const auto& checkpoint = *m_maps->checkpoint();
    emit pointed(m_order[strip], byteAt(at.x()));
    auto avoid = drawn(strip, segment->range).toAlignedRect();
    if (avoid.width() > 60)
        avoid = QRect(at.toPoint() - QPoint(2, 2), QSize(5, 5));
    MapTip::show(viewport(), avoid, segmentName(checkpoint, *segment),
                 segmentLines(checkpoint, m_order[strip], *segment));
}

void FileStrips::mouseMoveEvent(QMouseEvent* event) {
    showTip(event->position());
}
void FileStrips::leaveEvent(QEvent*) {
    MapTip::hideFrom(viewport());
    if (m_file.valid())
        emit pointed(m_file, m_cursor);
}

void FileStrips::mousePressEvent(QMouseEvent* event) {
    const auto strip = stripAt(event->position().y());
    if (strip >= m_order.size() || event->button() != Qt::LeftButton)
        return;
    const auto file = m_order[strip];
    const auto* map = mapOf(file);
    m_cursor = byteAt(event->position().x());
    const auto* segment = map && event->position().x() >= left() ? map->at(m_cursor) : nullptr;
    m_file = file;
    if (segment)
        pick(file, *segment);
    else
        emit filePicked(file);
    emit pointed(file, m_cursor);
}

void FileStrips::pick(FileId file, const FileSegment& segment) {
    m_file = file;
    m_cursor = segment.range.begin;
    if (segment.slice.valid())
        emit tensorPicked(m_maps->checkpoint()->slice(segment.slice).tensor);
    else if (segment.entry.valid())
        emit entryPicked(segment.entry);
    else
        emit filePicked(file);
}

void FileStrips::wheelEvent(QWheelEvent* event) {
    if (event->modifiers() & Qt::ControlModifier) {
        zoom(std::pow(1.25, event->angleDelta().y() / 120.0),
             std::clamp((event->position().x() - left()) / across(), 0.0, 1.0));
        event->accept();
        return;
    }
    const auto across =
        event->modifiers() & Qt::ShiftModifier ? event->angleDelta().y() : event->angleDelta().x();
    if (across != 0) {
        pan(-across / 1200.0);
        event->accept();
        return;
    }
    QAbstractScrollArea::wheelEvent(event);
}

/// By a share of what is in view.
void FileStrips::pan(double share) {
    const double begin =
        std::clamp(double(m_view.begin) + share * double(m_view.size()), 0.0, double(m_longest));
    setView({std::uint64_t(begin), std::uint64_t(begin) + m_view.size()});
}

void FileStrips::stepSegment(int by) {
    const auto* map = mapOf(m_file);
    if (!map || map->segments.empty())
        return;
    const auto* current = map->at(m_cursor);
    auto index = current ? current - map->segments.data() + by : 0;
    index = std::clamp<std::ptrdiff_t>(index, 0, std::ptrdiff_t(map->segments.size()) - 1);
    const auto& segment = map->segments[std::size_t(index)];
    m_cursor = segment.range.begin;
    setAccessibleDescription(
        tr("%1 at %2").arg(segmentName(*m_maps->checkpoint(), segment), style::grouped(segment.range.begin)));
    QAccessibleEvent event(this, QAccessible::DescriptionChanged);
    QAccessible::updateAccessibility(&event);
    const bool outside = segment.range.end <= m_view.begin || segment.range.begin >= m_view.end;
    if (outside) // follows the cursor
        setView({segment.range.begin, segment.range.begin + m_view.size()});
    if (segment.slice.valid())
        emit tensorPicked(m_maps->checkpoint()->slice(segment.slice).tensor);
    emit pointed(m_file, m_cursor);
    viewport()->update();
}

void FileStrips::keyPressEvent(QKeyEvent* event) {
    const bool known = m_file.valid() && m_file.index() < m_stripOf.size();
    const auto strip = known ? std::ptrdiff_t(m_stripOf[m_file.index()]) : -1;
    const bool panning = event->modifiers() & (Qt::ShiftModifier | Qt::ControlModifier);
    const auto choose = [&](std::ptrdiff_t wanted) {
        if (m_order.empty())
            return;
        const auto file =
            m_order[std::size_t(std::clamp<std::ptrdiff_t>(wanted, 0, std::ptrdiff_t(m_order.size()) - 1))];
        setSelected({}, file);
        emit filePicked(file);
    };
    switch (event->key()) {
    case Qt::Key_Up:
        return choose(strip - 1);
    case Qt::Key_Down:
        return choose(strip + 1);
    case Qt::Key_Left:
        return panning ? pan(-0.2) : stepSegment(-1);
    case Qt::Key_Right:
        return panning ? pan(0.2) : stepSegment(1);
    case Qt::Key_Home:
        return setView({0, m_view.size()});
    case Qt::Key_End:
        return setView({m_longest, m_longest + m_view.size()});
    case Qt::Key_Plus:
    case Qt::Key_Equal:
        return zoom(1.5);
    case Qt::Key_Minus:
        return zoom(1 / 1.5);
    case Qt::Key_0:
        return showAll();
    default:
        QAbstractScrollArea::keyPressEvent(event);
    }
}

} // namespace shardlens::ui
