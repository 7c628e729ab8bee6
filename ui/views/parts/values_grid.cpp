// SPDX-License-Identifier: Apache-2.0
#include "ui/views/parts/values_grid.h"

#include "ui/models/slice_text.h"
#include "ui/style/painting.h"
#include "ui/style/text.h"
#include "ui/views/parts/heat_delegate.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QScrollBar>
#include <QToolButton>

#include <algorithm>
#include <array>
#include <cmath>

namespace shardlens::ui {
namespace {

constexpr std::uint64_t Margin = 8;
constexpr std::array SmallCells{6, 10, 16}; ///< side in pixels, without text
constexpr int WidestCell = 280, MostDecimals = 7;

std::uint64_t windowStart(std::uint64_t at, std::uint64_t all, std::uint64_t most) {
    if (all <= most)
        return 0;
    return std::min(at - std::min(at, most / 2), all - most);
}

} // namespace

ValuesGrid::~ValuesGrid() = default;

void ValuesGrid::clear() {
    m_reading.reset();
    m_reader = nullptr;
    m_tensor = {};
    m_usual = {};
    m_problem->clear();
    m_footer->clear();
    m_said = std::nullopt;
    m_model->setPlane({0, 0, 0}, 0, 0);
}

void ValuesGrid::say(const QString& problem) {
    m_problem->setText(problem);
}

DimsView ValuesGrid::shape() const {
    return m_document->checkpoint()->tensor(m_tensor).shape();
}

void ValuesGrid::setReader(std::shared_ptr<TensorReader> reader, TensorId tensor) {
    clear();
    m_reader = std::move(reader);
    m_tensor = tensor;
    const bool planes = shape().size() > 2;
    m_before->setVisible(planes);
    m_after->setVisible(planes);
    setIndex(Dims(shape().size(), 0));
}

void ValuesGrid::goTo() {
    if (!m_reader)
        return;
    const auto index = sliceBegin(m_place->text(), shape());
    m_problem->setText(index ? QString() : tr("Write %1 numbers or ranges").arg(shape().size()));
    if (index)
        setIndex(*index);
}

/// The plane before or after this one, in the order of elements.
void ValuesGrid::stepPlane(int by) {
    if (!m_reader || m_outer.empty())
        return;
    const auto sizes = shape();
    auto next = m_outer;
    for (std::size_t dim = next.size(); dim-- > 0;) {
        if (by > 0 ? next[dim] + 1 < sizes[dim] : next[dim] > 0) {
            next[dim] = by > 0 ? next[dim] + 1 : next[dim] - 1;
            const auto area = seen();
            next.push_back(area.row);
            next.push_back(area.column);
            return setIndex(next);
        }
        next[dim] = by > 0 ? 0 : sizes[dim] - 1;
    }
}

void ValuesGrid::setIndex(const Dims& index) {
    const auto sizes = shape();
    const auto dims = sizes.size();
    ValuePlane plane;
    plane.columns = dims >= 1 ? sizes[dims - 1] : 1;
    plane.rows = dims >= 2 ? sizes[dims - 2] : 1;
    std::uint64_t outer = 0; // the planes before this one; it fits, since the whole tensor does
    m_outer.clear();
    for (std::size_t dim = 0; dim + 2 < dims; ++dim) {
        m_outer.push_back(index[dim]);
        outer = outer * sizes[dim] + index[dim];
    }
    plane.firstElement = outer * plane.rows * plane.columns;
    if (m_reader->elements() == 0)
        plane.rows = plane.columns = 0;
    const bool other = plane != m_model->plane();
    if (other)
        m_model->setPlane(plane, 0, 0);
    showFrom(dims >= 2 ? index[dims - 2] : 0, dims >= 1 ? index[dims - 1] : 0);
    if (other) {
        m_grid->setCurrentIndex(
            m_grid->model()->index(std::max(0, m_grid->rowAt(0)), std::max(0, m_grid->columnAt(0))));
        emit planeChanged();
    }
}

void ValuesGrid::setWindow(std::uint64_t row, std::uint64_t column) {
    m_model->setPlane(m_model->plane(), row, column);
}

void ValuesGrid::showFrom(std::uint64_t row, std::uint64_t column) {
    const auto& plane = m_model->plane();
    const auto inside = [](std::uint64_t at, std::uint64_t first, int count) {
        return at >= first && at - first < std::uint64_t(count);
    };
    if (!inside(row, m_model->firstRow(), m_model->rowCount()) ||
        !inside(column, m_model->firstColumn(), m_model->columnCount()))
        setWindow(windowStart(row, plane.rows, ValuesModel::MostRows),
                  windowStart(column, plane.columns, ValuesModel::MostColumns));
    m_grid->verticalScrollBar()->setValue(int(row - std::min(row, m_model->firstRow())));
    m_grid->horizontalScrollBar()->setValue(int(column - std::min(column, m_model->firstColumn())));
    fetchSoon();
}

void ValuesGrid::fetchSoon() {
    sayFrame();
    if (m_reader && !m_soon.isActive())
        m_soon.start();
}

ValuesGrid::Area ValuesGrid::seen() const {
    Area out;
    if (m_model->rowCount() == 0 || m_model->columnCount() == 0)
        return out;
    const auto* viewport = m_grid->viewport();
    const int top = std::max(0, m_grid->rowAt(0)), left = std::max(0, m_grid->columnAt(0));
    const int bottom = m_grid->rowAt(viewport->height() - 1), right = m_grid->columnAt(viewport->width() - 1);
    out.row = m_model->firstRow() + std::uint64_t(top);
    out.column = m_model->firstColumn() + std::uint64_t(left);
    out.rows = std::uint64_t((bottom < 0 ? m_model->rowCount() - 1 : bottom) - top + 1);
    out.columns = std::uint64_t((right < 0 ? m_model->columnCount() - 1 : right) - left + 1);
    // Before it is shown a view has no size that tells anything.
    out.rows = std::min<std::uint64_t>(out.rows, 2000);
    out.columns = std::min<std::uint64_t>(out.columns, 2000);
    return out;
}

void ValuesGrid::sayFrame() {
    if (!m_reader)
        return;
    const auto area = seen();
    if (!m_place->hasFocus() || !m_place->isModified())
        m_place->setText(sliceText(indexAt(area.row, area.column), area.rows, area.columns));
    emit frameChanged(area.row, area.column, area.rows, area.columns);
}

void ValuesGrid::fetch() {
    if (!m_reader || m_model->rowCount() == 0 || m_model->columnCount() == 0)
        return;
    auto area = seen();
    area.rows += std::min(area.row, Margin) + Margin;
    area.columns += std::min(area.column, Margin) + Margin;
    area.row -= std::min(area.row, Margin);
    area.column -= std::min(area.column, Margin);
    sayFrame();
    m_reading = m_document->runner()->run<Result<ValueBlockPtr>>(
        [reader = m_reader, plane = m_model->plane(), area](const JobContext& context) {
            return readBlock(*reader, plane, area.row, area.column, area.rows, area.columns, context);
        });
    m_reading->then([this](const Result<ValueBlockPtr>& block) {
        if (!block) {
            m_problem->setText(style::message(block.error()));
            return;
        }
        m_model->setBlock(*block);
        updateScale();
        applyZoom();
        m_grid->viewport()->update();
        updateFooter();
    });
}

void ValuesGrid::setUsualScale(const HeatScale& scale) {
    m_usual = scale;
    updateScale();
}

void ValuesGrid::updateScale() {
    const auto& block = m_model->block();
    const bool negative = block && std::ranges::any_of(block->values, [](double value) { return value < 0; });
    auto scale = m_usual;
    if (scale.limit <= 0)
        scale = {negative ? HeatScale::Mode::Signed : HeatScale::Mode::Amount, m_model->largest()};
    if (m_colour->currentIndex() > 0)
        scale.mode = static_cast<HeatScale::Mode>(m_colour->currentData().toInt());
    m_colour->setItemText(
        0,
        tr("Colour: %1").arg(HeatScale{m_usual.limit > 0 ? m_usual.mode : scale.mode, scale.limit}.text()));
    m_scale = scale;
    m_model->setDecimals(
        scale.limit > 0 ? std::clamp(3 - int(std::floor(std::log10(scale.limit))), 0, MostDecimals) : 1);
    m_delegate->setScale(scale);
    m_grid->viewport()->update();
    emit scaleChanged();
}

void ValuesGrid::zoom(int steps) {
    m_zoom = std::clamp(m_zoom + steps, -int(SmallCells.size()), 0);
    applyZoom();
    fetchSoon();
}

void ValuesGrid::applyZoom() {
    const int level = m_zoom + int(SmallCells.size());
    const bool small = level < int(SmallCells.size());
    int width = small ? SmallCells[std::size_t(level)] : 0;
    const int height = small ? width : std::max(20, fontMetrics().height() + 5);
    if (!small) {
        width = int(style::numberWidth(m_grid->font(), QStringLiteral("−1.234e−05")));
        const auto longest = m_model->longestText();
        width = std::max(width, std::min(int(style::numberWidth(m_grid->font(), longest)), WidestCell)) + 14;
    }
    m_smaller->setEnabled(level > 0);
    m_larger->setEnabled(small);
    m_grid->verticalHeader()->setVisible(!small);
    m_grid->horizontalHeader()->setVisible(!small);
    m_grid->horizontalHeader()->setMinimumSectionSize(4);
    m_grid->verticalHeader()->setMinimumSectionSize(4);
    if (m_grid->horizontalHeader()->defaultSectionSize() != width)
        m_grid->horizontalHeader()->setDefaultSectionSize(width);
    if (m_grid->verticalHeader()->defaultSectionSize() != height)
        m_grid->verticalHeader()->setDefaultSectionSize(height);
    // The sections have moved below their scroll bars.
    m_grid->horizontalHeader()->setOffsetToSectionPosition(m_grid->horizontalScrollBar()->value());
    m_grid->verticalHeader()->setOffsetToSectionPosition(m_grid->verticalScrollBar()->value());
}

/// What matters least goes where room is short.
void ValuesGrid::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    m_format->setVisible(width() >= 560);
    m_colour->setVisible(width() >= 430);
}

