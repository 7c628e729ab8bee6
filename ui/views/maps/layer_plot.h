// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/models/layer_lines.h"
#include "ui/views/parts/legend.h"

#include <QPixmap>
#include <QWidget>

#include <optional>

namespace shardlens::ui {

/// A line a role over the layers. Painted once a size and theme; hover, cursor and selection lie above.
class LayerPlot : public QWidget {
    Q_OBJECT

public:
    explicit LayerPlot(QWidget* parent = nullptr);

    void setLines(CheckpointPtr checkpoint, LayerLinesPtr lines, LayerMeasure measure);
    void setLogarithmic(bool logarithmic);
    bool logarithmic() const { return m_logarithmic; }
    /// Marks the point that a tensor belongs to.
    void setSelected(TensorId tensor);
    TensorId current() const;
    const LayerLinesPtr& lines() const { return m_lines; }
    /// Where a point is drawn; what has no finite value lies at the bottom.
    QPointF placeOf(std::size_t line, std::size_t point) const;
    QColor colorOf(std::size_t line) const;
    QList<LegendItem> legend() const;

    QSize sizeHint() const override { return {560, 200}; }
    QSize minimumSizeHint() const override { return {200, 110}; }

signals:
    void picked(shardlens::TensorId tensor);

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    struct Place {
        std::size_t line = 0, point = 0;
        bool operator==(const Place&) const = default;
    };
    QRectF area() const;
    double x(std::uint32_t layer) const;
    double y(double value) const;
    bool usesLogarithm() const;
    QPixmap drawPlot() const;
    void drawGrid(QPainter& painter, const style::Theme& theme) const;
    void drawLine(QPainter& painter, std::size_t line) const;
    void drawMark(QPainter& painter, const Place& place, bool strong) const;
    std::optional<Place> nearest(const QPointF& position) const;
    void step(int layers, int lines);
    void moveTo(const Place& place);
    void showTip(const Place& place);
    QString title(const Place& place) const;
    QString valueText(double value) const;
    void redraw();

    CheckpointPtr m_checkpoint;
    LayerLinesPtr m_lines;
    LayerMeasure m_measure = LayerMeasure::L2;
    bool m_logarithmic = true;
    std::optional<Place> m_hovered, m_current;
    QPixmap m_cache;
};

/// `L2 norm`, `standard deviation`, …
QString layerMeasureTitle(LayerMeasure measure);

} // namespace shardlens::ui
