// SPDX-License-Identifier: Apache-2.0
#include "ui/views/contents_view.h"

#include "ui/style/icons.h"
#include "ui/style/text.h"
#include "ui/views/contents_delegate.h"
#include "ui/views/parts/empty_state.h"
#include "ui/views/parts/flat_header.h"
#include "ui/views/parts/link_button.h"

#include <QAction>
#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QScopedValueRollback>
#include <QScrollBar>
#include <QStackedLayout>
#include <QTreeView>
#include <QVBoxLayout>

#include <algorithm>

namespace shardlens::ui {
namespace {

constexpr int FewMatches = 60; ///< a filter that leaves so few shows them all
constexpr int RowsAtFirst = 36;
constexpr std::uint32_t MarkedAtOnce = 100'000; ///< items whose filter is folded without a worker

} // namespace

ContentsView::ContentsView(Document* document, QWidget* parent)
    : QWidget(parent)
    , m_document(document)
    , m_model(new ContentsModel(this))
    , m_tree(new QTreeView(this))
    , m_delegate(new ContentsDelegate(m_model, this))
    , m_foot(new QWidget(this))
    , m_hidden(new QLabel(m_foot))
    , m_nothing(new EmptyState(this))
    , m_stack(new QStackedLayout)
    , m_fold(new QAction(style::icon(u"fold"), tr("Fold Alike Layers"), this)) {
    m_fold->setCheckable(true);
    m_fold->setChecked(true);
    m_tree->setModel(m_model);
    m_tree->setItemDelegate(m_delegate);
    m_tree->setHeader(new FlatHeader(m_tree));
    m_tree->setFrameShape(QFrame::NoFrame);
    m_tree->setIndentation(14);
    m_tree->setUniformRowHeights(true);
    m_tree->setAllColumnsShowFocus(true);
    m_tree->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_tree->setContextMenuPolicy(Qt::CustomContextMenu);
    m_tree->setAccessibleName(tr("Contents"));
    m_tree->setExpandsOnDoubleClick(true);
    m_tree->header()->setStretchLastSection(false);
    m_tree->header()->setSectionsMovable(false);
    for (int column = 0; column < ContentsModel::ColumnCount; ++column)
        m_tree->header()->setSectionResizeMode(column, QHeaderView::Fixed);
    m_tree->header()->setSectionResizeMode(ContentsModel::Name, QHeaderView::Stretch);

    auto* foot = new QHBoxLayout(m_foot);
    foot->setContentsMargins(12, 4, 8, 4);
    m_hidden->setTextFormat(Qt::PlainText);
    auto* clear = new LinkButton(tr("Clear filter"), m_foot);
    foot->addWidget(m_hidden, 1);
    foot->addWidget(clear);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(m_stack, 1);
    column->addWidget(m_foot);
    m_stack->addWidget(m_tree);
    m_stack->addWidget(m_nothing);
    setFocusProxy(m_tree);

    auto* copy = new QAction(tr("Copy Name"), m_tree);
    copy->setShortcut(QKeySequence::Copy);
    copy->setShortcutContext(Qt::WidgetShortcut);
    m_tree->addAction(copy);
    connect(copy, &QAction::triggered, this, &ContentsView::copyName);
    connect(clear, &QAbstractButton::clicked, this, [this] { m_document->setFilterText({}); });
    connect(m_tree, &QWidget::customContextMenuRequested, this, &ContentsView::showMenu);
    connect(m_tree->selectionModel(), &QItemSelectionModel::currentChanged, this, &ContentsView::pick);
    connect(m_tree, &QTreeView::expanded, this, [this](const QModelIndex& index) {
        if (!m_updating) {
            m_open.insert(m_model->keyOf(index));
            dropColumns();
        }
    });
    connect(m_tree, &QTreeView::collapsed, this, [this](const QModelIndex& index) {
        if (!m_updating)
            m_open.remove(m_model->keyOf(index));
    });
    m_tree->viewport()->installEventFilter(this);
    connect(m_fold, &QAction::toggled, this, [this] { becomeFilter(); });
    connect(m_document, &Document::checkpointChanged, this, &ContentsView::becomeCheckpoint);
    connect(m_document, &Document::filterChanged, this, &ContentsView::becomeFilter);
    connect(m_document->selection(), &Selection::changed, this, &ContentsView::followSelection);
    becomeCheckpoint();
}

ContentsView::~ContentsView() = default;

QString ContentsView::summary() const {
    const auto names = m_document->names();
    if (!names)
        return {};
    const auto all = names->sums(names->root()).bytes;
    const auto filter = m_document->filter();
    if (!filter || filter->matchesAll())
        return style::bytesText(all);
    return tr("%1 of %2").arg(style::bytesText(filter->total().bytes), style::bytesText(all));
}

ContentsModel::Content ContentsView::contentNow() const {
    return {m_document->names(), m_document->filter(),
            m_derived.marks,     m_fold->isChecked() ? m_derived.folding : nullptr,
            m_foldMarks,         m_alone};
}

void ContentsView::becomeCheckpoint() {
    m_open.clear();
    m_marking.reset();
    m_deriving.reset();
    m_derived = {};
    m_foldMarks = nullptr;
    m_alone.reset();
    showContent(contentNow());
    openAtFirst();
    deriveMore();
}

/// Marks and folds follow in a worker: the first look does not wait for them.
void ContentsView::deriveMore() {
    const auto names = m_document->names();
    if (!names)
        return;
    m_deriving =
        m_document->runner()->run<Result<Derived>>([names](const JobContext& context) -> Result<Derived> {
            Derived derived;
            SHARDLENS_TRY(derived.marks, FindingMarks::build(*names, context));
            SHARDLENS_TRY(derived.folding, Folding::build(names, context));
            return derived;
        });
    m_deriving->then([this](const Result<Derived>& derived) {
        if (!derived)
            return;
        m_derived = *derived;
        becomeFilter();
        openAtFirst();
        followSelection();
    });
}

void ContentsView::becomeFilter() {
    const auto names = m_document->names();
    if (names != m_model->content().names)
        return; // a new checkpoint is announced separately
    const auto topItem = m_model->itemOf(m_tree->indexAt(QPoint(1, 1)));
    markFolds();
    showContent(contentNow());
    const QScopedValueRollback updating(m_updating, true);
    if (const auto index = m_model->indexOf(topItem); index.isValid() && !topItem.isNothing())
        m_tree->scrollTo(index, QAbstractItemView::PositionAtTop);
    if (const auto index = m_model->indexOf(m_document->selection()->current()); index.isValid())
        m_tree->setCurrentIndex(index);
}

/// What the filter leaves decides what is alike; for a million items a worker finds out.
void ContentsView::markFolds() {
    using Marks = Result<std::shared_ptr<const FoldMarks>>;
    m_foldMarks = nullptr;
    m_marking.reset();
    const auto filter = m_document->filter();
    if (!m_derived.folding || !filter || filter->matchesAll())
        return;
    const auto mark = [folding = m_derived.folding, filter](const JobContext&) -> Marks {
        return std::make_shared<const FoldMarks>(folding->mark(filter->bits()));
    };
    if (m_document->names()->size() <= MarkedAtOnce) {
        m_foldMarks = *mark(JobContext());
        return;
    }
    m_marking = m_document->runner()->run<Marks>(mark);
    m_marking->then([this](const Marks& marks) {
        m_foldMarks = *marks;
        showContent(contentNow());
    });
}

/// The fold gives way to the layer that is selected; what was open stays open and nothing above it moves.
void ContentsView::splitAround(const SelectedItem& item) {
    const auto names = m_document->names();
    if (!names || !m_derived.folding || !m_fold->isChecked())
        return;
    std::uint32_t position = item.branch.begin;
    if (item.isTensor() || item.kind == SelectedItem::Kind::Entry) {
        const auto index = item.isTensor() ? item.id : names->checkpoint()->tensorCount() + item.id;
        if (index >= names->size())
            return;
        position = names->position(index);
    }
    if (m_alone == position)
        return;
    m_alone = position;
    const int scrolled = m_tree->verticalScrollBar()->value();
    showContent(contentNow());
    m_tree->verticalScrollBar()->setValue(scrolled);
}

void ContentsView::showContent(const ContentsModel::Content& content) {
    {
        const QScopedValueRollback updating(m_updating, true);
        m_model->setContent(content);
        openRemembered({});
        const auto& filter = content.filter;
        if (filter && !filter->matchesAll() &&
            filter->total().tensors + filter->total().entries <= FewMatches) {
            int budget = 4 * FewMatches;
            openAll({}, budget);
        }
    }
    dropColumns();
    updateFoot();
    updateNothing();
    emit summaryChanged();
}

/// Opens what has few rows, so that the first look shows structure and not one closed line.
void ContentsView::openAtFirst() {
    QList<QModelIndex> queue;
    for (int row = 0; row < m_model->rowCount(); ++row)
        queue.append(m_model->index(row, 0));
    auto rows = queue.size();
    for (qsizetype i = 0; i < queue.size() && i < RowsAtFirst; ++i) {
        const auto index = queue[i];
        if (!m_model->hasChildren(index))
            continue;
        const auto branch = m_model->branchOf(index);
        if (branch.depth > 3 || m_model->row(index).share < 0.02)
            continue;
        const auto children = m_model->rowCount(index);
        if (rows + children > RowsAtFirst && queue.size() > 1 && i > 0)
            continue;
        m_tree->expand(index);
        rows += children;
        for (int row = 0; row < std::min(children, RowsAtFirst); ++row)
            queue.append(m_model->index(row, 0, index));
    }
}

void ContentsView::openRemembered(const QModelIndex& parent) {
    if (m_open.isEmpty())
        return;
    for (int row = 0; row < m_model->rowCount(parent); ++row) {
        const auto index = m_model->index(row, 0, parent);
        if (!m_open.contains(m_model->keyOf(index)) || !m_model->hasChildren(index))
            continue;
        m_tree->expand(index);
        openRemembered(index);
    }
}

void ContentsView::openAll(const QModelIndex& parent, int& budget) {
    for (int row = 0; row < m_model->rowCount(parent) && budget > 0; ++row, --budget) {
        const auto index = m_model->index(row, 0, parent);
        if (!m_model->hasChildren(index))
            continue;
        m_tree->expand(index);
        openAll(index, budget);
    }
}

void ContentsView::followSelection() {
    if (m_updating)
        return;
    const auto& item = m_document->selection()->current();
    const bool inTree =
        item.isTensor() || item.kind == SelectedItem::Kind::Entry || item.kind == SelectedItem::Kind::Branch;
    const QScopedValueRollback updating(m_updating, true);
    auto index = m_model->indexOf(item);
    if (inTree && (!index.isValid() || m_model->isWithinAlike(index))) {
        splitAround(item);
        index = m_model->indexOf(item);
    }
    if (index.isValid()) {
        m_tree->setCurrentIndex(index);
        m_tree->scrollTo(index);
    } else {
        m_tree->selectionModel()->clear();
    }
}

void ContentsView::pick(const QModelIndex& index) {
    if (m_updating || !index.isValid())
        return;
    const auto item = m_model->itemOf(index);
    if (item.isNothing())
        return;
    const bool within = m_model->isWithinAlike(index);
    {
        const QScopedValueRollback updating(m_updating, true);
        m_document->selection()->select(item);
    }
    if (within) // the row was that of the first of the alike ones; not while the tree handles the click
        QMetaObject::invokeMethod(this, &ContentsView::followSelection, Qt::QueuedConnection);
}

bool ContentsView::eventFilter(QObject* watched, QEvent* event) {
    if (watched == m_tree->viewport() && event->type() == QEvent::Resize)
        dropColumns();
    return QWidget::eventFilter(watched, event);
}

void ContentsView::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::FontChange || event->type() == QEvent::StyleChange)
        dropColumns();
}

