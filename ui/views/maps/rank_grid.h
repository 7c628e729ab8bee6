// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "query/rank_table.h"

#include <QAbstractScrollArea>

#include <memory>
#include <optional>

namespace shardlens::ui {

using RankTablePtr = std::shared_ptr<const RankTable>;

/// Ranks across, branches down, bytes as heat; sums as bars on both edges with a mean line.
class RankGrid : public QAbstractScrollArea {
    Q_OBJECT

public:
    struct Cell {
        std::uint32_t row = 0, column = 0;
        bool operator==(const Cell&) const = default;
    };

    explicit RankGrid(QWidget* parent = nullptr);

    void setTable(NameTreePtr names, RankTablePtr table);
    const RankTablePtr& table() const { return m_table; }
    void setSelected(const std::optional<Branch>& branch);
    std::optional<Cell> cursor() const { return m_cursor; }
    /// Where a cell is drawn, in viewport coordinates.
    QRectF drawn(const Cell& cell) const;
    std::optional<Cell> cellAt(QPointF at) const;
    /// The branch's name, its parts joined.
    QString rowTitle(std::uint32_t row) const;

signals:
    void branchPicked(const shardlens::Branch& branch);
    void cellActivated(quint32 row, quint32 column); ///< Enter or double click: filter by it

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    double left() const;
    double right() const;
    double top() const;
    double rowHeight() const;
    double columnWidth() const;
    QString columnTitle(std::uint32_t column) const;
    void moveCursor(int rows, int columns);
    void showTip(const Cell& cell);
    void updateBars();
    void drawColumns(QPainter& painter) const;
    void drawRows(QPainter& painter) const;

    NameTreePtr m_names;
    RankTablePtr m_table;
    std::uint64_t m_most = 1; ///< bytes of the fullest cell
    std::optional<Branch> m_selected;
    std::optional<Cell> m_cursor;
};

} // namespace shardlens::ui
