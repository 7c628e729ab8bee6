// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/document/document.h"
#include "ui/views/maps/plane_map.h"
#include "ui/views/parts/values_grid.h"

#include <QWidget>

#include <optional>

class QLabel;
class QProgressBar;
class QPushButton;
class QStackedLayout;
class QToolButton;

namespace shardlens::ui {

class EmptyState;
class NameLabel;
class SectionHeader;
class ShapeLine;
class StatisticsPanel;

/// Statistics, histogram, a map of the whole tensor and the values themselves, exact, with where each is
/// stored. The map's frame and the grid move each other.
class ValuesView : public QWidget {
    Q_OBJECT

public:
    explicit ValuesView(Document* document, QWidget* parent = nullptr);
    ~ValuesView() override;

    ValuesGrid* values() const { return m_values; }
    PlaneMap* map() const { return m_map; }
    StatisticsPanel* statistics() const { return m_statistics; }
    void drawMap(); ///< reads the plane, whatever its size

protected:
    void showEvent(QShowEvent* event) override;

private:
    QWidget* makeMapBox();
    void followSelection();
    void openReader();
    void forgetMap();
    void offerMap();
    void setMap(const Result<ValueMapPtr>& map);
    void exportMap();

    Document* m_document;
    TensorId m_tensor;
    std::shared_ptr<TensorReader> m_reader;
    QStackedLayout* m_stack;
    EmptyState* m_nothing;
    NameLabel* m_name;
    ShapeLine* m_line;
    StatisticsPanel* m_statistics;
    SectionHeader* m_mapHeader;
    QPushButton* m_draw;
    QProgressBar* m_bar;
    PlaneMap* m_map;
    ValuesGrid* m_values;
    QTimer m_poll;
    std::optional<JobHandle<Result<std::shared_ptr<TensorReader>>>> m_opening;
    std::optional<JobHandle<Result<ValueMapPtr>>> m_mapping;
};

} // namespace shardlens::ui
