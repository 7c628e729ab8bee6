// SPDX-License-Identifier: Apache-2.0
#include "ui/views/tensors_view.h"

#include "ui/style/icons.h"
#include "ui/style/text.h"
#include "ui/views/parts/table.h"

#include <QAction>
#include <QClipboard>
#include <QFileDialog>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QSaveFile>
#include <QScopedValueRollback>
#include <QToolButton>
#include <QVBoxLayout>

namespace shardlens::ui {

TensorsView::TensorsView(Document* document, QWidget* parent)
    : QWidget(parent)
    , m_document(document)
    , m_model(new TensorsModel(this))
    , m_table(new Table(this))
    , m_count(new QLabel(this)) {
    m_table->setModel(m_model);
    m_table->setAccessibleName(tr("Tensors"));
    m_table->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_table->setContextMenuPolicy(Qt::ActionsContextMenu);
    m_table->horizontalHeader()->setSortIndicator(int(TensorColumn::Name), Qt::AscendingOrder);
    m_table->horizontalHeader()->setSortIndicatorShown(true);
    m_count->setTextFormat(Qt::PlainText);
    auto* save = new QToolButton(this);
    save->setIcon(style::icon(u"export-table"));
    save->setText(tr("Export…"));
    save->setToolTip(tr("Write the table as CSV or JSON"));
    save->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    save->setAutoRaise(true);
    auto* bar = new QHBoxLayout;
    bar->setContentsMargins(12, 4, 8, 4);
    bar->addWidget(m_count, 1);
    bar->addWidget(save);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(bar);
    column->addWidget(m_table, 1);
    setFocusProxy(m_table);

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
    connect(save, &QToolButton::clicked, this, &TensorsView::exportTable);
    connect(m_table->horizontalHeader(), &QHeaderView::sortIndicatorChanged, this, [this] { refresh(); });
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this, &TensorsView::pick);
    connect(m_document, &Document::checkpointChanged, this, &TensorsView::becomeCheckpoint);
    connect(m_document, &Document::filterChanged, this, &TensorsView::refresh);
    connect(m_document->selection(), &Selection::changed, this, &TensorsView::followSelection);
    becomeCheckpoint();
}

TensorsView::~TensorsView() = default;

void TensorsView::becomeCheckpoint() {
    m_marks = nullptr;
    m_marking.reset();
    m_model->setRows(nullptr, nullptr);
    refresh();
    const auto names = m_document->names();
    if (!names || names->checkpoint()->findings().empty())
        return;
    m_marking = m_document->runner()->run<Result<FindingMarksPtr>>(
        [names](const JobContext& context) { return FindingMarks::build(*names, context); });
    m_marking->then([this](const Result<FindingMarksPtr>& marks) {
        if (!marks)
            return;
        m_marks = *marks;
        m_model->setMarks(m_marks);
        if (m_table->horizontalHeader()->sortIndicatorSection() == int(TensorColumn::Finding))
            refresh();
        m_table->viewport()->update();
    });
}

void TensorsView::refresh() {
    const auto names = m_document->names();
    const auto filter = m_document->filter();
    if (!names || !filter) {
        m_sorting.reset();
        m_model->setRows(nullptr, nullptr);
        updateCount();
        return;
    }
    const auto* header = m_table->horizontalHeader();
    const auto section = std::clamp(header->sortIndicatorSection(), 0, TensorColumnCount - 1);
    const auto column = static_cast<TensorColumn>(section);
    const auto order = header->sortIndicatorOrder();
    m_sorting = m_document->runner()->run<Result<TensorRowsPtr>>(
        [names, filter, marks = m_marks, column, order](const JobContext& context) {
            return sortTensors(*names, *filter, marks.get(), column, order, context);
        });
    m_sorting->then([this, names](const Result<TensorRowsPtr>& rows) {
        if (!rows || names != m_document->names())
            return;
        const bool first = m_model->rowCount() == 0;
        {
            const QScopedValueRollback updating(m_updating, true);
            m_model->setRows(names, *rows);
            m_model->setMarks(m_marks);
        }
        if (first)
            m_table->fitColumns(int(TensorColumn::Name));
        updateCount();
        followSelection();
        emit rowsChanged();
    });
}

void TensorsView::updateCount() {
    const auto names = m_document->names();
    if (!names) {
        m_count->clear();
        return;
    }
    const auto all = std::uint64_t{names->checkpoint()->tensorCount()};
    const auto shown = static_cast<std::uint64_t>(m_model->rowCount());
    m_count->setText(shown == all ? tr("%1 tensors").arg(style::grouped(all))
                                  : tr("%1 of %2 tensors").arg(style::grouped(shown), style::grouped(all)));
}

void TensorsView::followSelection() {
    if (m_updating)
        return;
    const QScopedValueRollback updating(m_updating, true);
    const int row = m_model->rowOf(m_document->selection()->current().tensorId());
    if (row < 0) {
        m_table->clearSelection();
        return;
    }
    const auto index = m_model->index(row, 0);
    m_table->setCurrentIndex(index);
    m_table->scrollTo(index);
}

void TensorsView::pick() {
    if (m_updating)
        return;
    const auto tensor = m_model->tensorAt(m_table->currentIndex().row());
    if (!tensor.valid())
        return;
    const QScopedValueRollback updating(m_updating, true);
    m_document->selection()->select(SelectedItem::tensor(tensor));
}

std::vector<std::uint32_t> TensorsView::selectedTensors() const {
    std::vector<std::uint32_t> out;
    for (const auto& index : m_table->selectionModel()->selectedRows())
        out.push_back(m_model->tensorAt(index.row()).value());
    return out;
}

void TensorsView::copy(bool wholeRows) {
    const auto checkpoint = m_document->checkpoint();
    const auto tensors = selectedTensors();
    if (!checkpoint || tensors.empty())
        return;
    QString text;
    if (wholeRows) {
        const auto csv = tableText(*checkpoint, tensors, TableFormat::Csv, JobContext());
        text = csv ? QString::fromStdString(*csv) : QString();
    } else {
        for (const auto tensor : tensors) {
            const auto name = checkpoint->tensor(TensorId(tensor)).name();
            text += (text.isEmpty() ? QString() : QStringLiteral("\n")) +
                    QString::fromUtf8(name.data(), qsizetype(name.size()));
        }
    }
    QGuiApplication::clipboard()->setText(text);
}

void TensorsView::exportTable() {
    if (!m_model->rows())
        return;
    const auto path = QFileDialog::getSaveFileName(this, tr("Export Table"), QStringLiteral("tensors.csv"),
                                                   tr("CSV (*.csv);;JSON (*.json)"));
    if (!path.isEmpty())
        exportTo(path);
}

void TensorsView::exportTo(const QString& path) {
    const auto checkpoint = m_document->checkpoint();
    const auto rows = m_model->rows();
    if (!checkpoint || !rows)
        return;
    const auto format =
        path.endsWith(QStringLiteral(".json"), Qt::CaseInsensitive) ? TableFormat::Json : TableFormat::Csv;
    m_exporting = m_document->runner()->run<QString>([=](const JobContext& context) {
        const auto text = tableText(*checkpoint, rows->tensors, format, context);
        if (!text)
            return style::message(text.error());
        QSaveFile file(path); // nothing under the name until it is complete
        const bool written = file.open(QIODevice::WriteOnly) &&
                             file.write(text->data(), qint64(text->size())) == qint64(text->size()) &&
                             file.commit();
        return written ? QString() : file.errorString();
    });
    m_exporting->then([this, path](const QString& failure) { emit exported(path, failure); });
}

} // namespace shardlens::ui
