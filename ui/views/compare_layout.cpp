// SPDX-License-Identifier: Apache-2.0
// How the comparison is built. What it does is in compare_view.cpp.
#include "ui/dialogs/command_box.h"
#include "ui/style/icons.h"
#include "ui/style/painting.h"
#include "ui/style/small_widgets.h"
#include "ui/style/theme.h"
#include "ui/views/compare_bar.h"
#include "ui/views/compare_colors.h"
#include "ui/views/compare_delegate.h"
#include "ui/views/compare_detail.h"
#include "ui/views/compare_view.h"
#include "ui/views/parts/empty_state.h"
#include "ui/views/parts/table.h"

#include <QComboBox>
#include <QFrame>
#include <QGridLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QSplitter>
#include <QStackedWidget>
#include <QToolButton>
#include <QVBoxLayout>

namespace shardlens::ui {

namespace {

constexpr int DetailWidth = 380;

/// `A` or `B` on its colour.
class SideSign : public QWidget {
public:
    SideSign(const QString& letter, CompareClass which) : m_letter(letter), m_class(which) {
        setFixedSize(30, 30);
        setAccessibleName(letter);
    }

protected:
    void paintEvent(QPaintEvent*) override {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        const QColor color = classColor(m_class, style::Theme(palette()));
        painter.setPen(Qt::NoPen);
        painter.setBrush(color);
        painter.drawRoundedRect(QRectF(rect()), 5, 5);
        painter.setFont(style::titleFont(font()));
        painter.setPen(style::textOn(color));
        painter.drawText(rect(), Qt::AlignCenter, m_letter);
    }

private:
    QString m_letter;
    CompareClass m_class;
};

/// A quiet band with a line below.
class Band : public QWidget {
public:
    Band() { setAutoFillBackground(true); }

protected:
    void paintEvent(QPaintEvent*) override {
        QPainter painter(this);
        painter.fillRect(QRect(0, height() - 1, width(), 1), style::Theme(palette()).line);
    }
};

} // namespace

CompareView::CompareView(Document* document, CompareSession* session, QWidget* parent)
    : QWidget(parent)
    , m_document(document)
    , m_session(session)
    , m_model(new CompareModel(this)) {
    setAccessibleName(tr("Comparison"));
    // As one page among others it must not say how narrow they may be.
    setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Ignored);
    auto* left = new QWidget;
    auto* column = new QVBoxLayout(left);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(sides());
    column->addWidget(choices());
    m_pages = new QStackedWidget;
    auto* found = new QWidget;
    auto* list = new QVBoxLayout(found);
    list->setContentsMargins(0, 0, 0, 0);
    list->setSpacing(0);
    list->addWidget(classes());
    buildTable();
    list->addWidget(m_table, 1);
    m_pages->addWidget(found);
    m_progress = progressPage();
    m_pages->addWidget(m_progress);
    m_empty = new EmptyState;
    m_pages->addWidget(m_empty);
    column->addWidget(m_pages, 1);
    m_command = new CommandBox;
    m_command->setObjectName(QStringLiteral("compareCommand"));
    auto* foot = new QHBoxLayout;
    foot->setContentsMargins(10, 6, 10, 6);
    foot->addWidget(m_command);
    column->addLayout(foot);

    m_detail = new CompareDetail(session, document->runner());
    auto* split = new QSplitter;
    split->setChildrenCollapsible(false);
    split->setHandleWidth(1);
    split->addWidget(left);
    split->addWidget(m_detail);
    split->setStretchFactor(0, 1);
    split->setSizes({1000, DetailWidth});
    left->setMinimumWidth(420);
    m_detail->setMinimumWidth(260);
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->addWidget(split);

    m_poll.setInterval(1000 / 15);
    connect(&m_poll, &QTimer::timeout, this, &CompareView::showProgress);
    connect(m_session, &CompareSession::changed, this, &CompareView::follow);
    connect(m_session, &CompareSession::rowsChanged, this, &CompareView::followRows);
    connect(m_document, &Document::checkpointChanged, this, &CompareView::follow);
    connect(m_document, &Document::filterChanged, this, &CompareView::follow);
    connect(m_detail, &CompareDetail::renameRequested, this, &CompareView::addRenames);
    connect(m_detail, &CompareDetail::showInCheckpointRequested, this, [this] {
        pick();
        emit leaveRequested();
    });
    follow();
}

QWidget* CompareView::sides() {
    auto* box = new Band;
    box->setBackgroundRole(QPalette::Base);
    auto* row = new QHBoxLayout(box);
    row->setContentsMargins(14, 9, 12, 10);
    row->setSpacing(12);
    const auto side = [&](const QString& letter, CompareClass which, QLabel*& title,
                          style::QuietLabel*& facts) {
        row->addWidget(new SideSign(letter, which));
        auto* words = new QGridLayout;
        words->setVerticalSpacing(0);
        title = new QLabel;
        title->setTextFormat(Qt::PlainText);
        title->setFont(style::titleFont(font()));
        title->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
        facts = new style::QuietLabel;
        facts->setElide(Qt::ElideRight);
        words->addWidget(title, 0, 0);
        words->addWidget(facts, 1, 0);
        row->addLayout(words, 1);
    };
    side(QStringLiteral("A"), CompareClass::OnlyA, m_titleA, m_factsA);
    auto* between = new QLabel;
    between->setPixmap(style::icon(u"compare").pixmap(18));
    row->addWidget(between);
    side(QStringLiteral("B"), CompareClass::OnlyB, m_titleB, m_factsB);
    m_back = new QPushButton(tr("Close comparison"));
    m_back->setAutoDefault(false);
    connect(m_back, &QPushButton::clicked, this, &CompareView::leaveRequested);
    row->addWidget(m_back);
    return box;
}

