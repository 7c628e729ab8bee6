// SPDX-License-Identifier: Apache-2.0
#include "ui/views/maps/treemap_layout.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace shardlens::ui {
namespace {

constexpr std::size_t LeastInRows = 4;
constexpr double RowsMayDiffer = 0.35; ///< of the largest; a layer that differs more is no equal sibling
constexpr double LeastTitled = 2.4, LeastTitledWithin = 5, RoomyParent = 9; ///< heights in titles
constexpr double WantedAspect = 1.9; ///< of a cell in rows: room for a title

double worstAspect(double largest, double smallest, double sum, double side) {
    const double square = side * side, sumSquare = sum * sum;
    return std::max(square * largest / sumSquare, sumSquare / (square * smallest));
}

bool isNumber(std::string_view text) {
    return !text.empty() && text.size() < 10 &&
           text.find_first_not_of("0123456789") == std::string_view::npos;
}

/// Lays a finished row along the shorter side of `rest` and cuts it off.
void placeRow(const std::vector<double>& areas, std::size_t first, std::size_t last, double sum, QRectF& rest,
              std::vector<QRectF>& out) {
    const bool standing = rest.width() >= rest.height();
    const double side = standing ? rest.height() : rest.width();
    const double depth = side > 0 ? std::min(sum / side, standing ? rest.width() : rest.height()) : 0;
    double at = standing ? rest.top() : rest.left();
    const double end = at + side;
    for (auto i = first; i < last; ++i) {
        const double next = i + 1 == last ? end : std::min(end, at + (sum > 0 ? side * areas[i] / sum : 0));
        out.push_back(standing ? QRectF(rest.left(), at, depth, next - at)
                               : QRectF(at, rest.top(), next - at, depth));
        at = next;
    }
    if (standing)
        rest.setLeft(rest.left() + depth);
    else
        rest.setTop(rest.top() + depth);
}

class Layouter {
public:
    Layouter(const TreemapInput& input, const JobContext& context)
        : m_input(input)
        , m_names(*input.names)
        , m_context(context) {}

    Result<TreemapLayoutPtr> run() {
        add(m_input.root, m_input.area, 0, 0);
        m_layout->cells.front().leaf = m_names.isLeaf(m_input.root);
        for (std::size_t i = 0; i < m_layout->cells.size(); ++i) {
            if (i % 256 == 0)
                SHARDLENS_CHECK(m_context.checkStop());
            open(static_cast<std::uint32_t>(i));
        }
        return m_layout;
    }

private:
    const TreemapInput& m_input;
    const NameTree& m_names;
    const JobContext& m_context;
    std::shared_ptr<TreemapLayout> m_layout = std::make_shared<TreemapLayout>();

    void add(const Branch& branch, const QRectF& rect, std::uint32_t parent, std::uint16_t depth) {
        const bool group = branch.end - branch.begin > 1 && !m_layout->cells.empty() &&
                           branch.depth == m_layout->cells[parent].branch.depth;
        m_layout->cells.push_back({rect, {}, branch, parent, depth, true, false, group});
    }

    void open(std::uint32_t index) {
        auto cell = m_layout->cells[index];
        if (cell.group || m_names.isLeaf(cell.branch) ||
            std::min(cell.rect.width(), cell.rect.height()) < m_input.smallest)
            return;
        auto children = m_names.children(cell.branch);
        while (children.size() == 1 && !m_names.isLeaf(children.front())) { // chains share one cell and title
            cell.branch = children.front();
            children = m_names.children(cell.branch);
        }
        std::erase_if(children, [this](const Branch& child) { return m_names.sums(child).bytes == 0; });
        gather(children, cell);
        if (children.empty())
            return;
        if (children.size() == 1) { // a leaf below a chain: the cell is the leaf's
            m_layout->cells[index].branch = children.front();
            return;
        }
        // Where several levels compete for little room the outer one is named; without a title no frame
        // either.
        const auto& parent = m_layout->cells[cell.parent];
        const bool named = cell.depth > 0 && (cell.depth == 1 || parent.titled);
        const bool roomy = parent.rect.height() >= RoomyParent * m_input.header;
        cell.titled = named && cell.rect.width() >= 26 &&
                      cell.rect.height() >= (roomy ? LeastTitled : LeastTitledWithin) * m_input.header;
        const double pad = cell.titled ? m_input.padding : 0;
        cell.inside = cell.rect.adjusted(pad, cell.titled ? m_input.header : pad, -pad, -pad);
        if (cell.inside.width() < 2 || cell.inside.height() < 2)
            return;
        cell.leaf = false;
        m_layout->cells[index] = cell;
        place(children, cell, index);
    }

    /// Neighbours too small to be seen share a cell, so that a million siblings have no more cells than a
    /// thousand.
    void gather(std::vector<Branch>& children, const TreemapCell& cell) const {
        const double area = cell.rect.width() * cell.rect.height(),
                     least = m_input.smallest * m_input.smallest;
        if (double(children.size()) * least <= area)
            return;
        const double enough = double(m_names.sums(cell.branch).bytes) * least / area;
        std::vector<Branch> out;
        double sum = enough; // of the group at the end; enough closes it
        for (const auto& child : children) {
            const auto bytes = double(m_names.sums(child).bytes);
            if (sum >= enough || bytes >= enough) {
                out.push_back(child);
                sum = bytes;
            } else {
                out.back() = {out.back().begin, child.end, cell.branch.depth};
                sum += bytes;
            }
        }
        children = std::move(out);
    }

