// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/value_map.h"
#include "ui/views/parts/heat_scale.h"

#include <QPixmap>
#include <QWidget>

#include <memory>
#include <optional>

namespace shardlens::ui {

using ValueMapPtr = std::shared_ptr<const ValueMap>;

/// The whole plane of a tensor as a heat map with its scale. The frame of what the grid shows lies above it and
/// is moved with the pointer or the arrow keys.
class PlaneMap : public QWidget {
    Q_OBJECT

public:
    explicit PlaneMap(QWidget* parent = nullptr);

    void setMap(ValueMapPtr map);
    const ValueMapPtr& map() const { return m_map; }
    void setScale(const HeatScale& scale);
    /// What the grid shows, in rows and columns of the plane.
    void setFrame(std::uint64_t row, std::uint64_t column, std::uint64_t rows, std::uint64_t columns);
    QRectF frameRect() const;
    QRectF mapArea() const;
    /// The map with its axes and scale, at the screen's resolution.
    QPixmap picture() const;

    QSize sizeHint() const override { return {320, 300}; }
    QSize minimumSizeHint() const override { return {160, 120}; }

signals:
    /// The frame should begin here.
    void frameMoved(std::uint64_t row, std::uint64_t column);

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    struct Frame {
        std::uint64_t row = 0, column = 0, rows = 0, columns = 0;
        bool operator==(const Frame&) const = default;
    };
    QPixmap drawMap() const;
    QImage pointsImage(const style::Theme& theme) const;
    void drawMarks(QPainter& painter, const QRectF& area, const style::Theme& theme) const;
    void drawAxes(QPainter& painter, const QRectF& area, const style::Theme& theme) const;
    void drawScale(QPainter& painter, const QRectF& area, const style::Theme& theme) const;
    void moveTo(const QPointF& position);
    void moveFrame(double row, double column);
    void showTip(const QPointF& position);
    bool empty() const { return !m_map || m_map->rows == 0; }

    ValueMapPtr m_map;
    HeatScale m_scale;
    Frame m_frame;
    bool m_dragging = false;
    QPixmap m_cache;
};

} // namespace shardlens::ui
