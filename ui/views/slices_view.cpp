// SPDX-License-Identifier: Apache-2.0
#include "ui/views/slices_view.h"

#include "ui/style/icons.h"
#include "ui/style/text.h"
#include "ui/views/details/page.h"
#include "ui/views/maps/slice_map.h"
#include "ui/views/parts/coverage_panel.h"
#include "ui/views/parts/empty_state.h"
#include "ui/views/parts/legend.h"
#include "ui/views/parts/table.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QScopedValueRollback>
#include <QScrollArea>
#include <QSlider>
#include <QSplitter>
#include <QStackedLayout>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace shardlens::ui {
namespace {

constexpr std::uint32_t SlicesAtOnce = 2000; ///< more are looked at in a worker
constexpr int SliderSteps = 100'000;
constexpr int SideWidth = 390, NeedsForSide = 860;
constexpr std::uint32_t MostInLegend = 32;

std::uint64_t indexOfStep(int step, std::uint64_t extent) {
    if (extent <= 1)
        return 0;
    if (extent <= SliderSteps)
        return std::min<std::uint64_t>(std::uint64_t(step), extent - 1);
    return std::min<std::uint64_t>(extent - 1,
                                   std::uint64_t(double(step) / SliderSteps * double(extent - 1)));
}

} // namespace

SlicesView::SlicesView(Document* document, QWidget* parent)
    : QWidget(parent)
    , m_document(document)
    , m_stack(new QStackedLayout(this))
    , m_nothing(new EmptyState(this))
    , m_name(new NameLabel(this))
    , m_line(new ShapeLine(this))
    , m_controls(nullptr)
    , m_down(new QComboBox(this))
    , m_across(new QComboBox(this))
    , m_other(new QComboBox(this))
    , m_at(new QSlider(Qt::Horizontal, this))
    , m_atText(new QLabel(this))
    , m_colour(new QComboBox(this))
    , m_map(new SliceMap(SliceMap::Look::Full, this))
    , m_legend(new Legend(this))
    , m_splitter(new QSplitter(Qt::Horizontal, this))
    , m_side(new QWidget(this))
    , m_table(new Table(this))
    , m_model(new SlicesModel(this))
    , m_coverage(new CoveragePanel(this)) {
    m_table->setModel(m_model);
    m_table->setAccessibleName(tr("Slices"));
    for (const int column : {SlicesModel::Begin, SlicesModel::End, SlicesModel::Length, SlicesModel::File})
        m_table->setColumnHidden(column, true);
    auto* coverage = new QScrollArea(this);
    coverage->setWidget(m_coverage);
    coverage->setWidgetResizable(true);
    coverage->setFrameShape(QFrame::NoFrame);
    coverage->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_coverage->setBackgroundRole(QPalette::Base);
    m_coverage->setAutoFillBackground(true);
    m_side->setMinimumWidth(SideWidth);
    auto* side = new QVBoxLayout(m_side);
    side->setContentsMargins(0, 0, 0, 0);
    side->setSpacing(0);
    side->addWidget(m_table, 3);
    side->addWidget(coverage, 2);
    auto* left = new QWidget(this);
    auto* column = new QVBoxLayout(left);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(makeHead());
    m_controls = makeControls();
    column->addWidget(m_controls);
    column->addWidget(m_map, 1);
    column->addWidget(m_legend);
    m_splitter->addWidget(left);
    m_splitter->addWidget(m_side);
    m_splitter->setMinimumWidth(320); // the side goes where room is short: it must not squeeze the docks
    m_splitter->setStretchFactor(0, 1);
    m_splitter->setChildrenCollapsible(false);
    m_splitter->setHandleWidth(1);
    m_legend->setHint(tr("Arrow keys move, Enter shows the file"));
    m_stack->addWidget(m_splitter);
    m_stack->addWidget(m_nothing);
    setFocusProxy(m_map);

    connect(m_map, &SliceMap::sliceActivated, this, &SlicesView::activate);
    connect(m_map, &SliceMap::currentSliceChanged, this, [this] {
        if (m_updating || !m_map->currentSlice())
            return;
        const QScopedValueRollback updating(m_updating, true);
        m_table->setCurrentIndex(m_model->index(int(*m_map->currentSlice()), 0));
    });
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            [this](const QModelIndex& index) {
                if (m_updating || !index.isValid())
                    return;
                const QScopedValueRollback updating(m_updating, true);
                m_map->setCurrentSlice(std::uint32_t(index.row()));
            });
    connect(m_table, &QAbstractItemView::activated, this,
            [this](const QModelIndex& index) { activate(quint32(index.row())); });
    connect(m_document, &Document::checkpointChanged, this, &SlicesView::becomeCheckpoint);
    connect(m_document->selection(), &Selection::changed, this, &SlicesView::followSelection);
    becomeCheckpoint();
}

