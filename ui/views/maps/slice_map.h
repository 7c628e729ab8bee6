// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/views/maps/slice_plane.h"

#include <QPixmap>
#include <QWidget>

#include <optional>

namespace shardlens::ui {

/// A tensor as a rectangle with its slices at scale. Draws what fits: labels where they have room, thousands
/// of slices a pixel, damage never thinner than two pixels. Arrow keys move from slice to slice.
class SliceMap : public QWidget {
    Q_OBJECT

public:
    enum class Look { Compact, Full }; ///< for Details, or as a view of its own
    enum class Coloring { Shard, File };

    explicit SliceMap(Look look, QWidget* parent = nullptr);

    void setTensor(CheckpointPtr checkpoint, TensorId tensor, SliceFactsPtr facts, const PlaneChoice& choice);
    void clear();
    void setColoring(Coloring coloring);
    const SlicePlane& plane() const { return m_plane; }
    const PlaneChoice& choice() const { return m_choice; }

    std::optional<std::uint32_t> currentSlice() const { return m_current; }
    void setCurrentSlice(std::optional<std::uint32_t> slice);
    QColor colorOf(std::uint32_t slice) const;

    /// 1 is the whole tensor.
    double zoom() const { return 1 / m_shown.width(); }
    void setZoom(double zoom, QPointF fixedAt = {0.5, 0.5}); ///< the point of the map that stays, 0 … 1
    void showAll() { setZoom(1); }

    /// Where a rectangle of elements is drawn, on device pixels. For tests and hovering.
    QRectF drawn(const PlaneRect& rect) const;
    QRectF mapArea() const;

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

signals:
    void currentSliceChanged();
    void sliceActivated(quint32 slice); ///< Enter or double click
    void zoomChanged();

protected:
    void paintEvent(QPaintEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    std::vector<const SlicePlane::Piece*> piecesAt(QPointF at) const;
    std::pair<std::uint64_t, std::uint64_t> elementAt(QPointF at) const;
    void showTip(QPointF at);
    void step(int rows, int columns);
    void announce();
    void redraw();
    QPixmap drawMap() const;
    void fillPieces(QImage& image, const QRectF& area) const;
    void drawLabels(QPainter& painter) const;
    void drawLabel(QPainter& painter, const SlicePlane::Piece& piece, const QRectF& rect) const;
    void drawDamages(QPainter& painter) const;
    void drawCallouts(QPainter& painter) const;
    void drawAxes(QPainter& painter) const;
    QStringList labelLines(const SlicePlane::Piece& piece) const;

    Look m_look;
    Coloring m_coloring = Coloring::Shard;
    CheckpointPtr m_checkpoint;
    TensorId m_tensor;
    SliceFactsPtr m_facts;
    PlaneChoice m_choice;
    SlicePlane m_plane;
    std::optional<std::uint32_t> m_current;
    QRectF m_shown{0, 0, 1, 1}; ///< the part of the plane that is visible
    QPointF m_dragFrom;
    bool m_dragging = false;
    mutable QPixmap m_cache;
};

} // namespace shardlens::ui
