// SPDX-License-Identifier: Apache-2.0
#include "ui/views/values_view.h"

#include "ui/models/slice_facts.h"
#include "ui/style/painting.h"
#include "ui/style/text.h"
#include "ui/views/details/page.h"
#include "ui/views/parts/empty_state.h"
#include "ui/views/parts/statistics_panel.h"

#include <QAction>
#include <QCheckBox>
#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QRegularExpression>
#include <QScrollArea>
#include <QScrollBar>
#include <QSplitter>
#include <QStackedLayout>
#include <QVBoxLayout>

#include <algorithm>

namespace shardlens::ui {
namespace {

constexpr int SoonMilliseconds = 20, Margin = 8;
constexpr int MostCopied = 200'000;

} // namespace

ValuesView::ValuesView(Document* document, QWidget* parent)
    : QWidget(parent)
    , m_document(document)
    , m_stack(new QStackedLayout(this))
    , m_nothing(new EmptyState(this))
    , m_name(new NameLabel(this))
    , m_line(new ShapeLine(this))
    , m_statistics(new StatisticsPanel(document, this))
    , m_place(new QLineEdit(this))
    , m_colored(new QCheckBox(tr("Colour"), this))
    , m_problem(new QLabel(this))
    , m_grid(new QTableView(this))
    , m_model(new ValuesModel(this))
    , m_footer(new QLabel(this)) {
    m_grid->setModel(m_model);
    m_grid->setAccessibleName(tr("Values"));
    m_grid->setFrameShape(QFrame::NoFrame);
    m_grid->setCornerButtonEnabled(false);
    m_grid->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    m_grid->verticalHeader()->setDefaultSectionSize(std::max(20, fontMetrics().height() + 4));
    m_grid->horizontalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    m_grid->horizontalHeader()->setDefaultSectionSize(
        fontMetrics().horizontalAdvance(QStringLiteral("−1.234e−05")) + 14);
    m_footer->setTextFormat(Qt::PlainText);
    m_footer->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_footer->setContentsMargins(12, 4, 12, 4);
    m_footer->setFont(style::fixedFont(style::secondaryFont(font())));
    m_footer->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    auto* panel = new QScrollArea(this);
    panel->setWidget(m_statistics);
    panel->setWidgetResizable(true);
    panel->setFrameShape(QFrame::NoFrame);
    m_statistics->setContentsMargins(12, 6, 12, 8);
    m_statistics->setBackgroundRole(QPalette::Base);
    m_statistics->setAutoFillBackground(true);
    panel->setMinimumWidth(240);
    auto* values = new QWidget(this);
    auto* column = new QVBoxLayout(values);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(makeBar());
    column->addWidget(m_grid, 1);
    column->addWidget(m_footer);
    auto* splitter = new QSplitter(Qt::Horizontal, this);
    splitter->addWidget(panel);
    splitter->addWidget(values);
    splitter->setStretchFactor(1, 1);
    splitter->setSizes({300, 600});
    auto* whole = new QWidget(this);
    auto* rows = new QVBoxLayout(whole);
    rows->setContentsMargins(0, 0, 0, 0);
    auto* head = new QVBoxLayout;
    head->setContentsMargins(12, 8, 12, 0);
    head->addWidget(m_name);
    head->addWidget(m_line);
    rows->addLayout(head);
    rows->addWidget(splitter, 1);
    m_stack->addWidget(m_nothing);
    m_stack->addWidget(whole);
    setFocusProxy(m_grid);
    m_soon.setSingleShot(true);
    m_soon.setInterval(SoonMilliseconds);
    connect(&m_soon, &QTimer::timeout, this, &ValuesView::fetch);
    for (auto* bar : {m_grid->verticalScrollBar(), m_grid->horizontalScrollBar()}) {
        connect(bar, &QScrollBar::valueChanged, this, &ValuesView::fetchSoon);
        connect(bar, &QScrollBar::rangeChanged, this, &ValuesView::fetchSoon);
    }
    connect(m_grid->selectionModel(), &QItemSelectionModel::currentChanged, this, &ValuesView::updateFooter);
    auto* copy = new QAction(tr("Copy"), m_grid);
    copy->setShortcut(QKeySequence::Copy);
    copy->setShortcutContext(Qt::WidgetShortcut);
    m_grid->addAction(copy);
    m_grid->setContextMenuPolicy(Qt::ActionsContextMenu);
    connect(copy, &QAction::triggered, this, &ValuesView::copySelection);
    connect(m_document, &Document::checkpointChanged, this, [this] {
        m_tensor = {};
        followSelection();
    });
    connect(m_document->selection(), &Selection::changed, this, &ValuesView::followSelection);
    followSelection();
}

ValuesView::~ValuesView() = default;

QWidget* ValuesView::makeBar() {
    auto* bar = new QWidget(this);
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(12, 4, 12, 4);
    auto* label = new QLabel(tr("Values from"), bar);
    label->setBuddy(m_place);
    m_place->setAccessibleName(tr("Index of the first value"));
    m_place->setToolTip(tr("An index such as [0, 4301, 1680], then Enter"));
    m_place->setMaximumWidth(260);
    m_colored->setChecked(true);
    m_problem->setTextFormat(Qt::PlainText);
    row->addWidget(label);
    row->addWidget(m_place);
    row->addWidget(m_problem, 1);
    row->addWidget(m_colored);
    connect(m_place, &QLineEdit::returnPressed, this, &ValuesView::goTo);
    connect(m_colored, &QCheckBox::toggled, this, [this](bool on) {
        m_model->setColored(on);
        m_grid->viewport()->update();
    });
    return bar;
}

void ValuesView::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    followSelection(); // nothing is read for a tab that nobody looks at
}

