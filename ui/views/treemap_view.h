// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/document/document.h"
#include "ui/models/finding_marks.h"
#include "ui/views/maps/statistic_shades.h"

#include <QWidget>

#include <optional>

class QComboBox;
class QHBoxLayout;
class QLabel;

namespace shardlens::ui {

class Legend;
class Treemap;

/// The whole checkpoint by size, with the way to where one has zoomed, and what colours mean.
class TreemapView : public QWidget {
    Q_OBJECT

public:
    explicit TreemapView(Document* document, QWidget* parent = nullptr);
    ~TreemapView() override;

    Treemap* map() const { return m_map; }
    QComboBox* colours() const { return m_colours; }

private:
    void becomeCheckpoint();
    void becomeFilter();
    void followSelection();
    void pick(const Branch& branch);
    void showWay();
    void showLegend();
    void chooseColours();
    void offerShades();
    void makeShades();

    Document* m_document;
    Treemap* m_map;
    QHBoxLayout* m_way;
    QLabel* m_hint;
    QComboBox* m_colours;
    Legend* m_legend;
    bool m_stale = false; ///< figures arrived while shades were made
    std::optional<JobHandle<Result<FindingMarksPtr>>> m_marking;
    std::optional<JobHandle<StatisticShadesPtr>> m_shading;
};

} // namespace shardlens::ui
