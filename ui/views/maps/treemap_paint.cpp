// SPDX-License-Identifier: Apache-2.0
// How Treemap comes by its picture, and what it draws above it.
#include "ui/style/painting.h"
#include "ui/views/maps/treemap.h"

#include <QPainter>

namespace shardlens::ui {
namespace {

constexpr std::size_t FewCells = 1500; ///< drawn at once; of more a worker draws the picture

} // namespace

TreemapPicture Treemap::picture() const {
    return {m_names, m_layout, m_filter,           m_marks, m_shades, m_mode, style::Theme(palette()),
            font(),  size(),   devicePixelRatioF()};
}

/// The last picture stays until the next one is there.
void Treemap::draw() {
    m_stale = false;
    m_drawing.reset();
    if (!m_layout || m_layout->cells.empty()) {
        m_picture = {};
        return;
    }
    if (m_layout->cells.size() <= FewCells) {
        if (auto drawn = picture().draw(JobContext()))
            m_picture = *std::move(drawn);
        emit pictured();
        return;
    }
    m_drawing = m_runner->run<Result<QImage>>(
        [picture = picture()](const JobContext& context) { return picture.draw(context); });
    m_drawing->then([this](const Result<QImage>& drawn) {
        if (!drawn)
            return;
        m_picture = *drawn;
        update();
        emit pictured();
    });
}

void Treemap::paintEvent(QPaintEvent*) {
    if (m_stale || m_ratio != devicePixelRatioF()) {
        m_ratio = devicePixelRatioF();
        draw();
    }
    QPainter painter(this);
    const style::Theme theme(palette());
    if (!m_layout || m_layout->cells.empty() || m_picture.isNull()) {
        painter.fillRect(rect(), theme.base);
        return;
    }
    painter.drawImage(0, 0, m_picture);
    const double ratio = devicePixelRatioF();
    if (m_hovered < m_layout->cells.size() && m_layout->cells[m_hovered].depth > 0) {
        painter.setPen(QPen(theme.dark ? QColor(255, 255, 255, 150) : QColor(0, 0, 0, 140), 1));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(
            style::snapped(m_layout->cells[m_hovered].rect, ratio).adjusted(0.5, 0.5, -0.5, -0.5));
    }
    const auto selected = selectedCell();
    if (selected < m_layout->cells.size() && m_layout->cells[selected].depth > 0)
        style::drawMapSelection(painter, style::snapped(m_layout->cells[selected].rect, ratio), theme);
    if (hasFocus() && selected >= m_layout->cells.size()) {
        painter.setPen(QPen(theme.accent, 1));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5));
    }
}

} // namespace shardlens::ui