void ValuesView::followSelection() {
    const auto checkpoint = m_document->checkpoint();
    const auto& item = m_document->selection()->current();
    if (!checkpoint || !item.isTensor()) {
        m_tensor = {};
        m_opening.reset();
        m_reading.reset();
        m_reader = nullptr;
        m_nothing->setText(checkpoint ? tr("No tensor selected") : QString(),
                           checkpoint ? tr("Choose a tensor to see its values.") : QString());
        m_stack->setCurrentWidget(m_nothing);
        return;
    }
    if (!isVisible() || item.tensorId() == m_tensor)
        return;
    m_tensor = item.tensorId();
    const auto tensor = checkpoint->tensor(m_tensor);
    m_name->setName(style::plain(tensor.name()));
    m_line->set(tensor.dtype(), style::plain(tensor.dtypeName(), 32), style::shapeText(tensor.shape()),
                {style::bytesText(tensor.bytes())}, style::exactBytes(tensor.bytes()));
    m_statistics->setTensor(m_tensor);
    m_stack->setCurrentIndex(1);
    m_footer->clear();
    openReader();
}

void ValuesView::openReader() {
    m_reader = nullptr;
    m_reading.reset();
    m_problem->clear();
    m_model->setPlane({0, 0, 0}, 0, 0);
    using OpenedReader = Result<std::shared_ptr<TensorReader>>;
    m_opening = m_document->runner()->run<OpenedReader>(
        [checkpoint = m_document->checkpoint(), tensor = m_tensor](const JobContext& context) {
            return TensorReader::open(checkpoint, tensor, context);
        });
    m_opening->then([this](const OpenedReader& reader) {
        if (!reader)
            return showFailure(reader.error());
        if (!(*reader)->randomAccess()) {
            m_problem->setText(tr("Compressed: read forwards only, so that single values cannot be shown."));
            return;
        }
        m_reader = *reader;
        movePlane(Dims(m_document->checkpoint()->tensor(m_tensor).shape().size(), 0));
    });
}

void ValuesView::showFailure(const Error& error) {
    m_nothing->setText(style::message(error), style::advice(error));
    m_stack->setCurrentWidget(m_nothing);
}

void ValuesView::goTo() {
    static const QRegularExpression number(QStringLiteral("\\d+"));
    const auto shape = m_document->checkpoint()->tensor(m_tensor).shape();
    Dims index;
    for (auto found = number.globalMatch(m_place->text()); found.hasNext() && index.size() <= shape.size();)
        index.push_back(found.next().captured().toULongLong());
    if (index.size() != shape.size()) {
        m_problem->setText(tr("An index needs %1 numbers").arg(shape.size()));
        return;
    }
    for (std::size_t dim = 0; dim < shape.size(); ++dim)
        index[dim] = std::min(index[dim], shape[dim] ? shape[dim] - 1 : 0);
    m_problem->clear();
    movePlane(index);
}

void ValuesView::movePlane(const Dims& index) {
    const auto shape = m_document->checkpoint()->tensor(m_tensor).shape();
    m_at = index;
    ValuePlane plane;
    const auto dims = shape.size();
    plane.columns = dims >= 1 ? shape[dims - 1] : 1;
    plane.rows = dims >= 2 ? shape[dims - 2] : 1;
    std::uint64_t outer = 0; // the planes before this one; it fits, since the whole tensor does
    for (std::size_t dim = 0; dim + 2 < dims; ++dim)
        outer = outer * shape[dim] + index[dim];
    plane.firstElement = outer * plane.rows * plane.columns;
    if (m_reader->elements() == 0)
        plane.rows = plane.columns = 0;
    m_place->setText(style::indexText(index));
    m_model->setPlane(plane, dims >= 2 ? index[dims - 2] : 0, dims >= 1 ? index[dims - 1] : 0);
    m_grid->scrollToTop();
    if (m_model->rowCount() > 0)
        m_grid->setCurrentIndex(m_model->index(0, 0));
    fetchSoon();
}

