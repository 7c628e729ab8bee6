// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/statistics.h"
#include "ui/document/document.h"

#include <QTimer>
#include <QWidget>

#include <optional>

class QLabel;
class QProgressBar;
class QPushButton;
class QToolButton;

namespace shardlens::style {
class Glyph;
}

namespace shardlens::ui {

class FigureColumns;
class HistogramPlot;
class SectionHeader;

/// Figures and histogram of a tensor, over all its values, on request; small tensors need no asking.
class StatisticsPanel : public QWidget {
    Q_OBJECT

public:
    /// Beside: the histogram stands beside the figures; else below them.
    enum class Look { Below, Beside };

    explicit StatisticsPanel(Document* document, QWidget* parent = nullptr, Look look = Look::Below);
    ~StatisticsPanel() override;

    void setTensor(TensorId tensor);
    void compute();
    const std::optional<Statistics>& statistics() const { return m_statistics; }
    HistogramPlot* histogram() const { return m_plot; }
    FigureColumns* figures() const { return m_figures; }

signals:
    void computed();

private:
    void arrange();
    void showIdle();
    void showResult(const Result<Statistics>& result);

    Document* m_document;
    Look m_look;
    TensorId m_tensor;
    std::optional<Statistics> m_statistics;
    SectionHeader* m_header;
    QPushButton* m_start;
    QProgressBar* m_bar;
    QLabel* m_failure;
    FigureColumns* m_figures;
    QWidget* m_verdict;
    style::Glyph* m_glyph;
    QLabel* m_sentence;
    HistogramPlot* m_plot;
    SectionHeader* m_distribution;
    QToolButton* m_linear;
    QToolButton* m_log;
    QTimer m_poll;
    std::optional<JobHandle<Result<Statistics>>> m_computing;
};

} // namespace shardlens::ui
