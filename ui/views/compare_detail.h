// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/difference_detail.h"
#include "ui/document/compare_session.h"

#include <QScrollArea>
#include <QTimer>

#include <memory>
#include <optional>

class QGridLayout;
class QLabel;
class QPushButton;
class QToolButton;
class QVBoxLayout;

namespace shardlens::style {
class LinkButton;
class QuietLabel;
class ThinBar;
} // namespace shardlens::style

namespace shardlens::ui {

class DifferenceMap;
class FactGrid;
class GapPlot;
class NameLabel;
class SectionHeader;
class ShapeLine;

/// One pair of the comparison: where and how much it differs, read again in a worker when it is asked for. The
/// newest wins.
class CompareDetail : public QScrollArea {
    Q_OBJECT

public:
    CompareDetail(CompareSession* session, JobRunner* runner, QWidget* parent = nullptr);

    void show(CompareClass which, std::uint32_t place);
    void clear();
    /// Null until it was read.
    const std::shared_ptr<const DifferenceDetail>& detail() const { return m_detail; }
    bool isReading() const { return m_reading.has_value(); }
    QString sentence() const;
    DifferenceMap* map() const { return m_map; }
    GapPlot* plot() const { return m_plot; }
    /// Adds the rename that gives A's tensor the name that B has; null where none is offered.
    QPushButton* renameButton() const;

signals:
    void renameRequested(const std::vector<std::pair<std::string, std::string>>& renames);
    void showInCheckpointRequested();
    void detailChanged();

private:
    void build();
    void buildFigures(QVBoxLayout* column);
    void showHead(CompareClass which, TensorId a, TensorId b);
    void read(TensorId a, TensorId b);
    void become(TensorId a, const DifferenceDetail& detail);
    void say(std::optional<Severity> severity, const QString& title, const QString& explanation);
    void offerRename(CompareClass which, TensorId a, TensorId b);
    void fillExamples();
    void fillFacts();

    CompareSession* m_session;
    JobRunner* m_runner;
    CompareResultPtr m_result; ///< of what is shown
    std::shared_ptr<const DifferenceDetail> m_detail;
    std::optional<JobHandle<Result<DifferenceDetail>>> m_reading;
    std::vector<std::pair<std::string, std::string>> m_offered;
    QTimer m_poll;

    NameLabel* m_name;
    ShapeLine* m_shape;
    QWidget* m_box;
    QVBoxLayout* m_boxLayout;
    QString m_sentence;
    style::ThinBar* m_bar;
    style::LinkButton* m_rename;
    style::LinkButton* m_goThere;
    QWidget* m_figures;
    SectionHeader* m_mapHeader;
    DifferenceMap* m_map;
    SectionHeader* m_plotHeader;
    GapPlot* m_plot;
    QGridLayout* m_examples;
    FactGrid* m_facts;
};

} // namespace shardlens::ui
