// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/statistics.h"

#include <QWidget>

namespace shardlens::ui {

/// How values are spread, with bars, a linear or logarithmic scale, and marks at the first and last percent.
class HistogramPlot : public QWidget {
    Q_OBJECT

public:
    explicit HistogramPlot(QWidget* parent = nullptr);

    void setStatistics(const Statistics& statistics);
    void clear();
    void setLogarithmic(bool logarithmic);
    bool logarithmic() const { return m_logarithmic; }
    /// Height of a bin's bar, 0 … 1; a bin with a value in it is never 0.
    double barHeight(std::size_t bin) const;

    QSize sizeHint() const override { return {320, 150}; }
    QSize minimumSizeHint() const override { return {120, 130}; }

protected:
    void paintEvent(QPaintEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;

private:
    QRectF plot() const;
    double x(double value) const;
    Statistics m_statistics;
    std::uint64_t m_most = 0;
    bool m_logarithmic = true;
};

} // namespace shardlens::ui
