// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/document/filter_result.h"
#include "ui/jobs/job_runner.h"
#include "ui/views/maps/tensor_colors.h"
#include "ui/views/maps/treemap_layout.h"

#include <QPixmap>
#include <QWidget>

#include <optional>

namespace shardlens::ui {

/// The name tree as nested rectangles, area by bytes. Laid out in a worker, painted once a size and theme;
/// selection and hover lie above. What the filter excludes turns grey in place.
class Treemap : public QWidget {
    Q_OBJECT

public:
    explicit Treemap(JobRunner* runner, QWidget* parent = nullptr);
    ~Treemap() override;

    void setNames(NameTreePtr names);
    void setFilter(FilterResultPtr filter);
    void setMarks(FindingMarksPtr marks);
    void setColorMode(ColorMode mode);
    ColorMode colorMode() const { return m_mode; }
    QList<LegendItem> legend() const;

    const Branch& root() const { return m_root; }
    void setRoot(const Branch& root);
    /// Marks what is selected: an item's position or a branch.
    void setSelected(const std::optional<Branch>& branch);
    const TreemapLayoutPtr& layoutNow() const { return m_layout; }

    QSize sizeHint() const override { return {600, 420}; }
    QSize minimumSizeHint() const override { return {160, 120}; }

signals:
    void picked(const shardlens::Branch& branch);
    void rootChanged();
    void laidOut();

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    void layOut();
    void redraw();
    QPixmap drawMap() const;
    void drawCell(QPainter& painter, const TreemapCell& cell, const TensorColors& colors,
                  const style::Theme& theme) const;
    void drawTitle(QPainter& painter, const TreemapCell& cell, const style::Theme& theme) const;
    void drawLeafText(QPainter& painter, const TreemapCell& cell, const QColor& fill) const;
    void drawBadge(QPainter& painter, const TreemapCell& cell, const style::Theme& theme) const;
    QColor fillOf(const TreemapCell& cell, const TensorColors& colors, const style::Theme& theme) const;
    bool filteredOut(const Branch& branch) const;
    QString labelOf(const TreemapCell& cell) const;
    void zoomTo(std::size_t cell);
    void zoomOut();
    void step(double x, double y);
    std::size_t selectedCell() const;

    JobRunner* m_runner;
    NameTreePtr m_names;
    FilterResultPtr m_filter;
    FindingMarksPtr m_marks;
    ColorMode m_mode = ColorMode::Role;
    Branch m_root;
    std::optional<Branch> m_selected;
    TreemapLayoutPtr m_layout;
    std::size_t m_hovered = ~std::size_t{0};
    QPixmap m_cache;
    std::optional<JobHandle<Result<TreemapLayoutPtr>>> m_laying;
};

} // namespace shardlens::ui
