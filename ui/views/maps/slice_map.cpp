// SPDX-License-Identifier: Apache-2.0
#include "ui/views/maps/slice_map.h"

#include "ui/style/painting.h"
#include "ui/style/text.h"
#include "ui/views/parts/map_tip.h"

#include <QAccessible>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>

namespace shardlens::ui {
namespace {

constexpr double MostZoom = 1e9;

} // namespace

SliceMap::SliceMap(Look look, QWidget* parent) : QWidget(parent), m_look(look) {
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Expanding, look == Look::Full ? QSizePolicy::Expanding : QSizePolicy::Fixed);
    setAccessibleName(tr("Map of the slices"));
}

void SliceMap::setTensor(CheckpointPtr checkpoint, TensorId tensor, SliceFactsPtr facts,
                         const PlaneChoice& choice) {
    const bool other = checkpoint != m_checkpoint || tensor != m_tensor;
    m_checkpoint = std::move(checkpoint);
    m_tensor = tensor;
    m_facts = std::move(facts);
    m_choice = choice;
    m_plane = slicePlane(*m_checkpoint, tensor, *m_facts, choice);
    if (other) {
        m_current.reset();
        m_shown = {0, 0, 1, 1};
    }
    setAccessibleName(
        tr("Map of the slices of %1").arg(style::plain(m_checkpoint->tensor(tensor).name(), 200)));
    setAccessibleDescription(cutSentence(*m_checkpoint, tensor, *m_facts));
    MapTip::hideFrom(this);
    redraw();
}

void SliceMap::clear() {
    m_checkpoint = nullptr;
    m_facts = nullptr;
    m_plane = {};
    m_current.reset();
    redraw();
}

void SliceMap::setColoring(Coloring coloring) {
    m_coloring = coloring;
    redraw();
}

void SliceMap::redraw() {
    m_cache = {};
    update();
}

void SliceMap::setCurrentSlice(std::optional<std::uint32_t> slice) {
    if (slice == m_current)
        return;
    m_current = slice;
    update();
    announce();
    emit currentSliceChanged();
}

/// Hover is not accessible: what the cursor stands on is the description.
void SliceMap::announce() {
    if (!m_checkpoint || !m_current)
        return;
    const auto slice = m_checkpoint->slice(m_checkpoint->tensor(m_tensor).slice(*m_current));
    setAccessibleDescription(tr("Slice %1 of %2, %3, offset %4, size %5")
                                 .arg(*m_current)
                                 .arg(m_facts->copyOf.size())
                                 .arg(ShardKeys(*m_checkpoint).title(*m_checkpoint, slice.file),
                                      style::indexText(slice.box.offset), sizeText(slice.box.size)));
    QAccessibleEvent event(this, QAccessible::DescriptionChanged);
    QAccessible::updateAccessibility(&event);
}

QColor SliceMap::colorOf(std::uint32_t slice) const {
    const style::Theme theme(palette());
    if (m_coloring == Coloring::File) {
        const auto file = m_checkpoint->slice(m_checkpoint->tensor(m_tensor).slice(slice)).file;
        return file.valid() ? theme.ordered(file.index(), m_checkpoint->fileCount()) : theme.notNamed();
    }
    const auto key = m_facts->key[slice];
    return key < m_facts->keyCount ? theme.ordered(key, m_facts->keyCount) : theme.notNamed();
}

void SliceMap::setZoom(double zoom, QPointF fixedAt) {
    const double size = 1 / std::clamp(zoom, 1.0, MostZoom);
    const QPointF point(m_shown.x() + fixedAt.x() * m_shown.width(),
                        m_shown.y() + fixedAt.y() * m_shown.height());
    const double x = std::clamp(point.x() - fixedAt.x() * size, 0.0, 1 - size);
    const double y = std::clamp(point.y() - fixedAt.y() * size, 0.0, 1 - size);
    m_shown = {x, y, size, size};
    redraw();
    emit zoomChanged();
}