SlicesView::~SlicesView() = default;

QWidget* SlicesView::makeHead() {
    auto* head = new QWidget(this);
    auto* row = new QHBoxLayout(head);
    row->setContentsMargins(12, 8, 8, 4);
    row->setSpacing(8);
    auto* words = new QVBoxLayout;
    words->setSpacing(2);
    words->addWidget(m_name);
    words->addWidget(m_line);
    row->addLayout(words, 1);
    const auto button = [&](QStringView icon, const QString& name, auto act) {
        auto* made = new QToolButton(head);
        made->setIcon(style::icon(icon));
        made->setAutoRaise(true);
        made->setToolTip(name);
        made->setAccessibleName(name);
        connect(made, &QToolButton::clicked, this, act);
        row->addWidget(made, 0, Qt::AlignTop);
    };
    button(u"zoom-out", tr("Zoom out"), [this] { m_map->setZoom(m_map->zoom() / 1.5); });
    button(u"zoom-in", tr("Zoom in"), [this] { m_map->setZoom(m_map->zoom() * 1.5); });
    button(u"expand", tr("Show all"), [this] { m_map->showAll(); });
    return head;
}

QWidget* SlicesView::makeControls() {
    auto* controls = new QWidget(this);
    auto* row = new QHBoxLayout(controls);
    row->setContentsMargins(12, 2, 8, 6);
    row->setSpacing(8);
    const auto label = [&](const QString& text, QWidget* buddy) {
        auto* made = new QLabel(text, controls);
        made->setBuddy(buddy);
        row->addWidget(made);
        row->addWidget(buddy);
        return made;
    };
    for (auto* box : {m_down, m_across, m_other}) {
        box->setSizeAdjustPolicy(QComboBox::AdjustToContents);
        box->setMaximumWidth(190);
    }
    label(tr("Down"), m_down);
    label(tr("Across"), m_across);
    label(tr("At"), m_other);
    m_down->setAccessibleName(tr("Dimension down"));
    m_across->setAccessibleName(tr("Dimension across"));
    m_other->setAccessibleName(tr("Further dimension"));
    m_at->setAccessibleName(tr("Index in the further dimension"));
    m_at->setMaximumWidth(110);
    row->addWidget(m_at);
    row->addWidget(m_atText);
    row->addStretch();
    m_colour->addItem(tr("Colour: rank"), int(SliceMap::Coloring::Shard));
    m_colour->addItem(tr("Colour: file"), int(SliceMap::Coloring::File));
    m_colour->setAccessibleName(tr("Colour by"));
    row->addWidget(m_colour);
    connect(m_down, &QComboBox::activated, this, [this](int dim) { choose(true, dim); });
    connect(m_across, &QComboBox::activated, this, [this](int dim) { choose(false, dim); });
    connect(m_other, &QComboBox::activated, this, &SlicesView::chooseOther);
    connect(m_at, &QSlider::valueChanged, this, &SlicesView::moveAt);
    connect(m_colour, &QComboBox::activated, this, [this] {
        m_map->setColoring(static_cast<SliceMap::Coloring>(m_colour->currentData().toInt()));
        fillLegend();
    });
    return controls;
}

