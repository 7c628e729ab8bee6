// SPDX-License-Identifier: Apache-2.0
#include "ui/views/maps/treemap.h"

#include "ui/models/branch_title.h"
#include "ui/style/painting.h"
#include "ui/style/text.h"
#include "ui/views/parts/map_tip.h"

#include <QAccessible>
#include <QFontMetricsF>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace shardlens::ui {

Treemap::Treemap(JobRunner* runner, QWidget* parent) : QWidget(parent), m_runner(runner) {
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    setAccessibleName(tr("Treemap of the tensors by size"));
}

Treemap::~Treemap() = default;

void Treemap::setNames(NameTreePtr names) {
    m_names = std::move(names);
    m_marks = nullptr;
    m_selected.reset();
    m_layout = nullptr;
    m_root = m_names ? m_names->root() : Branch{};
    MapTip::hideFrom(this);
    layOut();
    redraw();
    emit rootChanged();
}

void Treemap::setFilter(FilterResultPtr filter) {
    m_filter = std::move(filter);
    redraw();
}

void Treemap::setMarks(FindingMarksPtr marks) {
    m_marks = std::move(marks);
    redraw();
}

void Treemap::setShades(StatisticShadesPtr shades) {
    m_shades = std::move(shades);
    if (m_mode == ColorMode::Statistic)
        redraw();
}

void Treemap::setColorMode(ColorMode mode) {
    m_mode = mode;
    redraw();
}

QList<LegendItem> Treemap::legend() const {
    if (!m_names)
        return {};
    const style::Theme theme(palette());
    auto items = TensorColors(m_names, m_marks, m_mode, theme, m_shades).legend();
    if (m_filter && !m_filter->matchesAll())
        items.append({theme.filteredOut(theme.role(style::Role::Gate)), tr("filtered out"), {}});
    return items;
}

void Treemap::setRoot(const Branch& root) {
    if (root == m_root)
        return;
    m_root = root;
    layOut();
    emit rootChanged();
}

void Treemap::setSelected(const std::optional<Branch>& branch) {
    m_selected = branch;
    update();
}

void Treemap::redraw() {
    m_stale = true;
    m_drawing.reset();
    update();
}

void Treemap::layOut() {
    m_hovered = ~std::size_t{0};
    m_laying.reset();
    if (!m_names || size().isEmpty()) {
        m_layout = nullptr;
        return redraw();
    }
    TreemapInput input{m_names, m_root, QRectF(rect()).adjusted(0, 0, 0, 0), 0, 2, 3};
    input.header = std::ceil(QFontMetricsF(style::mapFont(font())).height()) + 3;
    m_laying = m_runner->run<Result<TreemapLayoutPtr>>(
        [input](const JobContext& context) { return layOutTreemap(input, context); });
    m_laying->then([this](const Result<TreemapLayoutPtr>& layout) {
        if (!layout)
            return;
        m_layout = *layout;
        redraw();
        emit laidOut();
    });
}

void Treemap::resizeEvent(QResizeEvent*) {
    layOut();
}

void Treemap::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::FontChange)
        layOut();
    else if (event->type() == QEvent::PaletteChange)
        redraw();
}

std::size_t Treemap::selectedCell() const {
    if (!m_layout || !m_selected)
        return ~std::size_t{0};
    const auto& cells = m_layout->cells;
    for (std::size_t i = cells.size(); i-- > 0;) // the innermost that is, or holds, what is selected
        if (cells[i].branch.begin <= m_selected->begin && cells[i].branch.end >= m_selected->end)
            return i;
    return ~std::size_t{0};
}

/// Of small siblings that share a cell: what they are part of, and from which to which.
QString Treemap::titleOf(const TreemapCell& cell) const {
    const auto title = branchTitle(*m_names, cell.branch);
    if (!cell.group)
        return title;
    const auto first = m_names->childAt(cell.branch, cell.branch.begin);
    const auto last = m_names->childAt(cell.branch, cell.branch.end - 1);
    return tr("%1: %2 … %3")
        .arg(title, style::plain(m_names->label(first), 60), style::plain(m_names->label(last), 60));
}