void ValuesView::fetchSoon() {
    if (m_reader && !m_soon.isActive())
        m_soon.start();
}

void ValuesView::fetch() {
    if (!m_reader || m_model->rowCount() == 0 || m_model->columnCount() == 0)
        return;
    const int firstRow = std::max(0, m_grid->rowAt(0) - Margin),
              firstColumn = std::max(0, m_grid->columnAt(0) - Margin);
    const int bottom = m_grid->rowAt(m_grid->viewport()->height() - 1),
              right = m_grid->columnAt(m_grid->viewport()->width() - 1);
    const int lastRow = std::min(m_model->rowCount() - 1, (bottom < 0 ? firstRow + 80 : bottom) + Margin);
    const int lastColumn =
        std::min(m_model->columnCount() - 1, (right < 0 ? firstColumn + 40 : right) + Margin);
    const auto row = m_model->firstRow() + std::uint64_t(firstRow),
               column = m_model->firstColumn() + std::uint64_t(firstColumn);
    m_reading = m_document->runner()->run<Result<ValueBlockPtr>>(
        [reader = m_reader, plane = m_model->plane(), row, column,
         rows = std::uint64_t(lastRow - firstRow + 1),
         columns = std::uint64_t(lastColumn - firstColumn + 1)](const JobContext& context) {
            return readBlock(*reader, plane, row, column, rows, columns, context);
        });
    m_reading->then([this](const Result<ValueBlockPtr>& block) {
        if (!block) {
            m_problem->setText(style::message(block.error()));
            return;
        }
        m_model->setBlock(*block);
        m_grid->viewport()->update();
        updateFooter();
    });
}

Dims ValuesView::indexAt(const QModelIndex& cell) const {
    auto index = m_at;
    const auto dims = index.size();
    if (dims >= 1)
        index[dims - 1] = m_model->firstColumn() + std::uint64_t(cell.column());
    if (dims >= 2)
        index[dims - 2] = m_model->firstRow() + std::uint64_t(cell.row());
    return index;
}

/// The current value exactly, its bits, and where it is stored.
void ValuesView::updateFooter() {
    const auto cell = m_grid->currentIndex();
    const auto& block = m_model->block();
    const auto checkpoint = m_document->checkpoint();
    const auto row = m_model->firstRow() + std::uint64_t(std::max(0, cell.row()));
    const auto column = m_model->firstColumn() + std::uint64_t(std::max(0, cell.column()));
    if (!cell.isValid() || !block || !block->holds(row, column) || !checkpoint || !m_reader) {
        m_footer->clear();
        return;
    }
    const auto at = block->index(row, column);
    QStringList words{style::indexText(indexAt(cell)), block->texts[at], tr("bits %1").arg(block->bits[at])};
    const auto& plane = m_model->plane();
    if (const auto stored = m_reader->locate(plane.firstElement + row * plane.columns + column)) {
        const auto& file = checkpoint->file(stored->file);
        words << tr("%1 at byte %2").arg(style::plain(file.path, 120), style::grouped(stored->bit / 8));
        if (file.rank)
            words << tr("rank %1").arg(*file.rank);
    }
    m_footer->setText(words.join(QStringLiteral("   ")));
}

void ValuesView::copySelection() const {
    QModelIndexList cells = m_grid->selectionModel()->selectedIndexes();
    if (cells.size() > MostCopied)
        cells.resize(MostCopied);
    std::sort(cells.begin(), cells.end());
    const auto& block = m_model->block();
    QString text;
    int row = -1;
    for (const auto& cell : cells) {
        const auto atRow = m_model->firstRow() + std::uint64_t(cell.row()),
                   atColumn = m_model->firstColumn() + std::uint64_t(cell.column());
        if (row >= 0)
            text += row == cell.row() ? QLatin1Char('\t') : QLatin1Char('\n');
        row = cell.row();
        if (block && block->holds(atRow, atColumn))
            text += block->texts[block->index(atRow, atColumn)];
    }
    QGuiApplication::clipboard()->setText(text);
}

} // namespace shardlens::ui
