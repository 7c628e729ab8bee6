// SPDX-License-Identifier: Apache-2.0
#include "ui/shell/start_page.h"

#include "ui/shell/recent_model.h"
#include "ui/style/icons.h"
#include "ui/style/painting.h"
#include "ui/style/small_widgets.h"

#include <QAction>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QMenu>
#include <QPainter>
#include <QTableView>
#include <QVBoxLayout>

namespace shardlens::ui {

namespace {

constexpr int ContentWidth = 930, RowHeight = 32;

QLabel* titled(const QString& text, double factor) {
    auto* label = new QLabel(text);
    label->setFont(pageFont(label->font(), factor));
    return label;
}

} // namespace

ActionCard::ActionCard(Picture picture, const QString& title, const QString& text, const QString& link,
                       QWidget* parent)
    : QWidget(parent)
    , m_picture(picture)
    , m_title(title)
    , m_text(text) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setAccessibleName(title);
    setAccessibleDescription(text);
    auto* button = new style::LinkButton(link);
    button->setAccessibleName(tr("%1: %2").arg(title, link));
    connect(button, &QPushButton::clicked, this, &ActionCard::chosen);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(12, 12, 12, 14);
    layout->addStretch(1);
    layout->addWidget(button, 0, Qt::AlignHCenter);
}

void ActionCard::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setFont(font());
    drawCard(painter, rect(), m_picture, m_title, m_text, CardLook::Invitation, style::Theme(palette()));
}

StartPage::StartPage(RecentItems* recent, QWidget* parent)
    : QScrollArea(parent)
    , m_recent(recent)
    , m_model(new RecentModel(recent, this)) {
    setFrameShape(QFrame::NoFrame);
    setWidgetResizable(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto* content = new QWidget;
    content->setMaximumWidth(ContentWidth);
    auto* column = new QVBoxLayout(content);
    column->setContentsMargins(0, 48, 0, 32);
    column->setSpacing(0);
    column->addWidget(titled(tr("Drop a checkpoint anywhere in this window"), 1.7));
    column->addSpacing(6);
    auto* more = new QLabel(tr("A folder, an index or any one shard is enough: the rest is found from it."));
    more->setForegroundRole(QPalette::PlaceholderText);
    column->addWidget(more);
    column->addSpacing(26);
    column->addWidget(cards());
    column->addSpacing(34);
    column->addWidget(recents());
    column->addWidget(sample());
    column->addStretch(1);

    auto* page = new QWidget;
    page->setBackgroundRole(QPalette::Base);
    page->setAutoFillBackground(true);
    auto* centred = new QHBoxLayout(page);
    centred->setContentsMargins(24, 0, 24, 0);
    centred->addStretch(1);
    centred->addWidget(content, 1000);
    centred->addStretch(1);
    setWidget(page);
    connect(m_recent, &RecentItems::changed, this, &StartPage::showRecents);
    showRecents();
}

QWidget* StartPage::cards() {
    auto* box = new QWidget;
    auto* row = new QHBoxLayout(box);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(19);
    auto* inspect = new ActionCard(
        Picture::Inspect, tr("Inspect"),
        tr("safetensors, PyTorch DCP and torch.save, DDUF, diffusers and Hugging Face folders"), tr("Open…"));
    connect(inspect, &ActionCard::chosen, this, &StartPage::openRequested);
    auto* consolidate = new ActionCard(Picture::Consolidate, tr("Consolidate"),
                                       tr("Many slices from many ranks into a few safetensors files"),
                                       tr("Choose a checkpoint…"));
    connect(consolidate, &ActionCard::chosen, this, &StartPage::consolidateRequested);
    auto* dduf =
        new ActionCard(Picture::Archive, tr("DDUF"),
                       tr("Pipelines as diffusers folders and archives: components, entries, verdicts"),
                       tr("Choose an archive…"));
    connect(dduf, &ActionCard::chosen, this, &StartPage::archiveRequested);
    row->addWidget(inspect);
    row->addWidget(consolidate);
    row->addWidget(dduf);
    return box;
}

QWidget* StartPage::recents() {
    m_recentBox = new QWidget;
    auto* box = new QVBoxLayout(m_recentBox);
    box->setContentsMargins(0, 0, 0, 24);
    box->setSpacing(8);
    auto* head = new QHBoxLayout;
    head->addWidget(titled(tr("Recent"), 1.08));
    head->addStretch(1);
    auto* clear = new style::LinkButton(tr("Clear list"));
    connect(clear, &QPushButton::clicked, m_recent, &RecentItems::clear);
    head->addWidget(clear);
    box->addLayout(head);

    m_recentView = new QTableView;
    m_recentView->setModel(m_model);
    m_recentView->setItemDelegate(new RecentDelegate(m_recentView));
    m_recentView->setAccessibleName(tr("Recent checkpoints"));
    m_recentView->setFrameShape(QFrame::NoFrame);
    m_recentView->setShowGrid(false);
    m_recentView->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_recentView->setSelectionMode(QAbstractItemView::SingleSelection);
    m_recentView->setMouseTracking(true);
    m_recentView->setTabKeyNavigation(false);
    m_recentView->setWordWrap(false);
    m_recentView->verticalHeader()->hide();
    m_recentView->verticalHeader()->setDefaultSectionSize(RowHeight);
    m_recentView->horizontalHeader()->hide();
    m_recentView->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_recentView->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto* header = m_recentView->horizontalHeader();
    header->setSectionResizeMode(QHeaderView::Stretch);
    header->setSectionResizeMode(RecentModel::Size, QHeaderView::Fixed);
    header->resizeSection(RecentModel::Size, 92);
    header->setSectionResizeMode(RecentModel::Time, QHeaderView::Fixed);
    header->resizeSection(RecentModel::Time, 120);
    const auto request = [this](const QModelIndex& index) {
        emit recentRequested(index.data(RecentModel::Path).toString());
    };
    connect(m_recentView, &QTableView::activated, this, request);
    connect(m_recentView, &QTableView::clicked, this, request);
    m_recentView->setContextMenuPolicy(Qt::ActionsContextMenu);
    auto* forget = new QAction(tr("Remove from the list"), m_recentView);
    forget->setShortcut(QKeySequence::Delete);
    forget->setShortcutContext(Qt::WidgetShortcut);
    connect(forget, &QAction::triggered, this, [this] {
        const QModelIndex index = m_recentView->currentIndex();
        if (index.isValid())
            m_recent->remove(index.data(RecentModel::Path).toString());
    });
    m_recentView->addAction(forget);
    box->addWidget(m_recentView);
    return m_recentBox;
}

QWidget* StartPage::sample() {
    m_sampleBox = new QWidget;
    auto* row = new QHBoxLayout(m_sampleBox);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(14);
    m_sample = new QPushButton(style::icon(u"sample"), tr("Open the sample checkpoint"));
    connect(m_sample, &QPushButton::clicked, this, &StartPage::sampleRequested);
    row->addWidget(m_sample);
    row->addWidget(
        new style::QuietLabel(tr("Slices of four ranks, a few MB: something to look at and to consolidate")),
        1);
    return m_sampleBox;
}

void StartPage::setSampleBusy(bool busy) {
    m_sample->setEnabled(!busy);
}

void StartPage::showRecents() {
    const int rows = static_cast<int>(m_recent->items().size());
    m_recentBox->setVisible(rows > 0);
    m_recentView->setFixedHeight(rows * RowHeight + 2);
}

} // namespace shardlens::ui