void Treemap::mouseMoveEvent(QMouseEvent* event) {
    if (!m_layout)
        return;
    const auto at = m_layout->at(event->position());
    if (at != m_hovered)
        update();
    m_hovered = at;
    if (at >= m_layout->cells.size())
        return MapTip::hideFrom(this);
    const auto& cell = m_layout->cells[at];
    const auto item = m_names->item(cell.branch.begin);
    const auto sums = m_names->sums(cell.branch);
    MapTip::Lines lines;
    if (m_names->isLeaf(cell.branch) && m_names->isTensor(item)) {
        const auto tensor = m_names->checkpoint()->tensor(m_names->tensor(item));
        lines.append({tr("type"), style::plain(tensor.dtypeName(), 32)});
        lines.append({tr("shape"), style::shapeText(tensor.shape())});
        lines.append({tr("slices"), style::grouped(tensor.sliceCount())});
        lines.append({tr("parameters"), style::grouped(tensor.elements())});
        if (m_mode == ColorMode::Statistic && m_shades)
            lines.append({shadeTitle(m_shades->shade()), m_shades->text(tensor.id())});
    } else {
        lines.append({tr("tensors"), style::grouped(sums.tensors)});
        lines.append({tr("parameters"), style::countText(sums.parameters)});
    }
    lines.append({tr("size"), style::bytesTip(sums.bytes)});
    const auto whole = m_names->sums(m_names->root()).bytes;
    lines.append({tr("share"), style::percentText(whole ? double(sums.bytes) / double(whole) : 0)});
    const auto avoid =
        cell.leaf ? cell.rect.toAlignedRect() : QRect(event->position().toPoint(), QSize(4, 4));
    MapTip::show(this, avoid, titleOf(cell), lines);
}

void Treemap::leaveEvent(QEvent*) {
    m_hovered = ~std::size_t{0};
    MapTip::hideFrom(this);
    update();
}

void Treemap::mousePressEvent(QMouseEvent* event) {
    if (!m_layout || event->button() != Qt::LeftButton)
        return;
    const auto at = m_layout->at(event->position());
    if (at < m_layout->cells.size() && m_layout->cells[at].depth > 0)
        emit picked(meaning(m_layout->cells[at]));
}

/// What picking a cell selects; of siblings that share one, the first.
Branch Treemap::meaning(const TreemapCell& cell) const {
    return cell.group ? m_names->childAt(cell.branch, cell.branch.begin) : cell.branch;
}

/// Into the branch below the root that holds the cell.
void Treemap::zoomTo(std::size_t at) {
    if (!m_layout || at >= m_layout->cells.size())
        return;
    const auto& cells = m_layout->cells;
    while (cells[at].depth > 1)
        at = cells[at].parent;
    const auto branch = cells[at].branch;
    if (cells[at].depth == 1 && !m_names->isLeaf(branch) && m_names->children(branch, 1).size() > 1)
        setRoot(branch);
}

void Treemap::zoomOut() {
    if (!m_names || m_root == m_names->root())
        return;
    const auto path = m_names->pathTo(m_names->item(m_root.begin));
    Branch up = m_names->root();
    for (const auto& part : path)
        if (part.depth < m_root.depth && part.end - part.begin > m_root.end - m_root.begin)
            up = part;
    const auto whole = m_names->root();
    setRoot(up.end - up.begin == whole.end - whole.begin ? whole : up);
}

void Treemap::mouseDoubleClickEvent(QMouseEvent* event) {
    if (m_layout)
        zoomTo(m_layout->at(event->position()));
}

void Treemap::step(double x, double y) {
    if (!m_layout)
        return;
    const auto& cells = m_layout->cells;
    const auto from = selectedCell();
    std::size_t best = cells.size();
    double bestCost = 0;
    const auto centre = from < cells.size() ? cells[from].rect.center() : QPointF(-1, -1);
    for (std::size_t i = 0; i < cells.size(); ++i) {
        if (!cells[i].leaf || i == from || cells[i].depth == 0)
            continue;
        const auto by = cells[i].rect.center() - centre;
        const double along = by.x() * x + by.y() * y, aside = std::fabs(by.x() * y) + std::fabs(by.y() * x);
        if (from < cells.size() && along <= 0.5)
            continue;
        const double cost = from < cells.size() ? along + 2.5 * aside : double(i);
        if (best == cells.size() || cost < bestCost) {
            best = i;
            bestCost = cost;
        }
    }
    if (best == cells.size())
        return;
    setAccessibleDescription(titleOf(cells[best]) + QStringLiteral(", ") +
                             style::bytesText(m_names->sums(cells[best].branch).bytes));
    QAccessibleEvent event(this, QAccessible::DescriptionChanged);
    QAccessible::updateAccessibility(&event);
    emit picked(meaning(cells[best]));
}

void Treemap::keyPressEvent(QKeyEvent* event) {
    switch (event->key()) {
    case Qt::Key_Left:
        return step(-1, 0);
    case Qt::Key_Right:
        return step(1, 0);
    case Qt::Key_Up:
        return step(0, -1);
    case Qt::Key_Down:
        return step(0, 1);
    case Qt::Key_Return:
    case Qt::Key_Enter:
    case Qt::Key_Plus:
        return zoomTo(selectedCell());
    case Qt::Key_Backspace:
    case Qt::Key_Escape:
    case Qt::Key_Minus:
        return zoomOut();
    default:
        QWidget::keyPressEvent(event);
    }
}

} // namespace shardlens::ui