QWidget* CompareView::choices() {
    auto* box = new Band;
    auto* row = new QHBoxLayout(box);
    row->setContentsMargins(14, 6, 12, 7);
    row->setSpacing(8);
    m_names = new QComboBox;
    m_names->setObjectName(QStringLiteral("compareNames"));
    m_names->setAccessibleName(tr("Names"));
    m_tolerance = new QComboBox;
    m_tolerance->setObjectName(QStringLiteral("compareTolerance"));
    m_tolerance->setAccessibleName(tr("Tolerance"));
    m_tolerance->setEditable(true);
    m_tolerance->setInsertPolicy(QComboBox::NoInsert);
    m_tolerance->addItems({tr("none: bit for bit"), QStringLiteral("1e-6"), QStringLiteral("1e-4"),
                           QStringLiteral("1e-2"), tr("do not read values")});
    m_tolerance->setToolTip(tr("Values that differ by no more count as equal"));
    const auto named = [&](const QString& text, QWidget* field) {
        auto* label = new QLabel(text);
        label->setBuddy(field);
        row->addWidget(label);
        row->addWidget(field);
    };
    named(tr("&Names"), m_names);
    row->addSpacing(8);
    named(tr("&Tolerance"), m_tolerance);
    row->addStretch(1);
    auto* copy = new QToolButton;
    copy->setIcon(style::icon(u"copy"));
    copy->setAutoRaise(true);
    copy->setFocusPolicy(Qt::StrongFocus);
    copy->setAccessibleName(tr("Copy the report"));
    copy->setToolTip(tr("Copy what differs as text"));
    connect(copy, &QToolButton::clicked, this, &CompareView::copyReport);
    row->addWidget(copy);
    connect(m_names, &QComboBox::activated, this, [this](int index) {
        if (index == 0)
            addRenames({});
        else if (index == m_names->count() - 1)
            askForRenames();
    });
    connect(m_tolerance, &QComboBox::activated, this, &CompareView::changeTolerance);
    return box;
}

QWidget* CompareView::classes() {
    auto* box = new Band;
    box->setBackgroundRole(QPalette::Base);
    auto* column = new QVBoxLayout(box);
    column->setContentsMargins(14, 8, 14, 9);
    column->setSpacing(8);
    m_bar = new CompareBar;
    column->addWidget(m_bar);
    auto* row = new QHBoxLayout;
    row->setSpacing(8);
    for (const CompareClass which :
         {CompareClass::Same, CompareClass::Different, CompareClass::OnlyA, CompareClass::OnlyB}) {
        auto* pill = new ClassPill(which);
        m_pills[std::size_t(which)] = pill;
        connect(pill, &ClassPill::toggled, this, [this, which](bool on) {
            m_model->setShown(which, on);
            showState();
        });
        row->addWidget(pill);
    }
    m_sentence = new style::QuietLabel;
    m_sentence->setElide(Qt::ElideRight);
    m_sentence->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    row->addWidget(m_sentence, 1);
    column->addLayout(row);
    m_offer = new QWidget;
    auto* offer = new QHBoxLayout(m_offer);
    offer->setContentsMargins(0, 0, 0, 0);
    offer->addWidget(new style::Glyph(Severity::Info));
    m_offerButton = new style::LinkButton({});
    offer->addWidget(m_offerButton);
    offer->addStretch(1);
    connect(m_offerButton, &QPushButton::clicked, this, [this] {
        if (m_session->result())
            addRenames(m_session->result()->offered);
    });
    column->addWidget(m_offer);
    return box;
}

void CompareView::buildTable() {
    m_table = new Table;
    m_table->setModel(m_model);
    m_table->setItemDelegate(new CompareDelegate(m_table));
    m_table->setAccessibleName(tr("Tensors of both sides"));
    auto* header = m_table->horizontalHeader();
    header->setSortIndicator(int(CompareColumn::Name), Qt::AscendingOrder);
    header->setSortIndicatorShown(true);
    constexpr int Widths[] = {330, 190, 104, 90, 72, 158};
    for (int column = 0; column < CompareColumnCount; ++column)
        header->resizeSection(column, Widths[column]);
    header->setSectionResizeMode(int(CompareColumn::Name), QHeaderView::Stretch);
    header->setMinimumSectionSize(60);
    connect(header, &QHeaderView::sortIndicatorChanged, this, [this](int section, Qt::SortOrder order) {
        m_session->sortBy(static_cast<CompareColumn>(section), order == Qt::DescendingOrder);
    });
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this, &CompareView::pick);
    connect(m_table, &Table::clicked, this, &CompareView::toggleHeading);
    connect(m_table, &Table::doubleClicked, this, [this](const QModelIndex& index) {
        const auto place = m_model->placeAt(index.row());
        if (place && place->item)
            emit leaveRequested();
    });
}

QWidget* CompareView::progressPage() {
    auto* page = new QWidget;
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(40, 20, 40, 20);
    column->addStretch(2);
    m_stage = new QLabel;
    m_stage->setTextFormat(Qt::PlainText);
    m_stage->setFont(style::titleFont(font()));
    m_thinBar = new style::ThinBar;
    m_thinBar->setAccessibleName(tr("Progress of the comparison"));
    m_amount = new style::QuietLabel;
    auto* cancel = new QPushButton(tr("Cancel"));
    cancel->setAutoDefault(false);
    connect(cancel, &QPushButton::clicked, m_session, &CompareSession::cancel);
    auto* row = new QHBoxLayout;
    row->addWidget(m_thinBar, 1);
    row->addWidget(cancel);
    column->addWidget(m_stage);
    column->addLayout(row);
    column->addWidget(m_amount);
    column->addStretch(3);
    return page;
}

} // namespace shardlens::ui
