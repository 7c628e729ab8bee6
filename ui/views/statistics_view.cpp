// SPDX-License-Identifier: Apache-2.0
#include "ui/views/statistics_view.h"

#include "ui/style/icons.h"
#include "ui/style/small_widgets.h"
#include "ui/style/text.h"
#include "ui/views/maps/layer_plot.h"
#include "ui/views/parts/empty_state.h"
#include "ui/views/parts/legend.h"
#include "ui/views/parts/table.h"
#include "ui/views/parts/value_findings.h"

#include <QAction>
#include <QClipboard>
#include <QComboBox>
#include <QFileDialog>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QSaveFile>
#include <QScopedValueRollback>
#include <QSplitter>
#include <QStackedLayout>
#include <QToolButton>
#include <QVBoxLayout>

namespace shardlens::ui {
namespace {

constexpr int PollMilliseconds = 67; // 15 Hz
constexpr std::size_t MostCopied = 100'000;

} // namespace

StatisticsView::StatisticsView(Document* document, QWidget* parent)
    : QWidget(parent)
    , m_document(document)
    , m_store(document->statistics())
    , m_model(new StatisticsModel(this))
    , m_stack(new QStackedLayout(this))
    , m_nothing(new EmptyState(this))
    , m_summary(new QLabel(this))
    , m_bar(new style::ThinBar(this))
    , m_start(new QPushButton(tr("Compute"), this))
    , m_save(new QToolButton(this))
    , m_findings(new ValueFindings(this))
    , m_measures(new QComboBox(this))
    , m_log(new QToolButton(this))
    , m_plot(new LayerPlot(this))
    , m_legend(new Legend(this))
    , m_table(new Table(this)) {
    m_table->setModel(m_model);
    m_table->setAccessibleName(tr("Statistics of the tensors"));
    m_table->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_table->setContextMenuPolicy(Qt::ActionsContextMenu);
    m_table->horizontalHeader()->setSortIndicator(int(StatisticsColumn::State), Qt::DescendingOrder);
    m_table->horizontalHeader()->setSortIndicatorShown(true);
    auto* splitter = new QSplitter(Qt::Vertical, this);
    splitter->addWidget(makePlot());
    splitter->addWidget(m_table);
    splitter->setStretchFactor(1, 1);
    splitter->setSizes({230, 400});
    auto* whole = new QWidget(this);
    auto* column = new QVBoxLayout(whole);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(makeBar());
    column->addWidget(m_findings);
    column->addWidget(splitter, 1);
    m_stack->addWidget(m_nothing);
    m_stack->addWidget(whole);
    setFocusProxy(m_table);
    makeActions();
    m_poll.setInterval(PollMilliseconds);
    connect(&m_poll, &QTimer::timeout, this, &StatisticsView::showState);
    connect(m_table->horizontalHeader(), &QHeaderView::sortIndicatorChanged, this, [this] { refresh(); });
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this] {
        if (!m_updating)
            select(m_model->tensorAt(m_table->currentIndex().row()));
    });
    connect(m_findings, &ValueFindings::picked, this, &StatisticsView::select);
    connect(m_plot, &LayerPlot::picked, this, &StatisticsView::select);
    connect(m_store, &StatisticsStore::changed, this, &StatisticsView::refresh);
    connect(m_store, &StatisticsStore::runningChanged, this, &StatisticsView::showState);
    connect(m_document, &Document::checkpointChanged, this, [this] {
        m_fitted = false;
        m_asked = nullptr;
        showState();
    });
    connect(m_document, &Document::filterChanged, this, [this] {
        refresh();
        showState();
    });
    connect(m_document->selection(), &Selection::changed, this, &StatisticsView::followSelection);
    refresh();
    showState();
}

StatisticsView::~StatisticsView() = default;

