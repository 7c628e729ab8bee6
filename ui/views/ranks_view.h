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

/// How much of each branch lives on which rank, and whether that is even.
class RanksView : public QWidget {
    Q_OBJECT

public:
    explicit RanksView(Document* document, QWidget* parent = nullptr);
    ~RanksView() override;

    RankGrid* grid() const { return m_grid; }
    QLabel* sentence() const { return m_sentence; }

private:
    void becomeCheckpoint();
    void build(std::uint32_t depth);
    void showTable(const RankTablePtr& table);
    void followSelection();
    void filterBy(quint32 row, quint32 column);
    QString balanceSentence(const RankTable& table) const;

    Document* m_document;
    RankGrid* m_grid;
    QComboBox* m_depth;
    QLabel* m_sentence;
    EmptyState* m_nothing;
    QWidget* m_content;
    QStackedLayout* m_stack;
    std::optional<JobHandle<Result<RankTablePtr>>> m_building;
};

} // namespace shardlens::ui
