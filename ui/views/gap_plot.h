// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/difference_detail.h"

#include <QWidget>

namespace shardlens::ui {

/// How large the differences are: counts over powers of two, linear or logarithmic.
class GapPlot : public QWidget {
    Q_OBJECT

public:
    explicit GapPlot(QWidget* parent = nullptr);
    void setHistogram(const DifferenceDetail::Histogram& histogram);
    void setLogarithmic(bool logarithmic);
    /// Height of a bin's bar, 0 … 1; a bin with a value in it is never 0.
    double barHeight(std::size_t bin) const;

    QSize sizeHint() const override { return {360, 120}; }
    QSize minimumSizeHint() const override { return {140, 100}; }

protected:
    void paintEvent(QPaintEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;

private:
    QRectF plot() const;
    DifferenceDetail::Histogram m_histogram;
    std::uint64_t m_most = 0;
    bool m_logarithmic = false;
};

} // namespace shardlens::ui
