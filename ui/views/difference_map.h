// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/difference_detail.h"
#include "ui/models/compare_result.h"

#include <QWidget>

#include <memory>
#include <optional>

namespace shardlens::ui {

/// Where a tensor differs, as a picture: dim 0 down, all others across, the largest difference a point; beside it
/// the slices of A along dim 0. Pointer and arrow keys name a point.
class DifferenceMap : public QWidget {
    Q_OBJECT

public:
    explicit DifferenceMap(QWidget* parent = nullptr);
    void setDetail(CompareResultPtr result, TensorId inA, std::shared_ptr<const DifferenceDetail> detail);
    void clear();
    /// `each point is the largest of 64 × 128 values`
    QString pointText() const;
    /// The picture's rectangle within the widget.
    QRectF plot() const;

    QSize sizeHint() const override { return {360, 200}; }
    QSize minimumSizeHint() const override { return {160, 140}; }

protected:
    void paintEvent(QPaintEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

private:
    struct Point {
        std::uint32_t row = 0, column = 0;
    };
    std::uint64_t firstOf(std::uint64_t at, std::uint64_t of, std::uint32_t points) const;
    QRectF rectOf(Point point) const;
    void say(Point point);
    void paintPoints(QPainter& painter) const;
    void paintSlices(QPainter& painter) const;
    void paintLabels(QPainter& painter) const;

    CompareResultPtr m_result;
    TensorId m_tensor;
    std::shared_ptr<const DifferenceDetail> m_detail;
    std::uint64_t m_rows = 0, m_columns = 0;
    std::optional<Point> m_cursor;
};

} // namespace shardlens::ui