QWidget* StatisticsView::makeBar() {
    auto* bar = new QWidget(this);
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(12, 4, 8, 4);
    row->setSpacing(8);
    m_summary->setTextFormat(Qt::PlainText);
    m_summary->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_bar->setAccessibleName(tr("Progress of the statistics"));
    m_bar->setMinimumWidth(120);
    m_save->setIcon(style::icon(u"export-table"));
    m_save->setText(tr("Export…"));
    m_save->setToolTip(tr("Write the table as CSV or JSON"));
    m_save->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_save->setAutoRaise(true);
    row->addWidget(m_summary, 1);
    row->addWidget(m_bar);
    row->addWidget(m_start);
    row->addWidget(m_save);
    connect(m_save, &QToolButton::clicked, this, &StatisticsView::exportTable);
    connect(m_start, &QPushButton::clicked, this, [this] {
        if (m_store->isRunning())
            m_store->cancel();
        else
            start();
    });
    return bar;
}

QWidget* StatisticsView::makePlot() {
    auto* box = new QWidget(this);
    auto* row = new QHBoxLayout;
    row->setContentsMargins(12, 2, 8, 2);
    row->setSpacing(8);
    for (const auto measure :
         {LayerMeasure::L2, LayerMeasure::Rms, LayerMeasure::Std, LayerMeasure::AbsMax, LayerMeasure::Zeros})
        m_measures->addItem(layerMeasureTitle(measure), int(measure));
    m_measures->setAccessibleName(tr("What the plot shows"));
    m_log->setText(tr("log"));
    m_log->setToolTip(tr("Logarithmic scale"));
    m_log->setCheckable(true);
    m_log->setChecked(true);
    m_log->setAutoRaise(true);
    auto* label = new QLabel(tr("By layer"), box);
    label->setBuddy(m_measures);
    auto bold = label->font();
    bold.setWeight(QFont::DemiBold);
    label->setFont(bold);
    row->addWidget(label);
    row->addWidget(m_measures);
    row->addStretch();
    row->addWidget(m_log);
    auto* column = new QVBoxLayout(box);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(row);
    column->addWidget(m_plot, 1);
    column->addWidget(m_legend);
    connect(m_measures, &QComboBox::activated, this, &StatisticsView::refreshPlot);
    connect(m_log, &QToolButton::toggled, m_plot, &LayerPlot::setLogarithmic);
    return box;
}

void StatisticsView::makeActions() {
    const auto action = [this](const QString& text, const QKeySequence& keys, auto act) {
        auto* made = new QAction(text, m_table);
        made->setShortcut(keys);
        made->setShortcutContext(Qt::WidgetShortcut);
        connect(made, &QAction::triggered, this, act);
        m_table->addAction(made);
    };
    action(tr("Copy Names"), QKeySequence::Copy, [this] { copy(false); });
    action(tr("Copy Rows as CSV"), {}, [this] { copy(true); });
    action(tr("Export Table…"), {}, [this] { exportTable(); });
}

void StatisticsView::start() {
    m_asked = m_document->filter();
    m_fitted = false;
    m_store->start(m_asked);
}

void StatisticsView::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    if (m_stale)
        refresh();
}

std::uint64_t StatisticsView::matching() const {
    return m_document->filter() ? m_document->filter()->total().tensors : 0;
}

/// Sorts what is there in a worker; where figures arrive meanwhile, once more after that.
void StatisticsView::refresh() {
    const auto names = m_document->names();
    const auto filter = m_document->filter();
    if (!names || !filter || m_store->table()->size == 0) {
        m_sorting.reset();
        m_lining.reset();
        showRows(nullptr);
        m_plot->setLines(nullptr, nullptr, LayerMeasure::L2);
        return;
    }
    // Nothing is sorted for a tab that nobody looks at; while a run goes on, a sort ends before the next begins.
    m_stale = !isVisible() || (m_sorting && m_store->isRunning());
    if (m_stale)
        return;
    const auto* header = m_table->horizontalHeader();
    const auto section = std::clamp(header->sortIndicatorSection(), 0, StatisticsColumnCount - 1);
    m_sorting = m_document->runner()->run<Result<StatisticsRowsPtr>>(
        [names, filter, table = m_store->table(), column = static_cast<StatisticsColumn>(section),
         order = header->sortIndicatorOrder()](const JobContext& context) {
            return sortStatistics(*names, *filter, table, column, order, context);
        });
    m_sorting->then([this, names](const Result<StatisticsRowsPtr>& rows) {
        m_sorting.reset();
        if (rows && names == m_document->names())
            showRows(*rows);
        if (m_stale)
            refresh();
    });
    refreshPlot();
}