void SlicesView::becomeCheckpoint() {
    m_cutting.reset();
    m_tensor = {};
    m_facts = nullptr;
    m_map->clear();
    m_model->clear();
    followSelection();
}

void SlicesView::followSelection() {
    const auto checkpoint = m_document->checkpoint();
    const auto& item = m_document->selection()->current();
    if (!checkpoint || !item.isTensor()) {
        if (item.kind == SelectedItem::Kind::File && m_tensor.valid())
            return; // a slice's file: the map stays
        m_tensor = {};
        m_nothing->setText(checkpoint ? tr("No tensor selected") : QString(),
                           checkpoint ? tr("Choose a tensor to see how it is cut and where each part lies.")
                                      : QString());
        m_stack->setCurrentWidget(m_nothing);
        return;
    }
    if (item.tensorId() == m_tensor)
        return;
    m_tensor = item.tensorId();
    m_cutting.reset();
    m_map->clear();
    m_model->clear();
    const auto tensor = checkpoint->tensor(m_tensor);
    m_name->setName(style::plain(tensor.name()));
    m_line->set(
        tensor.dtype(), style::plain(tensor.dtypeName(), 32), style::shapeText(tensor.shape()),
        {style::bytesText(tensor.bytes()),
         tensor.sliceCount() == 1 ? tr("1 slice") : tr("%1 slices").arg(style::grouped(tensor.sliceCount()))},
        style::exactBytes(tensor.bytes()));
    m_stack->setCurrentWidget(m_splitter);
    if (tensor.sliceCount() <= SlicesAtOnce) {
        if (const auto facts = sliceFacts(*checkpoint, m_tensor, JobContext()))
            showFacts(*facts);
        return;
    }
    m_cutting = m_document->runner()->run<Result<SliceFactsPtr>>(
        [checkpoint, id = m_tensor](const JobContext& context) {
            return sliceFacts(*checkpoint, id, context);
        });
    m_cutting->then([this](const Result<SliceFactsPtr>& facts) {
        if (facts)
            showFacts(*facts);
    });
}

void SlicesView::showFacts(SliceFactsPtr facts) {
    m_facts = std::move(facts);
    const auto checkpoint = m_document->checkpoint();
    m_choice = defaultPlane(checkpoint->tensor(m_tensor).shape(), *m_facts);
    fillBoxes();
    {
        const QScopedValueRollback updating(m_updating, true);
        m_model->setTensor(checkpoint, m_tensor, m_facts);
    }
    m_table->fitColumns(SlicesModel::Size);
    m_coverage->setTensor(*checkpoint, m_tensor, *m_facts);
    m_colour->setItemText(0, m_facts->byRank ? tr("Colour: rank") : tr("Colour: file"));
    m_colour->setVisible(m_facts->byRank);
    showPlane();
    fillLegend();
}

void SlicesView::fillBoxes() {
    const QScopedValueRollback updating(m_updating, true);
    const auto shape = m_document->checkpoint()->tensor(m_tensor).shape();
    const auto title = [&](std::size_t dim) {
        const bool cut = std::ranges::find(m_facts->cutDims, dim) != m_facts->cutDims.end();
        return cut ? tr("%1: %2, cut").arg(dim).arg(shape[dim]) : tr("%1: %2").arg(dim).arg(shape[dim]);
    };
    for (auto* box : {m_down, m_across, m_other})
        box->clear();
    for (std::size_t dim = 0; dim < shape.size(); ++dim) {
        m_down->addItem(title(dim));
        m_across->addItem(title(dim));
        if (int(dim) != m_choice.down && int(dim) != m_choice.across)
            m_other->addItem(title(dim), int(dim));
    }
    m_down->setCurrentIndex(m_choice.down);
    m_across->setCurrentIndex(m_choice.across);
    m_controls->setVisible(shape.size() > 2 || m_facts->byRank);
    const bool planes = shape.size() > 2;
    for (QWidget* widget : std::initializer_list<QWidget*>{m_down, m_across, m_other, m_at, m_atText}) {
        widget->setVisible(planes);
        for (auto* label : m_controls->findChildren<QLabel*>())
            if (label->buddy() == widget)
                label->setVisible(planes);
    }
    chooseOther();
}

