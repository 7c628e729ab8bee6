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

namespace shardlens::ui {

class FactGrid;
class HistogramPlot;
class SectionHeader;

/// Figures and histogram of a tensor, over all its values, on request; small tensors need no asking.
class StatisticsPanel : public QWidget {
    Q_OBJECT

public:
    explicit StatisticsPanel(Document* document, QWidget* parent = nullptr);
    ~StatisticsPanel() override;

    void setTensor(TensorId tensor);
    void compute();
    const std::optional<Statistics>& statistics() const { return m_statistics; }
    HistogramPlot* histogram() const { return m_plot; }

signals:
    void computed();

private:
    void showIdle();
    void showResult(const Result<Statistics>& result);

    Document* m_document;
    TensorId m_tensor;
    std::optional<Statistics> m_statistics;
    SectionHeader* m_header;
    QPushButton* m_start;
    QProgressBar* m_bar;
    QLabel* m_failure;
    FactGrid* m_facts;
    HistogramPlot* m_plot;
    QToolButton* m_log;
    QTimer m_poll;
    std::optional<JobHandle<Result<Statistics>>> m_computing;
};

} // namespace shardlens::ui