QRectF SliceMap::drawn(const PlaneRect& rect) const {
    const auto area = mapArea();
    const auto x = [&](std::uint64_t column) {
        return area.left() +
               (double(column) / double(m_plane.columns) - m_shown.left()) / m_shown.width() * area.width();
    };
    const auto y = [&](std::uint64_t row) {
        return area.top() +
               (double(row) / double(m_plane.rows) - m_shown.top()) / m_shown.height() * area.height();
    };
    if (m_plane.rows == 0 || m_plane.columns == 0)
        return area;
    return style::snapped(QRectF(QPointF(x(rect.left), y(rect.top)), QPointF(x(rect.right), y(rect.bottom))),
                          devicePixelRatioF());
}

std::pair<std::uint64_t, std::uint64_t> SliceMap::elementAt(QPointF at) const {
    const auto area = mapArea();
    const double x = m_shown.left() + (at.x() - area.left()) / area.width() * m_shown.width();
    const double y = m_shown.top() + (at.y() - area.top()) / area.height() * m_shown.height();
    const auto index = [](double part, std::uint64_t extent) -> std::uint64_t {
        if (extent == 0)
            return 0;
        const double position = std::clamp(part, 0.0, 1.0) * double(extent);
        return position >= double(extent - 1) ? extent - 1 : static_cast<std::uint64_t>(position);
    };
    return {index(y, m_plane.rows), index(x, m_plane.columns)};
}

std::vector<const SlicePlane::Piece*> SliceMap::piecesAt(QPointF at) const {
    std::vector<const SlicePlane::Piece*> out;
    if (!mapArea().contains(at))
        return out;
    const auto [row, column] = elementAt(at);
    for (const auto& piece : m_plane.pieces) {
        if (piece.rect.top > row)
            break; // sorted by top
        if (piece.rect.contains(row, column))
            out.push_back(&piece);
    }
    return out;
}

void SliceMap::showTip(QPointF at) {
    if (!m_checkpoint || !mapArea().contains(at)) {
        MapTip::hideFrom(this);
        return;
    }
    const auto [row, column] = elementAt(at);
    auto under = m_choice.at;
    if (m_choice.down >= 0)
        under[std::size_t(m_choice.down)] = row;
    if (m_choice.across >= 0)
        under[std::size_t(m_choice.across)] = column;
    const auto pieces = piecesAt(at);
    MapTip::Lines lines{{tr("under the pointer"), style::indexText(under)}};
    QString title = tr("hole");
    const ShardKeys keys(*m_checkpoint);
    const auto tensor = m_checkpoint->tensor(m_tensor);
    for (const auto* piece : pieces) {
        const auto slice = m_checkpoint->slice(tensor.slice(piece->slice));
        const auto owner = keys.title(*m_checkpoint, slice.file);
        if (piece != pieces.front()) {
            lines.append({tr("overlaps"), tr("%1, slice %2").arg(owner).arg(piece->slice)});
            continue;
        }
        title = tr("%1, slice %2 of %3").arg(owner).arg(piece->slice).arg(tensor.sliceCount());
        lines.append({tr("offset"), style::indexText(slice.box.offset)});
        lines.append({tr("size"), style::shapeText(slice.box.size)});
        if (slice.file.valid()) {
            lines.append({tr("file"), style::plain(m_checkpoint->file(slice.file).path, 200)});
            lines.append({tr("bytes"), QStringLiteral("%1 … %2").arg(
                                           style::grouped(slice.stored.begin),
                                           style::grouped(slice.stored.empty() ? slice.stored.end
                                                                               : slice.stored.end - 1))});
            lines.append({tr("stored"), style::bytesText(slice.stored.size())});
        }
        if (isShort(*m_checkpoint, slice))
            lines.append({tr("state"), tr("its bytes are missing")});
        if (piece->copies > 1)
            lines.append({tr("copies"), style::grouped(piece->copies)});
    }
    MapTip::show(this, QRect(at.toPoint() - QPoint(2, 2), QSize(5, 5)), title, lines);
}

void SliceMap::mouseMoveEvent(QMouseEvent* event) {
    if (m_dragging && m_shown.width() < 1) {
        const auto area = mapArea();
        const auto by = event->position() - m_dragFrom;
        m_dragFrom = event->position();
        m_shown.moveTo(
            std::clamp(m_shown.x() - by.x() / area.width() * m_shown.width(), 0.0, 1 - m_shown.width()),
            std::clamp(m_shown.y() - by.y() / area.height() * m_shown.height(), 0.0, 1 - m_shown.height()));
        redraw();
        return;
    }
    m_dragging = false;
    showTip(event->position());
}

