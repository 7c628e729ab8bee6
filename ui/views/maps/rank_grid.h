// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "query/rank_table.h"

#include <QAbstractScrollArea>

#include <memory>
#include <optional>

namespace shardlens::ui {

using RankTablePtr = std::shared_ptr<const RankTable>;

/// Ranks or files across, branches down, bytes as heat; sums as bars on both edges with a mean line. Columns
/// narrower than a pixel are drawn by pixel, the fullest of each deciding.
class RankGrid : public QAbstractScrollArea {
    Q_OBJECT

public:
    struct Cell {
        std::uint32_t row = 0, column = 0;
        bool operator==(const Cell&) const = default;
    };

    enum class Scale : std::uint8_t { Root, Linear };

    explicit RankGrid(QWidget* parent = nullptr);

    void setTable(NameTreePtr names, RankTablePtr table);
    const RankTablePtr& table() const { return m_table; }
    void setScale(Scale scale);
    /// The heat of a cell with so many bytes, as the scale has it.
    QColor colorOf(std::uint64_t bytes) const;
    std::uint64_t most() const { return m_most; } ///< bytes of the fullest cell
    void setSelected(const std::optional<Branch>& branch);
    std::optional<Cell> cursor() const { return m_cursor; }
    /// Where a cell is drawn, in viewport coordinates.
    QRectF drawn(const Cell& cell) const;
    std::optional<Cell> cellAt(QPointF at) const;
    /// The branch's name, its parts joined.
    QString rowTitle(std::uint32_t row) const;
    /// Groups of columns tell something: there are fewer of them than columns, and letters for all.
    bool showsGroups() const;
    /// `rank 3`, or the file's name.
    QString columnTitle(std::uint32_t column) const;

signals:
    void branchPicked(const shardlens::Branch& branch);
    void cellActivated(quint32 row, quint32 column); ///< Enter or a click: filter by it
    void columnActivated(quint32 column);            ///< a click on its bar

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    double left() const;
    double right() const;
    double top() const;
    double rowHeight() const;
    double columnWidth() const;
    std::optional<std::uint32_t> columnAt(QPointF at) const;
    void showColumnTip(std::uint32_t column);
    void moveCursor(int rows, int columns);
    void showTip(const Cell& cell);
    void updateBars();
    void drawColumns(QPainter& painter) const;
    void drawBar(QPainter& painter, std::uint32_t column, double bottom, std::uint64_t most) const;
    void drawNarrowBars(QPainter& painter, double bottom, std::uint64_t most) const;
    void drawColumnTitles(QPainter& painter, double bottom) const;
    void drawMean(QPainter& painter, double bottom, std::uint64_t most) const;
    void drawRows(QPainter& painter) const;
    void drawCells(QPainter& painter, std::uint32_t row, bool first) const;
    void drawNarrowCells(QPainter& painter, std::uint32_t row) const;
    void drawGroups(QPainter& painter, std::uint32_t endRow) const;

    NameTreePtr m_names;
    RankTablePtr m_table;
    std::uint64_t m_most = 1;
    Scale m_scale = Scale::Root;
    std::optional<Branch> m_selected;
    std::optional<Cell> m_cursor;
};

} // namespace shardlens::ui
