// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/document/document.h"
#include "ui/models/layer_lines.h"
#include "ui/models/statistics_model.h"

#include <QTimer>
#include <QWidget>

#include <optional>

class QComboBox;
class QLabel;
class QPushButton;
class QStackedLayout;
class QToolButton;

namespace shardlens::style {
class ThinBar;
}

namespace shardlens::ui {

class EmptyState;
class LayerPlot;
class Legend;
class Table;
class ValueFindings;

/// The figures of every tensor that the filter leaves: a table with what is sick on top, a plot over the
/// layers, and what the figures say together. They are computed on request and fill in as they arrive.
class StatisticsView : public QWidget {
    Q_OBJECT

public:
    explicit StatisticsView(Document* document, QWidget* parent = nullptr);
    ~StatisticsView() override;

    StatisticsModel* model() const { return m_model; }
    Table* table() const { return m_table; }
    LayerPlot* plot() const { return m_plot; }
    QComboBox* measures() const { return m_measures; }
    QPushButton* startButton() const { return m_start; }

    void start();
    /// Asks for a file name and writes what the table shows.
    void exportTable();
    /// The same without asking; the format by the suffix. `exported` follows.
    void exportTo(const QString& path);

signals:
    void exported(const QString& path, const QString& failure); ///< failure is empty where it worked
    void rowsChanged();

protected:
    void showEvent(QShowEvent* event) override;

private:
    QWidget* makeBar();
    QWidget* makePlot();
    void makeActions();
    void refresh();
    void refreshPlot();
    void showRows(const StatisticsRowsPtr& rows);
    void showState();
    void followSelection();
    void select(TensorId tensor);
    void copy(bool wholeRows);
    std::uint64_t matching() const;
    QString progressText() const;
    QString summaryText() const;

    Document* m_document;
    StatisticsStore* m_store;
    StatisticsModel* m_model;
    QStackedLayout* m_stack;
    EmptyState* m_nothing;
    QLabel* m_summary;
    style::ThinBar* m_bar;
    QPushButton* m_start;
    QToolButton* m_save;
    ValueFindings* m_findings;
    QComboBox* m_measures;
    QToolButton* m_log;
    LayerPlot* m_plot;
    Legend* m_legend;
    Table* m_table;
    QTimer m_poll;
    FilterResultPtr m_asked; ///< what the last run was for
    bool m_updating = false, m_stale = false, m_lineStale = false, m_fitted = false;
    std::optional<JobHandle<Result<StatisticsRowsPtr>>> m_sorting;
    std::optional<JobHandle<Result<LayerLinesPtr>>> m_lining;
    std::optional<JobHandle<QString>> m_exporting;
};

} // namespace shardlens::ui
