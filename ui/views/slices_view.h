// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/document/document.h"
#include "ui/models/slices_model.h"
#include "ui/views/maps/slice_plane.h"

#include <QWidget>

#include <optional>

class QComboBox;
class QLabel;
class QSlider;
class QSplitter;
class QStackedLayout;

namespace shardlens::ui {

class CoveragePanel;
class EmptyState;
class Legend;
class NameLabel;
class ShapeLine;
class SliceMap;
class Table;

/// The selected tensor's slices, large: two dims chosen, the others at an index; a table and what is covered
/// beside the map.
class SlicesView : public QWidget {
    Q_OBJECT

public:
    explicit SlicesView(Document* document, QWidget* parent = nullptr);
    ~SlicesView() override;

    SliceMap* map() const { return m_map; }
    Table* table() const { return m_table; }
    QComboBox* downBox() const { return m_down; }
    QComboBox* acrossBox() const { return m_across; }

signals:
    /// Somebody asked for the file of a slice; it is selected already.
    void fileWanted();

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    QWidget* makeHead();
    QWidget* makeControls();
    void becomeCheckpoint();
    void followSelection();
    void showFacts(SliceFactsPtr facts);
    void fillBoxes();
    void fillLegend();
    void choose(bool down, int dim);
    void chooseOther();
    void moveAt(int step);
    void showPlane();
    void activate(quint32 slice);

    Document* m_document;
    TensorId m_tensor;
    SliceFactsPtr m_facts;
    PlaneChoice m_choice;
    QStackedLayout* m_stack;
    EmptyState* m_nothing;
    NameLabel* m_name;
    ShapeLine* m_line;
    QWidget* m_controls;
    QComboBox* m_down;
    QComboBox* m_across;
    QComboBox* m_other;
    QSlider* m_at;
    QLabel* m_atText;
    QComboBox* m_colour;
    SliceMap* m_map;
    Legend* m_legend;
    QSplitter* m_splitter;
    QWidget* m_side;
    Table* m_table;
    SlicesModel* m_model;
    CoveragePanel* m_coverage;
    bool m_updating = false;
    std::optional<JobHandle<Result<SliceFactsPtr>>> m_cutting;
};

} // namespace shardlens::ui
