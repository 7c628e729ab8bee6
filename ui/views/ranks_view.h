// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/document/document.h"
#include "ui/views/maps/rank_grid.h"

#include <QWidget>

#include <optional>

class QComboBox;
class QLabel;
class QStackedLayout;

namespace shardlens::ui {

class EmptyState;
class Legend;

/// How much of each branch lives on which rank (or in which file, where no ranks are recorded), and whether
/// that is even.
class RanksView : public QWidget {
    Q_OBJECT

public:
    explicit RanksView(Document* document, QWidget* parent = nullptr);
    ~RanksView() override;

    RankGrid* grid() const { return m_grid; }
    QLabel* sentence() const { return m_sentence; }
    QComboBox* columns() const { return m_columns; }

private:
    void becomeCheckpoint();
    QWidget* makeBar();
    void build();
    void showTable(const RankTablePtr& table);
    void followSelection();
    void filterBy(std::optional<quint32> row, quint32 column);
    void showScale();
    QString balanceSentence(const RankTable& table) const;
    QString causeSentence(const RankTable& table, const RankTable::Imbalance& uneven) const;
    QString groupsSentence(const RankTable& table) const;

    Document* m_document;
    RankGrid* m_grid;
    QComboBox* m_columns;
    QComboBox* m_depth;
    QComboBox* m_cell;
    Legend* m_legend;
    QLabel* m_sentence;
    EmptyState* m_nothing;
    QWidget* m_content;
    QStackedLayout* m_stack;
    std::optional<JobHandle<Result<RankTablePtr>>> m_building;
};

} // namespace shardlens::ui