    void place(std::vector<Branch>& children, const TreemapCell& cell, std::uint32_t index) {
        const auto bytes = [this](const Branch& child) {
            return double(m_names.sums(child).bytes);
        };
        if (const auto columns = columnsFor(children, cell)) {
            addAll(children, inRows(sizesOf(children), cell.inside, columns), cell, index);
            return;
        }
        std::ranges::stable_sort(children,
                                 [&](const Branch& a, const Branch& b) { return bytes(a) > bytes(b); });
        addAll(children, squarify(sizesOf(children), cell.inside), cell, index);
    }

    std::vector<double> sizesOf(const std::vector<Branch>& children) const {
        std::vector<double> sizes;
        sizes.reserve(children.size());
        for (const auto& child : children)
            sizes.push_back(double(m_names.sums(child).bytes));
        return sizes;
    }

    void addAll(const std::vector<Branch>& children, const std::vector<QRectF>& rects,
                const TreemapCell& cell, std::uint32_t index) {
        for (std::size_t i = 0; i < children.size(); ++i)
            add(children[i], rects[i], index, static_cast<std::uint16_t>(std::min(cell.depth + 1, 60000)));
    }

    /// Columns of a grid in reading order, 0 where the children are no numbered siblings of about one size.
    std::size_t columnsFor(const std::vector<Branch>& children, const TreemapCell& cell) const {
        const auto& area = cell.inside;
        if (children.size() < LeastInRows)
            return 0;
        double least = std::numeric_limits<double>::max(), most = 0;
        for (const auto& child : children) {
            const bool group = child.depth == cell.branch.depth && child.end - child.begin > 1;
            if (!group && !isNumber(m_names.label(child)))
                return 0;
            const auto size = double(m_names.sums(child).bytes);
            least = std::min(least, size);
            most = std::max(most, size);
        }
        if (least < (1 - RowsMayDiffer) * most)
            return 0;
        const auto count = children.size();
        const auto ideal = std::sqrt(double(count) * area.width() / area.height() / WantedAspect);
        std::size_t best = std::clamp<std::size_t>(std::size_t(std::lround(ideal)), 1, count);
        for (std::size_t columns = 1; columns <= std::min<std::size_t>(count, 4096);
             ++columns) // rows that come out even
            if (count % columns == 0 && double(columns) > ideal / 1.5 && double(columns) < ideal * 1.5 &&
                (count % best != 0 || std::fabs(double(columns) - ideal) < std::fabs(double(best) - ideal)))
                best = columns;
        return best;
    }
};

} // namespace

std::vector<QRectF> squarify(const std::vector<double>& sizes, const QRectF& area) {
    std::vector<QRectF> out;
    out.reserve(sizes.size());
    const double total = std::accumulate(sizes.begin(), sizes.end(), 0.0);
    if (total <= 0)
        return std::vector<QRectF>(sizes.size(), QRectF(area.topLeft(), QSizeF()));
    const double scale = area.width() * area.height() / total;
    std::vector<double> areas(sizes);
    for (auto& size : areas)
        size *= scale;
    QRectF rest = area;
    std::size_t first = 0;
    double sum = 0, largest = 0, smallest = 0;
    for (std::size_t i = 0; i < areas.size(); ++i) {
        const double side = std::min(rest.width(), rest.height());
        if (i > first && worstAspect(std::max(largest, areas[i]), std::min(smallest, areas[i]),
                                     sum + areas[i], side) > worstAspect(largest, smallest, sum, side)) {
            placeRow(areas, first, i, sum, rest, out);
            first = i;
            sum = 0;
        }
        largest = i == first ? areas[i] : std::max(largest, areas[i]);
        smallest = i == first ? areas[i] : std::min(smallest, areas[i]);
        sum += areas[i];
    }
    placeRow(areas, first, areas.size(), sum, rest, out);
    return out;
}

std::vector<QRectF> inRows(const std::vector<double>& sizes, const QRectF& area, std::size_t columns) {
    std::vector<QRectF> out;
    out.reserve(sizes.size());
    const double total = std::accumulate(sizes.begin(), sizes.end(), 0.0);
    double top = area.top();
    for (std::size_t first = 0; first < sizes.size(); first += columns) {
        const auto last = std::min(first + columns, sizes.size());
        const double sum =
            std::accumulate(sizes.begin() + std::ptrdiff_t(first), sizes.begin() + std::ptrdiff_t(last), 0.0);
        const double bottom =
            last == sizes.size() ? area.bottom() : top + (total > 0 ? area.height() * sum / total : 0);
        double left = area.left();
        for (auto i = first; i < last; ++i) {
            const double right =
                i + 1 == last ? area.right() : left + (sum > 0 ? area.width() * sizes[i] / sum : 0);
            out.emplace_back(QPointF(left, top), QPointF(right, bottom));
            left = right;
        }
        top = bottom;
    }
    return out;
}

Result<TreemapLayoutPtr> layOutTreemap(const TreemapInput& input, const JobContext& context) {
    if (input.root.begin >= input.root.end || input.area.isEmpty())
        return std::make_shared<TreemapLayout>();
    return Layouter(input, context).run();
}

std::size_t TreemapLayout::at(QPointF point) const {
    for (std::size_t i = cells.size(); i-- > 0;)
        if (cells[i].rect.contains(point))
            return i;
    return cells.size();
}

std::size_t TreemapLayout::holding(std::uint32_t position) const {
    for (std::size_t i = cells.size(); i-- > 0;)
        if (position >= cells[i].branch.begin && position < cells[i].branch.end)
            return i;
    return cells.size();
}

} // namespace shardlens::ui
