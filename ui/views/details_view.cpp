// SPDX-License-Identifier: Apache-2.0
#include "ui/views/details_view.h"

#include "ui/views/details/other_pages.h"
#include "ui/views/details/tensor_page.h"

#include <QStackedLayout>

namespace shardlens::ui {

DetailsView::DetailsView(Document* document, QWidget* parent)
    : QWidget(parent)
    , m_document(document)
    , m_stack(new QStackedLayout(this))
    , m_overview(new OverviewPage(document, this))
    , m_tensor(new TensorPage(document, this))
    , m_branch(new BranchPage(document, this))
    , m_entry(new EntryPage(document, this))
    , m_file(new FilePage(document, this))
    , m_finding(new FindingPage(document, this)) {
    for (QWidget* page :
         std::initializer_list<QWidget*>{m_overview, m_tensor, m_branch, m_entry, m_file, m_finding})
        m_stack->addWidget(page);
    setAccessibleName(tr("Details"));
    connect(m_tensor, &TensorPage::slicesWanted, this, &DetailsView::slicesWanted);
    connect(m_document, &Document::checkpointChanged, this, &DetailsView::becomeCheckpoint);
    connect(m_document->selection(), &Selection::changed, this, &DetailsView::followSelection);
    becomeCheckpoint();
}

QWidget* DetailsView::current() const {
    return m_stack->currentWidget();
}

void DetailsView::becomeCheckpoint() {
    for (DetailsPage* page :
         std::initializer_list<DetailsPage*>{m_tensor, m_branch, m_entry, m_file, m_finding})
        page->clear();
    m_overview->showCheckpoint();
    followSelection();
}

void DetailsView::followSelection() {
    const auto& item = m_document->selection()->current();
    QWidget* page = m_overview;
    if (m_document->checkpoint()) {
        switch (item.kind) {
        case SelectedItem::Kind::Nothing:
            break;
        case SelectedItem::Kind::Tensor:
            m_tensor->showTensor(item.tensorId());
            page = m_tensor;
            break;
        case SelectedItem::Kind::Entry:
            m_entry->showEntry(item.entryId());
            page = m_entry;
            break;
        case SelectedItem::Kind::File:
            m_file->showFile(item.fileId());
            page = m_file;
            break;
        case SelectedItem::Kind::Finding:
            m_finding->showFinding(item.findingId());
            page = m_finding;
            break;
        case SelectedItem::Kind::Branch:
            m_branch->showBranch(item.branch);
            page = m_branch;
            break;
        }
    }
    m_stack->setCurrentWidget(page);
}

} // namespace shardlens::ui
