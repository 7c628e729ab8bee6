// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/statistics.h"

#include <QWidget>

#include <optional>

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
    void keyPressEvent(QKeyEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

private:
    void showBin(std::size_t bin, const QRect& avoid);
    QRectF column(std::size_t bin) const;
    QRectF plot() const;
    double x(double value) const;
    Statistics m_statistics;
    std::uint64_t m_most = 0;
    bool m_logarithmic = true;
    std::optional<std::size_t> m_cursor; ///< the keyboard's bin
};

} // namespace shardlens::ui
