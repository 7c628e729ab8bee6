// SPDX-License-Identifier: Apache-2.0
#include "ui/views/findings_view.h"

#include "ui/views/parts/empty_state.h"
#include "ui/views/parts/table.h"
#include "ui/views/parts/verdict_cards.h"

#include <QAction>
#include <QClipboard>
#include <QGuiApplication>
#include <QScopedValueRollback>
#include <QStackedLayout>
#include <QVBoxLayout>

namespace shardlens::ui {

FindingsView::FindingsView(Document* document, QWidget* parent)
    : QWidget(parent)
    , m_document(document)
    , m_model(new FindingsModel(this))
    , m_verdicts(new VerdictCards(this))
    , m_table(new Table(this))
    , m_nothing(new EmptyState(this))
    , m_stack(new QStackedLayout) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_verdicts);
    column->addLayout(m_stack, 1);
    m_table->setModel(m_model);
    m_table->horizontalHeader()->hide();
    m_table->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_table->setAccessibleName(tr("Findings"));
    m_table->setContextMenuPolicy(Qt::ActionsContextMenu);
    m_stack->addWidget(m_table);
    m_stack->addWidget(m_nothing);
    setFocusProxy(m_table);
    auto* copy = new QAction(tr("Copy"), m_table);
    copy->setShortcut(QKeySequence::Copy);
    copy->setShortcutContext(Qt::WidgetShortcut);
    m_table->addAction(copy);
    connect(copy, &QAction::triggered, this, &FindingsView::copy);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            [this](const QModelIndex& index) {
                if (m_updating || !index.isValid())
                    return;
                const QScopedValueRollback updating(m_updating, true);
                const auto id = m_model->idAt(index.row());
                m_document->selection()->select(
                    id ? SelectedItem::finding(*id)
                       : subjectOf(*m_document->checkpoint(), m_model->findingAt(index.row())));
            });
    connect(m_table, &QAbstractItemView::activated, this, [this](const QModelIndex& index) {
        const auto checkpoint = m_document->checkpoint();
        if (!checkpoint || !index.isValid())
            return;
        const auto subject = subjectOf(*checkpoint, m_model->findingAt(index.row()));
        if (!subject.isNothing())
            m_document->selection()->select(subject);
        emit activated();
    });
    connect(m_document, &Document::checkpointChanged, this, &FindingsView::becomeCheckpoint);
    connect(m_document->statistics(), &StatisticsStore::runningChanged, this, [this] {
        if (m_document->checkpoint() && !m_document->statistics()->isRunning())
            becomeCheckpoint();
    });
    connect(m_document->selection(), &Selection::changed, this, &FindingsView::followSelection);
    becomeCheckpoint();
}

QString FindingsView::summary() const {
    const auto checkpoint = m_document->checkpoint();
    if (!checkpoint)
        return {};
    const auto all = m_model->all();
    return all.empty() ? tr("none") : countsText(all);
}

void FindingsView::becomeCheckpoint() {
    const auto checkpoint = m_document->checkpoint();
    {
        const QScopedValueRollback updating(m_updating, true);
        m_model->setCheckpoint(checkpoint);
        if (checkpoint)
            m_model->setFound(m_document->statistics()->findings());
    }
    m_verdicts->setCheckpoint(checkpoint);
    m_table->fitColumns(FindingsModel::Advice);
    const bool any = m_model->rowCount() > 0;
    m_stack->setCurrentWidget(any ? static_cast<QWidget*>(m_table) : m_nothing);
    if (checkpoint)
        m_nothing->setText(
            tr("Nothing to report"),
            tr("Names, shapes, slices and file sizes agree. A deep check also reads the data."));
    else
        m_nothing->setText({}, {});
    emit summaryChanged();
}

void FindingsView::followSelection() {
    if (m_updating)
        return;
    const QScopedValueRollback updating(m_updating, true);
    const int row = m_model->rowOf(m_document->selection()->current().findingId());
    if (row >= 0)
        m_table->setCurrentIndex(m_model->index(row, 0));
    else if (const int now = m_table->currentIndex().row(); now < 0 || m_model->idAt(now))
        m_table->clearSelection(); // what was found in the values stays: it has sent the selection elsewhere
}

void FindingsView::copy() const {
    const auto index = m_table->currentIndex();
    if (index.isValid())
        QGuiApplication::clipboard()->setText(m_model->text(index.row()));
}

} // namespace shardlens::ui