void StatisticsView::refreshPlot() {
    const auto names = m_document->names();
    const auto filter = m_document->filter();
    if (!names || !filter || m_store->table()->size == 0)
        return;
    m_lineStale = m_lining && m_store->isRunning(); // a plot is finished before the next begins
    if (m_lineStale)
        return;
    const auto measure = static_cast<LayerMeasure>(m_measures->currentData().toInt());
    m_lining = m_document->runner()->run<Result<LayerLinesPtr>>(
        [names, filter, table = m_store->table(), measure](const JobContext& context) {
            return layerLines(*names, *filter, *table, measure, context);
        });
    m_lining->then([this, names, measure](const Result<LayerLinesPtr>& lines) {
        m_lining.reset();
        if (!lines || names != m_document->names())
            return;
        m_plot->setLines(names->checkpoint(), *lines, measure);
        m_plot->setSelected(m_document->selection()->current().tensorId());
        m_legend->setItems(m_plot->legend());
        if (m_lineStale)
            refreshPlot();
    });
}

void StatisticsView::showRows(const StatisticsRowsPtr& rows) {
    {
        const QScopedValueRollback updating(m_updating, true);
        m_model->setRows(rows ? m_document->checkpoint() : nullptr, rows);
    }
    if (rows && !rows->rows.empty() && !m_fitted) {
        m_table->fitColumns(int(StatisticsColumn::Name));
        m_fitted = !m_store->isRunning();
    }
    followSelection();
    emit rowsChanged();
}

QString StatisticsView::progressText() const {
    const auto progress = m_store->progress();
    QString text =
        tr("%1 of %2 tensors").arg(style::grouped(m_store->table()->size), style::grouped(m_store->wanted()));
    if (progress.countsBytes && progress.total > 0)
        text += QStringLiteral("   ") +
                tr("%1 of %2").arg(style::bytesText(progress.done), style::bytesText(progress.total));
    if (progress.perSecond > 0)
        text += QStringLiteral("   ") + tr("%1/s").arg(style::bytesText(std::uint64_t(progress.perSecond)));
    if (progress.secondsLeft && *progress.secondsLeft >= 1)
        text += QStringLiteral("   ") + tr("%1 s left").arg(qRound64(*progress.secondsLeft));
    return text;
}

QString StatisticsView::summaryText() const {
    const auto known = m_store->table()->size, wanted = m_store->wanted();
    if (!m_store->isComplete())
        return tr("Stopped after %1 of %2 tensors").arg(style::grouped(known), style::grouped(wanted));
    return tr("%1 tensors in %2 s").arg(style::grouped(known), style::numberText(m_store->seconds(), 3));
}