void SliceMap::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton)
        return;
    m_dragFrom = event->position();
    m_dragging = event->buttons() & Qt::LeftButton;
    const auto pieces = piecesAt(event->position());
    if (pieces.empty())
        return;
    // A second click goes through what lies over one another.
    std::size_t next = 0;
    for (std::size_t i = 0; i < pieces.size(); ++i)
        if (pieces[i]->slice == m_current)
            next = (i + 1) % pieces.size();
    setCurrentSlice(pieces[next]->slice);
}

void SliceMap::mouseDoubleClickEvent(QMouseEvent*) {
    m_dragging = false;
    if (m_current)
        emit sliceActivated(*m_current);
}

void SliceMap::wheelEvent(QWheelEvent* event) {
    if (m_look == Look::Compact || !(event->modifiers() & Qt::ControlModifier)) {
        event->ignore();
        return;
    }
    const auto area = mapArea();
    const QPointF at((event->position().x() - area.left()) / area.width(),
                     (event->position().y() - area.top()) / area.height());
    setZoom(zoom() * std::pow(1.2, event->angleDelta().y() / 120.0), at);
    event->accept();
}

void SliceMap::leaveEvent(QEvent*) {
    m_dragging = false;
    MapTip::hideFrom(this);
}

void SliceMap::step(int rows, int columns) {
    const SlicePlane::Piece* current = nullptr;
    for (const auto& piece : m_plane.pieces)
        if (piece.slice == m_current)
            current = &piece;
    if (!current) {
        if (!m_plane.pieces.empty())
            setCurrentSlice(m_plane.pieces.front().slice);
        return;
    }
    const auto middle = [](std::uint64_t a, std::uint64_t b) {
        return double(a) / 2 + double(b) / 2;
    };
    const double row = middle(current->rect.top, current->rect.bottom) / double(m_plane.rows);
    const double column = middle(current->rect.left, current->rect.right) / double(m_plane.columns);
    const SlicePlane::Piece* best = nullptr;
    double bestCost = 0;
    for (const auto& piece : m_plane.pieces) {
        const double down = middle(piece.rect.top, piece.rect.bottom) / double(m_plane.rows) - row;
        const double right = middle(piece.rect.left, piece.rect.right) / double(m_plane.columns) - column;
        const double along = down * rows + right * columns;
        const double aside = std::fabs(down * columns) + std::fabs(right * rows);
        if (along <= 1e-15 || &piece == current)
            continue;
        const double cost = along + 2 * aside;
        if (!best || cost < bestCost) {
            best = &piece;
            bestCost = cost;
        }
    }
    if (best)
        setCurrentSlice(best->slice);
}

void SliceMap::keyPressEvent(QKeyEvent* event) {
    switch (event->key()) {
    case Qt::Key_Left:
        step(0, -1);
        return;
    case Qt::Key_Right:
        step(0, 1);
        return;
    case Qt::Key_Up:
        step(-1, 0);
        return;
    case Qt::Key_Down:
        step(1, 0);
        return;
    case Qt::Key_Home:
        if (!m_plane.pieces.empty())
            setCurrentSlice(m_plane.pieces.front().slice);
        return;
    case Qt::Key_End:
        if (!m_plane.pieces.empty())
            setCurrentSlice(m_plane.pieces.back().slice);
        return;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (m_current)
            emit sliceActivated(*m_current);
        return;
    case Qt::Key_Plus:
    case Qt::Key_Equal:
        if (m_look == Look::Full)
            setZoom(zoom() * 1.5);
        return;
    case Qt::Key_Minus:
        if (m_look == Look::Full)
            setZoom(zoom() / 1.5);
        return;
    case Qt::Key_0:
        if (m_look == Look::Full)
            showAll();
        return;
    default:
        QWidget::keyPressEvent(event);
    }
}

void SliceMap::resizeEvent(QResizeEvent*) {
    redraw();
}

void SliceMap::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange)
        redraw();
}

} // namespace shardlens::ui