void SlicesView::chooseOther() {
    const auto chosen = m_other->currentData();
    if (!chosen.isValid())
        return;
    const QScopedValueRollback updating(m_updating, true);
    const auto dim = std::size_t(chosen.toInt());
    const auto extent = m_document->checkpoint()->tensor(m_tensor).shape()[dim];
    m_at->setRange(0, int(std::min<std::uint64_t>(extent ? extent - 1 : 0, SliderSteps)));
    const double share = extent > 1 ? double(m_choice.at[dim]) / double(extent - 1) : 0;
    m_at->setValue(int(std::lround(share * m_at->maximum())));
    m_atText->setText(tr("%1 of %2").arg(m_choice.at[dim]).arg(extent));
}

void SlicesView::moveAt(int step) {
    const auto chosen = m_other->currentData();
    if (m_updating || !chosen.isValid())
        return;
    const auto dim = std::size_t(chosen.toInt());
    const auto extent = m_document->checkpoint()->tensor(m_tensor).shape()[dim];
    m_choice.at[dim] = indexOfStep(step, extent);
    m_atText->setText(tr("%1 of %2").arg(m_choice.at[dim]).arg(extent));
    showPlane();
}

void SlicesView::choose(bool down, int dim) {
    if (m_updating || dim < 0)
        return;
    auto& changed = down ? m_choice.down : m_choice.across;
    auto& other = down ? m_choice.across : m_choice.down;
    if (other == dim)
        std::swap(changed, other); // what was there goes where the chosen one was
    changed = dim;
    fillBoxes();
    showPlane();
}

void SlicesView::showPlane() {
    const QScopedValueRollback updating(m_updating, true);
    m_map->setTensor(m_document->checkpoint(), m_tensor, m_facts, m_choice);
}

void SlicesView::fillLegend() {
    const auto checkpoint = m_document->checkpoint();
    if (!m_facts || !checkpoint)
        return;
    const auto tensor = checkpoint->tensor(m_tensor);
    QList<LegendItem> items;
    std::vector<bool> seen(std::size_t(checkpoint->fileCount()) + m_facts->keyCount + 1);
    const bool byFile = !m_facts->byRank || m_colour->currentIndex() == 1;
    for (std::uint32_t i = 0; i < tensor.sliceCount() && items.size() < MostInLegend; ++i) {
        const auto file = checkpoint->slice(tensor.slice(i)).file;
        const auto key = byFile && file.valid() ? file.value() : m_facts->key[i];
        if (!file.valid() || seen[key])
            continue;
        seen[key] = true;
        const auto& record = checkpoint->file(file);
        const auto name =
            !byFile && record.rank ? QString::number(*record.rank) : style::plain(record.path, 48);
        items.append({m_map->colorOf(i), name, {}});
    }
    const auto has = [&](SliceDamage::Kind kind) {
        return std::ranges::any_of(m_facts->damages,
                                   [kind](const SliceDamage& damage) { return damage.kind == kind; });
    };
    if (has(SliceDamage::Kind::Overlap))
        items.append({{}, tr("overlap"), style::Hatch::Overlap});
    if (has(SliceDamage::Kind::Hole))
        items.append({{}, tr("hole"), style::Hatch::Hole});
    if (m_facts->short_)
        items.append({{}, tr("bytes missing"), style::Hatch::Hole});
    m_legend->setItems(items);
}

void SlicesView::activate(quint32 slice) {
    const auto checkpoint = m_document->checkpoint();
    if (!checkpoint || !m_tensor.valid())
        return;
    const auto file = checkpoint->slice(checkpoint->tensor(m_tensor).slice(slice)).file;
    if (!file.valid())
        return;
    m_document->selection()->select(SelectedItem::file(file));
    emit fileWanted();
}

void SlicesView::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    m_side->setVisible(width() >= NeedsForSide);
    if (m_side->isVisible())
        m_splitter->setSizes({width() - SideWidth, SideWidth});
}

} // namespace shardlens::ui
