// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/document/filter_result.h"
#include "ui/jobs/job_runner.h"
#include "ui/views/maps/treemap_picture.h"

#include <QImage>
#include <QWidget>

#include <optional>

namespace shardlens::ui {

/// The name tree as nested rectangles, area by bytes. Laid out in a worker, and drawn there too where there
/// is much to draw; selection and hover lie above. What the filter excludes turns grey in place.
class Treemap : public QWidget {
    Q_OBJECT

public:
    explicit Treemap(JobRunner* runner, QWidget* parent = nullptr);
    ~Treemap() override;

    void setNames(NameTreePtr names);
    void setFilter(FilterResultPtr filter);
    void setMarks(FindingMarksPtr marks);
    void setColorMode(ColorMode mode);
    /// What the mode Statistic shows; null forgets it.
    void setShades(StatisticShadesPtr shades);
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
    void pictured(); ///< the picture is that of what was set last

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
    void draw();
    TreemapPicture picture() const;
    void zoomTo(std::size_t cell);
    void zoomOut();
    void step(double x, double y);
    std::size_t selectedCell() const;
    Branch meaning(const TreemapCell& cell) const;
    QString titleOf(const TreemapCell& cell) const;

    JobRunner* m_runner;
    NameTreePtr m_names;
    FilterResultPtr m_filter;
    FindingMarksPtr m_marks;
    StatisticShadesPtr m_shades;
    ColorMode m_mode = ColorMode::Role;
    Branch m_root;
    std::optional<Branch> m_selected;
    TreemapLayoutPtr m_layout;
    std::size_t m_hovered = ~std::size_t{0};
    QImage m_picture;
    bool m_stale = true; ///< the picture is to be drawn anew
    double m_ratio = 0;  ///< of the picture
    std::optional<JobHandle<Result<TreemapLayoutPtr>>> m_laying;
    std::optional<JobHandle<Result<QImage>>> m_drawing;
};

} // namespace shardlens::ui
