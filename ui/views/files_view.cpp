// SPDX-License-Identifier: Apache-2.0
#include "ui/views/files_view.h"

#include "ui/views/parts/table.h"

#include <QAction>
#include <QClipboard>
#include <QGuiApplication>
#include <QScopedValueRollback>
#include <QVBoxLayout>

namespace shardlens::ui {

FilesView::FilesView(Document* document, QWidget* parent)
    : QWidget(parent)
    , m_document(document)
    , m_model(new FilesModel(this))
    , m_table(new Table(this)) {
    m_table->setModel(m_model);
    m_table->setAccessibleName(tr("Files"));
    m_table->setContextMenuPolicy(Qt::ActionsContextMenu);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(m_table);
    setFocusProxy(m_table);
    auto* copy = new QAction(tr("Copy Name"), m_table);
    copy->setShortcut(QKeySequence::Copy);
    copy->setShortcutContext(Qt::WidgetShortcut);
    m_table->addAction(copy);
    connect(copy, &QAction::triggered, this, [this] {
        const auto file = m_model->fileAt(m_table->currentIndex().row());
        if (file.valid())
            QGuiApplication::clipboard()->setText(
                QString::fromStdString(m_document->checkpoint()->file(file).path));
    });
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            [this](const QModelIndex& index) {
                const auto file = m_model->fileAt(index.row());
                if (m_updating || !file.valid())
                    return;
                const QScopedValueRollback updating(m_updating, true);
                m_document->selection()->select(SelectedItem::file(file));
            });
    connect(m_document, &Document::checkpointChanged, this, &FilesView::becomeCheckpoint);
    connect(m_document->selection(), &Selection::changed, this, &FilesView::followSelection);
    becomeCheckpoint();
}

FilesView::~FilesView() = default;

void FilesView::becomeCheckpoint() {
    m_summing.reset();
    const auto checkpoint = m_document->checkpoint();
    {
        const QScopedValueRollback updating(m_updating, true);
        m_model->setCheckpoint(checkpoint);
    }
    m_table->fitColumns(FilesModel::Name);
    if (!checkpoint)
        return;
    m_summing = m_document->runner()->run<Result<FileSumsPtr>>(
        [checkpoint](const JobContext& context) { return sumFiles(*checkpoint, context); });
    m_summing->then([this](const Result<FileSumsPtr>& sums) {
        if (!sums)
            return;
        m_model->setSums(*sums);
        m_table->fitColumns(FilesModel::Name);
        m_table->viewport()->update();
    });
}

void FilesView::followSelection() {
    if (m_updating)
        return;
    const QScopedValueRollback updating(m_updating, true);
    const auto& item = m_document->selection()->current();
    auto file = item.fileId();
    const auto checkpoint = m_document->checkpoint();
    if (checkpoint && item.isTensor())
        if (const auto tensor = checkpoint->tensor(item.tensorId()); tensor.sliceCount() > 0)
            file = checkpoint->slice(tensor.slice(0)).file;
    const int row = m_model->rowOf(file);
    if (row >= 0)
        m_table->setCurrentIndex(m_model->index(row, 0));
    else
        m_table->clearSelection();
}

} // namespace shardlens::ui