void ContentsView::updateFoot() {
    const auto names = m_document->names();
    const auto filter = m_document->filter();
    const bool filtered = names && filter && !filter->matchesAll();
    m_foot->setVisible(filtered);
    if (!filtered)
        return;
    const auto hidden = names->size() - filter->total().tensors - filter->total().entries;
    m_hidden->setText(hidden == 1 ? tr("1 entry hidden by the filter")
                                  : tr("%1 entries hidden by the filter").arg(style::grouped(hidden)));
}

void ContentsView::updateNothing() {
    const auto names = m_document->names();
    const auto filter = m_document->filter();
    const bool nothing = names && names->size() == 0;
    const bool none = names && !nothing && filter && !filter->matchesAll() &&
                      filter->total().tensors + filter->total().entries == 0;
    m_stack->setCurrentWidget(nothing || none ? static_cast<QWidget*>(m_nothing) : m_tree);
    m_nothing->clearActions();
    if (nothing)
        m_nothing->setText(tr("Nothing inside"),
                           tr("The checkpoint names no tensors and no values. The findings say why."));
    if (!none)
        return;
    const auto text = filter->filter().text();
    const auto& terms = filter->filter().terms();
    QString explanation;
    if (filter->termToDrop() < terms.size()) {
        const auto& term = terms[filter->termToDrop()];
        const auto word = style::plain(std::string_view(text).substr(term.begin, term.end - term.begin), 40);
        explanation =
            tr("%1 tensors would match without %2").arg(style::grouped(filter->tensorsWithoutTerm()), word);
        const auto left = (text.substr(0, term.begin) + text.substr(std::min(text.size(), term.end + 1)));
        m_nothing->addAction(tr("Drop %1").arg(word), [this, left] {
            m_document->setFilterText(QString::fromStdString(left).trimmed());
        });
    }
    m_nothing->setText(tr("No tensor matches %1").arg(style::plain(text, 60)), explanation);
    m_nothing->addAction(tr("Clear filter"), [this] { m_document->setFilterText({}); });
}

void ContentsView::copyName() const {
    const auto index = m_tree->currentIndex();
    if (index.isValid())
        QGuiApplication::clipboard()->setText(QString::fromStdString(m_model->rawName(index)));
}

void ContentsView::showMenu(const QPoint& at) {
    const auto index = m_tree->indexAt(at).siblingAtColumn(0);
    if (!index.isValid())
        return;
    QMenu menu(this);
    menu.addAction(tr("Copy Name"), this, [this, index = QPersistentModelIndex(index)] {
        QGuiApplication::clipboard()->setText(QString::fromStdString(m_model->rawName(index)));
    });
    if (m_model->hasChildren(index)) {
        const QPersistentModelIndex kept(index);
        menu.addAction(tr("Open All Below"), this, [this, kept] {
            int budget = 5000; // rows; a tree of a million tensors stays usable
            m_tree->expand(kept);
            openAll(kept, budget);
        });
        menu.addAction(tr("Close"), this, [this, kept] { m_tree->collapse(kept); });
    }
    menu.exec(m_tree->viewport()->mapToGlobal(at));
}

} // namespace shardlens::ui
