// SPDX-License-Identifier: Apache-2.0
// How the dialogs of archives are built. What they do is in archive_dialog.cpp.
#include "ui/dialogs/archive_dialog.h"
#include "ui/dialogs/command_box.h"
#include "ui/dialogs/components_model.h"
#include "ui/dialogs/disk_line.h"
#include "ui/dialogs/flat_table.h"
#include "ui/dialogs/left_out_model.h"
#include "ui/dialogs/more_options.h"
#include "ui/dialogs/plan_notes.h"
#include "ui/dialogs/plan_saver.h"
#include "ui/style/icons.h"
#include "ui/style/painting.h"
#include "ui/style/small_widgets.h"
#include "ui/style/theme.h"

#include <QGridLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>

namespace shardlens::ui {

namespace {

constexpr int DebounceMs = 150;

QLabel* strong(const QString& text) {
    auto* label = new QLabel(text);
    QFont font = label->font();
    font.setWeight(QFont::DemiBold);
    label->setFont(font);
    return label;
}

} // namespace

ArchiveDialog::ArchiveDialog(const Services& services, QWidget* parent)
    : QDialog(parent)
    , m_services(services)
    , m_saver(new PlanSaver(services, this)) {
    m_debounce.setSingleShot(true);
    m_debounce.setInterval(DebounceMs);
    connect(&m_debounce, &QTimer::timeout, this, &ArchiveDialog::plan);
}

void ArchiveDialog::build(const Words& words, const QString& target, QWidget* choices) {
    setWindowTitle(words.window);
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(24, 20, 24, 16);
    all->setSpacing(8);
    all->addWidget(head(words));
    auto* where = new QHBoxLayout;
    auto* label = new QLabel(tr("&Write to"));
    m_target =
        new PathField(tr("Write to"), words.toFolder ? PathField::Kind::Folder : PathField::Kind::NewFile);
    m_target->setPath(target);
    label->setBuddy(m_target);
    where->addWidget(label);
    where->addSpacing(8);
    where->addWidget(m_target, 1);
    all->addLayout(where);
    if (choices)
        all->addWidget(choices);

    // Only the tables scroll: buttons and what blocks stay in sight.
    auto* scroll = new QScrollArea;
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setWidget(tables(words));
    scroll->setMinimumHeight(150);
    all->addWidget(scroll, 1);

    m_readersTitle = strong(tr("Who can open the result"));
    m_readersTitle->hide();
    all->addWidget(m_readersTitle);
    m_readers = new VerdictCards;
    all->addWidget(m_readers);
    m_notes = new PlanNotes;
    all->addWidget(m_notes);
    m_disk = new DiskLine;
    all->addWidget(m_disk);
    m_command = new CommandBox;
    m_command->setObjectName(QStringLiteral("command"));
    all->addWidget(m_command);
    all->addSpacing(4);
    all->addWidget(foot(words));
    setMinimumSize(640, 560);
    resize(920, 700);
    m_target->setFocus();
    connect(m_target, &PathField::changed, this, &ArchiveDialog::changed);
    connect(m_components, &ComponentsModel::rowsEdited, this, [this] { edited(); });
    connect(m_notes, &PlanNotes::replaceRequested, this, [this] {
        replace();
        plan();
    });
}

QWidget* ArchiveDialog::head(const Words& words) {
    auto* box = new QWidget;
    auto* sign = new QLabel;
    sign->setPixmap(style::icon(words.icon, style::Theme(palette()).accent).pixmap(30));
    auto* title = new QLabel(words.title);
    title->setTextFormat(Qt::PlainText);
    title->setFont(style::titleFont(font()));
    m_about = new style::QuietLabel(tr("Reading names and headers"));
    m_about->setElide(Qt::ElideRight);
    auto* grid = new QGridLayout(box);
    grid->setContentsMargins(0, 0, 0, 4);
    grid->setHorizontalSpacing(14);
    grid->setVerticalSpacing(1);
    grid->setColumnStretch(1, 1);
    grid->addWidget(sign, 0, 0, 2, 1);
    grid->addWidget(title, 0, 1);
    grid->addWidget(m_about, 1, 1);
    return box;
}

QWidget* ArchiveDialog::tables(const Words& words) {
    auto* box = new QWidget;
    auto* column = new QVBoxLayout(box);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(6);
    m_components = new ComponentsModel(this);
    auto* table = flatTable(m_components, words.components, ComponentsModel::Class);
    auto* delegate = new ComponentsDelegate(table);
    table->setItemDelegateForColumn(ComponentsModel::Weights, delegate);
    table->setItemDelegateForColumn(ComponentsModel::Bar, delegate);
    table->setEditTriggers(QAbstractItemView::CurrentChanged | QAbstractItemView::SelectedClicked |
                           QAbstractItemView::EditKeyPressed | QAbstractItemView::DoubleClicked);
    table->setColumnWidth(ComponentsModel::Name, 200);
    table->setColumnWidth(ComponentsModel::Weights, 190);
    table->setColumnWidth(ComponentsModel::Holds, 100);
    table->setColumnWidth(ComponentsModel::Size, 90);
    table->setColumnWidth(ComponentsModel::Bar, 110);
    if (words.toFolder) { // of an archive one chooses what, not which weights
        table->hideColumn(ComponentsModel::Class);
        table->hideColumn(ComponentsModel::Weights);
        table->horizontalHeader()->setSectionResizeMode(ComponentsModel::Name, QHeaderView::Stretch);
    }
    column->addWidget(table, 3);

    m_leftOutBox = new QWidget;
    auto* left = new QVBoxLayout(m_leftOutBox);
    left->setContentsMargins(0, 4, 0, 0);
    left->setSpacing(5);
    m_leftOutLine = new style::QuietLabel;
    auto* heading = new QHBoxLayout;
    heading->setSpacing(12);
    heading->addWidget(strong(tr("Left out")));
    heading->addWidget(m_leftOutLine, 1);
    left->addLayout(heading);
    m_leftOut = new LeftOutModel(this);
    auto* leftOut = flatTable(m_leftOut, tr("What is left out"), LeftOutModel::Why);
    leftOut->setColumnWidth(LeftOutModel::Name, 270);
    leftOut->setColumnWidth(LeftOutModel::What, 80);
    leftOut->setColumnWidth(LeftOutModel::Size, 96);
    left->addWidget(leftOut, 1);
    m_leftOutBox->hide();
    column->addWidget(m_leftOutBox, 2);
    return box;
}

QWidget* ArchiveDialog::foot(const Words& words) {
    auto* box = new QWidget;
    auto* row = new QHBoxLayout(box);
    row->setContentsMargins(0, 0, 0, 0);
    m_save = new QPushButton(tr("Save plan…"));
    m_save->setAutoDefault(false);
    m_save->setEnabled(false);
    auto* cancel = new QPushButton(tr("Cancel"));
    cancel->setAutoDefault(false);
    m_start = new QPushButton(words.start);
    m_start->setDefault(true);
    m_start->setEnabled(false);
    for (QPushButton* button : {m_save, cancel, m_start})
        button->setMinimumWidth(104);
    row->addWidget(m_save);
    row->addStretch(1);
    row->addWidget(cancel);
    row->addWidget(m_start);
    connect(m_save, &QPushButton::clicked, this,
            [this] { m_saver->save(this, [digest = m_digest] { return planAsJson(*digest); }); });
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_start, &QPushButton::clicked, this, &ArchiveDialog::start);
    return box;
}

} // namespace shardlens::ui