void ValuesGrid::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::FontChange)
        applyZoom();
}

Dims ValuesGrid::indexAt(std::uint64_t row, std::uint64_t column) const {
    auto index = m_outer;
    const auto dims = shape().size();
    if (dims >= 2)
        index.push_back(row);
    if (dims >= 1)
        index.push_back(column);
    return index;
}

/// The current value exactly, its bits, and where it is stored.
void ValuesGrid::updateFooter() {
    const auto cell = m_grid->currentIndex();
    const auto& block = m_model->block();
    const auto checkpoint = m_document->checkpoint();
    const auto row = m_model->firstRow() + std::uint64_t(std::max(0, cell.row()));
    const auto column = m_model->firstColumn() + std::uint64_t(std::max(0, cell.column()));
    const auto& plane = m_model->plane();
    if (!cell.isValid() || !checkpoint || !m_reader) {
        m_footer->clear();
        m_said = std::nullopt;
        return;
    }
    const auto element = plane.firstElement + row * plane.columns + column;
    if (!block || !block->holds(row, column)) {
        if (m_said != element) // scrolled away from, what is said stays true
            m_footer->clear();
        return;
    }
    m_said = element;
    const auto at = block->index(row, column);
    QStringList words{style::indexText(indexAt(row, column)), block->texts[at],
                      tr("bits %1").arg(block->bits[at])};
    if (const auto stored = m_reader->locate(element)) {
        const auto& file = checkpoint->file(stored->file);
        if (file.rank)
            words << tr("rank %1").arg(*file.rank);
        auto place = tr("%1 at %2").arg(style::plain(file.path, 120), style::grouped(stored->bit / 8));
        if (stored->bit % 8 != 0)
            place += tr(", bit %1").arg(stored->bit % 8);
        words << place;
    }
    m_footer->setText(words.join(QStringLiteral("   ")));
    m_footer->setToolTip(style::toolTip(m_footer->text()));
}

} // namespace shardlens::ui
