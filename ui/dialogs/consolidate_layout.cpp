// SPDX-License-Identifier: Apache-2.0
// How the consolidate dialog is built. What it does is in
// consolidate_dialog.cpp.
#include "ui/dialogs/command_box.h"
#include "ui/dialogs/consolidate_dialog.h"
#include "ui/dialogs/disk_line.h"
#include "ui/dialogs/flat_table.h"
#include "ui/dialogs/left_out_model.h"
#include "ui/dialogs/more_options.h"
#include "ui/dialogs/plan_files_model.h"
#include "ui/dialogs/plan_notes.h"
#include "ui/dialogs/plan_saver.h"
#include "ui/document/paths.h"
#include "ui/style/icons.h"
#include "ui/style/painting.h"
#include "ui/style/small_widgets.h"
#include "ui/style/text.h"

#include <QCheckBox>
#include <QComboBox>
#include <QGridLayout>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>

namespace shardlens::ui {

namespace {

QLabel* strong(const QString& text) {
    auto* label = new QLabel(text);
    QFont font = label->font();
    font.setWeight(QFont::DemiBold);
    label->setFont(font);
    return label;
}

QString sourceLine(const Checkpoint& source) {
    const FindingCounts counts = countFindings(source.findings());
    const auto files = source.fileCount();
    QStringList texts{style::plain(formatTitle(source.format())),
                      files == 1 ? ConsolidateDialog::tr("1 file")
                                 : ConsolidateDialog::tr("%1 files").arg(style::grouped(files)),
                      style::bytesText(source.bytes())};
    texts << (counts.errors > 0 ? ConsolidateDialog::tr("%1 errors").arg(style::grouped(counts.errors))
                                : ConsolidateDialog::tr("complete: %1 slices checked")
                                      .arg(style::grouped(source.sliceCount())));
    return texts.join(QStringLiteral(", "));
}

} // namespace

void ConsolidateDialog::build(const QString& target) {
    setWindowTitle(tr("Consolidate"));
    setAcceptDrops(true);
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(24, 20, 24, 16);
    all->setSpacing(8);
    all->addWidget(head());
    all->addWidget(choices(target));

    // Only what is between the choices and the foot scrolls: buttons and what
    // blocks stay in sight.
    auto* scroll = new QScrollArea;
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto* middle = new QWidget;
    auto* column = new QVBoxLayout(middle);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(6);
    column->addWidget(m_more);
    column->addWidget(tables(), 1);
    scroll->setWidget(middle);
    scroll->setMinimumHeight(150);
    all->addWidget(scroll, 1);

    m_notes = new PlanNotes;
    all->addWidget(m_notes);
    m_disk = new DiskLine;
    all->addWidget(m_disk);
    m_command = new CommandBox;
    m_command->setObjectName(QStringLiteral("command"));
    all->addWidget(m_command);
    all->addSpacing(4);
    all->addWidget(foot());
    setMinimumSize(640, 560);
    resize(920, 700);
    m_target->setFocus();
}

QWidget* ConsolidateDialog::head() {
    auto* box = new QWidget;
    auto* sign = new QLabel;
    sign->setPixmap(style::icon(u"consolidate", style::Theme(palette()).accent).pixmap(30));
    auto* title =
        new QLabel(tr("Consolidate %1 into safetensors").arg(style::plain(m_source->facts().name, 80)));
    title->setTextFormat(Qt::PlainText);
    title->setFont(style::titleFont(font()));
    auto* grid = new QGridLayout(box);
    grid->setContentsMargins(0, 0, 0, 4);
    grid->setHorizontalSpacing(14);
    grid->setVerticalSpacing(1);
    grid->setColumnStretch(1, 1);
    grid->addWidget(sign, 0, 0, 2, 1);
    grid->addWidget(title, 0, 1);
    grid->addWidget(new style::QuietLabel(sourceLine(*m_source)), 1, 1);
    return box;
}

QWidget* ConsolidateDialog::choices(const QString& target) {
    auto* box = new QWidget;
    auto* grid = new QGridLayout(box);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setHorizontalSpacing(10);
    grid->setVerticalSpacing(7);
    grid->setColumnStretch(6, 1);
    const auto named = [&](const QString& text, QWidget* field, int row, int column) {
        auto* label = new QLabel(text);
        label->setBuddy(field);
        grid->addWidget(label, row, column);
    };

    m_target = new PathField(tr("Write to"), PathField::Kind::Folder);
    m_target->setPath(target);
    named(tr("&Write to"), m_target, 0, 0);
    grid->addWidget(m_target, 0, 1, 1, 6);

    m_shards = new QComboBox;
    m_shards->setObjectName(QStringLiteral("shards"));
    m_shards->setEditable(true);
    m_shards->setInsertPolicy(QComboBox::NoInsert);
    m_shards->addItems({tr("as recorded, else 5 GB"), tr("one file"), tr("1 GB"), tr("2 GB"), tr("5 GB"),
                        tr("10 GB"), tr("50 GB")});
    m_shards->setAccessibleName(tr("Largest file"));
    named(tr("&Files of at most"), m_shards, 1, 0);
    grid->addWidget(m_shards, 1, 1);

    m_cast = new QComboBox;
    const std::pair<QString, convert::Cast> casts[] = {
        {tr("keep as they are"), convert::Cast::None},
        {tr("to BF16"), convert::Cast::BF16},
        {tr("to F16"), convert::Cast::F16},
        {tr("to F32"), convert::Cast::F32},
        {tr("to F64"), convert::Cast::F64},
        {tr("as originally recorded"), convert::Cast::Original}};
    for (const auto& [text, cast] : casts)
        m_cast->addItem(text, static_cast<int>(cast));
    named(tr("&Numbers"), m_cast, 1, 2);
    grid->addWidget(m_cast, 1, 3);

    m_verify = new QComboBox;
    m_verify->addItem(tr("layout, after writing"), static_cast<int>(convert::Verify::Layout));
    m_verify->addItem(tr("every byte, after writing"), static_cast<int>(convert::Verify::Full));
    m_verify->addItem(tr("nothing"), static_cast<int>(convert::Verify::None));
    named(tr("Chec&k"), m_verify, 1, 4);
    grid->addWidget(m_verify, 1, 5);

    m_dropOptimizer = new QCheckBox(tr("Leave out &optimizer state"));
    m_values = new QCheckBox(tr("&Plain values to a JSON file beside it"));
    m_values->setEnabled(m_source->entryCount() > 0);
    grid->addWidget(m_dropOptimizer, 2, 1, 1, 2);
    grid->addWidget(m_values, 2, 3, 1, 3);

    m_fold = new QToolButton;
    m_fold->setObjectName(QStringLiteral("moreOptions"));
    m_fold->setText(tr("More options"));
    m_fold->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_fold->setIcon(style::icon(u"next"));
    m_fold->setCheckable(true);
    m_fold->setAutoRaise(true);
    m_fold->setFont(style::mediumFont(font()));
    auto* row = new QHBoxLayout;
    row->addWidget(m_fold);
    auto* about = new style::QuietLabel(tr("rename, include and exclude, tied weights, "
                                           "metadata, layout like another"));
    about->setElide(Qt::ElideRight);
    row->addWidget(about, 1);
    m_more = new MoreOptions;
    m_more->hide();
    grid->addLayout(row, 3, 0, 1, 7);
    m_offers = new QWidget;
    m_offers->setAccessibleName(tr("Suggested by names"));
    auto* offers = new QVBoxLayout(m_offers);
    offers->setContentsMargins(0, 0, 0, 0);
    offers->setSpacing(4);
    offers->setAlignment(Qt::AlignLeft);
    m_offers->hide();
    grid->addWidget(m_offers, 4, 1, 1, 6);
    return box;
}

QWidget* ConsolidateDialog::tables() {
    auto* box = new QWidget;
    auto* column = new QVBoxLayout(box);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(5);
    const auto heading = [&](const QString& text, style::QuietLabel* line, QVBoxLayout* into) {
        auto* row = new QHBoxLayout;
        row->setSpacing(12);
        row->addWidget(strong(text));
        row->addWidget(line, 1);
        into->addLayout(row);
    };
    m_planLine = new style::QuietLabel;
    heading(tr("Plan"), m_planLine, column);
    m_files = new PlanFilesModel(this);
    m_filesTable = flatTable(m_files, tr("Files that are written"), PlanFilesModel::Holds);
    m_filesTable->setItemDelegateForColumn(PlanFilesModel::Bar, new RoleBarDelegate(m_filesTable));
    m_filesTable->setColumnWidth(PlanFilesModel::File, 270);
    m_filesTable->setColumnWidth(PlanFilesModel::Tensors, 80);
    m_filesTable->setColumnWidth(PlanFilesModel::Size, 90);
    m_filesTable->setColumnWidth(PlanFilesModel::Bar, 150);
    column->addWidget(m_filesTable, 3);

    m_leftOutBox = new QWidget;
    auto* left = new QVBoxLayout(m_leftOutBox);
    left->setContentsMargins(0, 4, 0, 0);
    left->setSpacing(5);
    m_leftOutLine = new style::QuietLabel;
    heading(tr("Left out"), m_leftOutLine, left);
    m_leftOut = new LeftOutModel(this);
    m_leftOutTable = flatTable(m_leftOut, tr("What is left out"), LeftOutModel::Why);
    m_leftOutTable->setColumnWidth(LeftOutModel::Name, 270);
    m_leftOutTable->setColumnWidth(LeftOutModel::What, 140);
    m_leftOutTable->setColumnWidth(LeftOutModel::Size, 90);
    left->addWidget(m_leftOutTable, 1);
    m_leftOutBox->hide();
    column->addWidget(m_leftOutBox, 2);
    return box;
}

QWidget* ConsolidateDialog::foot() {
    auto* box = new QWidget;
    auto* row = new QHBoxLayout(box);
    row->setContentsMargins(0, 0, 0, 0);
    m_save = new QPushButton(tr("Save plan…"));
    m_save->setAutoDefault(false);
    m_save->setEnabled(false);
    auto* cancel = new QPushButton(tr("Cancel"));
    cancel->setAutoDefault(false);
    m_start = new QPushButton(tr("Consolidate"));
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
    connect(m_start, &QPushButton::clicked, this, &ConsolidateDialog::start);
    return box;
}

void ConsolidateDialog::connectChoices() {
    connect(m_target, &PathField::changed, this, &ConsolidateDialog::changed);
    connect(m_shards, &QComboBox::currentTextChanged, this, &ConsolidateDialog::changed);
    connect(m_cast, &QComboBox::currentIndexChanged, this, &ConsolidateDialog::changed);
    connect(m_verify, &QComboBox::currentIndexChanged, this, &ConsolidateDialog::changed);
    connect(m_dropOptimizer, &QCheckBox::toggled, this, &ConsolidateDialog::changed);
    connect(m_values, &QCheckBox::toggled, this, &ConsolidateDialog::changed);
    connect(m_more, &MoreOptions::changed, this, &ConsolidateDialog::changed);
    connect(m_fold, &QToolButton::toggled, this, [this](bool open) {
        m_fold->setIcon(style::icon(open ? u"below" : u"next"));
        m_more->setVisible(open);
    });
    connect(m_notes, &PlanNotes::excludeRequested, this,
            [this](const std::vector<std::string>& names) { m_more->exclude(names); });
    connect(m_notes, &PlanNotes::replaceRequested, this, [this] { m_more->setForce(true); });
}

} // namespace shardlens::ui