void StatisticsView::showState() {
    const auto checkpoint = m_document->checkpoint();
    const bool running = m_store->isRunning(), there = m_store->table()->size > 0;
    if (running)
        m_poll.start();
    else
        m_poll.stop();
    m_stack->setCurrentIndex(running || there ? 1 : 0);
    if (!running && !there) {
        m_nothing->clearActions();
        m_nothing->setText(checkpoint ? tr("No statistics yet") : QString(),
                           checkpoint ? tr("They read every value once: %1 in %2 tensors.")
                                            .arg(style::bytesText(m_document->filter()->total().bytes),
                                                 style::grouped(matching()))
                                      : QString());
        if (checkpoint && matching() > 0)
            m_nothing->addAction(tr("Compute statistics"), [this] { start(); });
        m_findings->hide();
        return;
    }
    const auto progress = m_store->progress();
    m_bar->setVisible(running);
    m_bar->setShare(running && progress.total > 0 ? double(progress.done) / double(progress.total) : -1);
    m_summary->setText(running ? progressText() : summaryText());
    const bool other = m_asked != m_document->filter();
    m_start->setText(running                          ? tr("Cancel")
                     : other || m_store->isComplete() ? tr("Compute for %1").arg(style::grouped(matching()))
                                                      : tr("Compute again"));
    m_start->setVisible(running || other || !m_store->isComplete());
    m_start->setEnabled(running || matching() > 0);
    m_save->setEnabled(there);
    m_findings->setVisible(!running);
    if (!running)
        m_findings->setFindings(m_store->findings(), m_store->isComplete());
}

void StatisticsView::followSelection() {
    const auto tensor = m_document->selection()->current().tensorId();
    m_plot->setSelected(tensor);
    if (m_updating)
        return;
    const QScopedValueRollback updating(m_updating, true);
    const int row = m_model->rowOf(tensor);
    if (row < 0) {
        m_table->clearSelection();
        return;
    }
    const auto index = m_model->index(row, 0);
    m_table->setCurrentIndex(index);
    if (!m_store->isRunning()) // rows move while they fill in
        m_table->scrollTo(index);
}

void StatisticsView::select(TensorId tensor) {
    if (tensor.valid())
        m_document->selection()->select(SelectedItem::tensor(tensor));
}

void StatisticsView::copy(bool wholeRows) {
    const auto checkpoint = m_document->checkpoint();
    const auto shown = m_model->rows();
    if (!checkpoint || !shown)
        return;
    StatisticsRows chosen{shown->table, {}, {}};
    for (const auto& index : m_table->selectionModel()->selectedRows())
        if (chosen.rows.size() < MostCopied)
            chosen.rows.push_back(shown->rows[std::size_t(index.row())]);
    QString text;
    if (wholeRows) {
        const auto csv = statisticsText(*checkpoint, chosen, TableFormat::Csv, JobContext());
        text = csv ? QString::fromStdString(*csv) : QString();
    } else {
        for (const auto* one : chosen.rows) {
            const auto name = checkpoint->tensor(one->tensor).name();
            text += (text.isEmpty() ? QString() : QStringLiteral("\n")) +
                    QString::fromUtf8(name.data(), qsizetype(name.size()));
        }
    }
    QGuiApplication::clipboard()->setText(text);
}

void StatisticsView::exportTable() {
    if (!m_model->rows())
        return;
    const auto path = QFileDialog::getSaveFileName(
        this, tr("Export Statistics"), QStringLiteral("statistics.csv"), tr("CSV (*.csv);;JSON (*.json)"));
    if (!path.isEmpty())
        exportTo(path);
}

void StatisticsView::exportTo(const QString& path) {
    const auto checkpoint = m_document->checkpoint();
    const auto rows = m_model->rows();
    if (!checkpoint || !rows)
        return;
    const auto format =
        path.endsWith(QStringLiteral(".json"), Qt::CaseInsensitive) ? TableFormat::Json : TableFormat::Csv;
    m_exporting = m_document->runner()->run<QString>([=](const JobContext& context) {
        const auto text = statisticsText(*checkpoint, *rows, format, context);
        if (!text)
            return style::message(text.error());
        QSaveFile file(path); // nothing under the name until it is complete
        const bool written = file.open(QIODevice::WriteOnly) &&
                             file.write(text->data(), qint64(text->size())) == qint64(text->size()) &&
                             file.commit();
        return written ? QString() : file.errorString();
    });
    m_exporting->then([this, path](const QString& failure) {
        if (!failure.isEmpty())
            m_summary->setText(tr("Not exported: %1").arg(failure));
        emit exported(path, failure);
    });
}

} // namespace shardlens::ui
