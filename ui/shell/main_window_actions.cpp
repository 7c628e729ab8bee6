// SPDX-License-Identifier: Apache-2.0
// What the window's commands do, and how it follows its document.
#include "convert/sample.h"
#include "formats/open.h"
#include "ui/dialogs/consolidate_dialog.h"
#include "ui/dialogs/deep_check_job.h"
#include "ui/dialogs/help_dialogs.h"
#include "ui/document/paths.h"
#include "ui/jobs/job_list.h"
#include "ui/jobs/jobs_panel.h"
#include "ui/settings/settings.h"
#include "ui/settings/settings_dialog.h"
#include "ui/shell/actions.h"
#include "ui/shell/drop_controller.h"
#include "ui/shell/failure_page.h"
#include "ui/shell/filter_box.h"
#include "ui/shell/group_tabs.h"
#include "ui/shell/main_window.h"
#include "ui/shell/opening_page.h"
#include "ui/shell/recent_items.h"
#include "ui/shell/start_page.h"
#include "ui/style/icons.h"
#include "ui/style/text.h"
#include "ui/views/compare_view.h"

#include <QApplication>
#include <QClipboard>
#include <QDesktopServices>
#include <QDir>
#include <QDockWidget>
#include <QFileDialog>
#include <QFileInfo>
#include <QMenu>
#include <QMessageBox>
#include <QPushButton>
#include <QStackedWidget>
#include <QStandardPaths>
#include <QStatusBar>
#include <QUrl>

namespace shardlens::ui {

namespace {

/// A folder of its own: in the one that was given, else beside the source.
QString proposedTarget(const Checkpoint& source, const QString& path, const QString& folder) {
    const CheckpointFacts& facts = source.facts();
    QString name = fromPath(facts.name.empty() ? toPath(lastPart(path)) : facts.name);
    name.replace(QLatin1Char('/'), QLatin1Char('-'));
    if (name.endsWith(QStringLiteral(".safetensors")))
        name.chop(12);
    const QString own = fromPath(facts.folder);
    QString beside = folder;
    if (beside.isEmpty())
        beside = own.isEmpty() || QDir::cleanPath(own) == QDir::cleanPath(path)
                     ? QFileInfo(path).absolutePath()
                     : own;
    return QDir::cleanPath(beside + QLatin1Char('/') + name + QStringLiteral("-safetensors"));
}

/// The folder of a sample that opens, written where there is none yet.
Result<std::string> sampleIn(const std::string& folder, const JobContext& context) {
    if (shardlens::open(folder, {}, context))
        return folder;
    SHARDLENS_CHECK(context.checkStop());
    auto written = convert::writeSample({convert::SampleKind::Slices, folder, false}, context);
    if (written || written.error().rule != &rules::sample::TargetNotEmpty)
        return written.map([](const convert::SampleReport& report) { return report.folder; });
    // Somebody changed the one that stands there: theirs stays, a new one stands beside it.
    SHARDLENS_TRY(written,
                  convert::writeSample({convert::SampleKind::Slices, folder + "-new", false}, context));
    return written->folder;
}

} // namespace

QString MainWindow::openName() const {
    const CheckpointPtr checkpoint = m_document.checkpoint();
    if (!checkpoint)
        return {};
    const QString name = style::plain(checkpoint->facts().name);
    return name.isEmpty() ? style::plain(toPath(lastPart(fromPath(m_document.opened()->path)))) : name;
}

void MainWindow::open(const QString& path, const Choice& choice) {
    if (path.isEmpty() || (m_document.isOpening() && m_document.openingPath() == path))
        return;
    m_document.open(QFileInfo(path).absoluteFilePath(), choice);
}

void MainWindow::connectActions() {
    const Actions& actions = *m_actions;
    const auto on = [this](QAction* action, auto what) {
        connect(action, &QAction::triggered, this, what);
    };
    on(actions.openFile, [this] { askForFile(); });
    on(actions.openFolder, [this] { askForFolder([this](const QString& path) { open(path); }); });
    on(actions.clearRecent, [this] { m_services.recent->clear(); });
    on(actions.close, [this] { m_document.close(); });
    on(actions.quit, [this] { close(); });
    on(actions.copyName, [this] { copyName(); });
    on(actions.find, [this] {
        m_filterBox->setFocus(Qt::ShortcutFocusReason);
        m_filterBox->selectAll();
    });
    on(actions.preferences, [this] {
        auto* dialog = new SettingsDialog(m_services.settings, this);
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        dialog->open();
    });
    on(actions.resetLayout, [this] { resetLayout(); });
    connect(actions.fullScreen, &QAction::toggled, this,
            [this](bool full) { setWindowState(windowState().setFlag(Qt::WindowFullScreen, full)); });
    on(actions.consolidate, [this] { consolidate({}, {}); });
    on(actions.check, [this] { checkDeeply(); });
    on(actions.formats, [this] { showFormats(this); });
    on(actions.rules, [this] { showRules(this); });
    on(actions.about, [this] { showAbout(this); });
    on(actions.back, [this] { m_document.selection()->goBack(); });
    on(actions.forward, [this] { m_document.selection()->goForward(); });

    connect(m_startPage, &StartPage::openRequested, this,
            [this] { m_actions->openMenu->popup(QCursor::pos()); });
    connect(m_startPage, &StartPage::consolidateRequested, this,
            [this] { askForFolder([this](const QString& path) { consolidate(path, {}); }); });
    connect(m_startPage, &StartPage::archiveRequested, this, &MainWindow::askForFile);
    connect(m_startPage, &StartPage::sampleRequested, this, &MainWindow::openSample);
    connect(m_startPage, &StartPage::recentRequested, this, [this](const QString& path) { open(path); });
    connect(m_services.recent, &RecentItems::changed, this, &MainWindow::fillRecentMenus);
    connect(m_failurePage, &FailurePage::retryRequested, this, [this](const QString& path) { open(path); });
    connect(m_failurePage, &FailurePage::openRequested, this,
            [this] { m_actions->openMenu->popup(QCursor::pos()); });
    connect(m_failurePage, &FailurePage::backRequested, &m_document, &Document::clearFailure);
    connect(m_drops, &DropController::inspectRequested, this, [this](const QString& path) { open(path); });
    connect(m_drops, &DropController::consolidateRequested, this,
            [this](const QString& path) { consolidate(path, {}); });
    connect(m_drops, &DropController::consolidateHereRequested, this,
            [this](const QString& folder) { consolidate({}, folder); });
    connect(m_jobsPanel, &JobsPanel::openFolderRequested, this, &MainWindow::openFolderOf);
    connect(m_jobsPanel, &JobsPanel::openResultRequested, this, [this](const QString& path) { open(path); });
    connect(m_filterBox, &FilterBox::leaveRequested, this, [this] {
        if (QDockWidget* contents = dock(QStringLiteral("contents")))
            contents->widget()->setFocus();
    });
}

void MainWindow::connectDocument() {
    connect(&m_document, &Document::checkpointChanged, this, &MainWindow::becomeCheckpoint);
    connect(&m_document, &Document::openingChanged, this, [this] {
        if (m_document.isOpening())
            m_openingDelay.start();
        else
            m_openingDelay.stop();
        updatePage();
    });
    connect(&m_openingDelay, &QTimer::timeout, this, &MainWindow::updatePage);
    connect(m_document.selection(), &Selection::historyChanged, this, [this] {
        m_actions->back->setEnabled(m_document.selection()->canGoBack());
        m_actions->forward->setEnabled(m_document.selection()->canGoForward());
        const auto kind = m_document.selection()->current().kind;
        m_actions->copyName->setEnabled(kind != SelectedItem::Kind::Nothing &&
                                        kind != SelectedItem::Kind::Finding);
    });
}

void MainWindow::becomeCheckpoint() {
    m_comparing = false;
    const bool isOpen = m_document.isOpen();
    for (QAction* action : m_actions->needCheckpoint())
        action->setEnabled(isOpen);
    m_actions->back->setEnabled(false);
    m_actions->forward->setEnabled(false);
    m_actions->copyName->setEnabled(false);
    setWindowTitle(isOpen ? tr("%1 — Shardlens").arg(openName()) : tr("Shardlens"));
    if (isOpen)
        m_services.recent->add(*m_document.opened());
    fillPartMenu();
    fillCompareMenu();
    updatePage();
    sayComparison();
}

void MainWindow::updatePage() {
    const bool waits = m_document.isOpening() && !m_openingDelay.isActive();
    if (waits) {
        showContent(false);
        m_pages->setCurrentWidget(m_openingPage);
    } else if (m_document.failure()) {
        m_failurePage->show(m_document.failurePath(), *m_document.failure(), openName());
        showContent(false);
        m_pages->setCurrentWidget(m_failurePage);
    } else if (m_comparing) {
        showContent(false);
        m_pages->setCurrentWidget(m_compareView);
    } else if (m_document.isOpen()) {
        m_pages->setCurrentWidget(m_tabs);
        showContent(true);
    } else {
        showContent(false);
        m_pages->setCurrentWidget(m_startPage);
    }
}

void MainWindow::fillRecentMenus() {
    Actions& actions = *m_actions;
    actions.openMenu->clear();
    actions.recentMenu->clear();
    actions.openMenu->addActions({actions.openFile, actions.openFolder});
    const auto& items = m_services.recent->items();
    if (!items.empty())
        actions.openMenu->addSeparator();
    for (const RecentItem& item : items) {
        QString text = tr("%1   %2").arg(item.name, style::bytesText(item.bytes));
        auto* entry = new QAction(text.replace(QLatin1Char('&'), QStringLiteral("&&")), actions.recentMenu);
        entry->setToolTip(style::toolTip(style::plain(toPath(item.path))));
        connect(entry, &QAction::triggered, this, [this, path = item.path] { open(path); });
        actions.recentMenu->addAction(entry);
        actions.openMenu->addAction(entry);
    }
    fillCompareMenu();
    actions.recentMenu->setEnabled(!items.empty());
    if (!items.empty()) {
        actions.recentMenu->addSeparator();
        actions.recentMenu->addAction(actions.clearRecent);
    }
}

void MainWindow::fillPartMenu() {
    QMenu* menu = m_actions->partMenu;
    menu->clear();
    const auto opened = m_document.opened();
    const bool several = opened && opened->survey.parts.size() > 1;
    menu->menuAction()->setVisible(several);
    if (!several)
        return;
    for (std::size_t index = 0; index < opened->survey.parts.size(); ++index) {
        const SurveyPart& part = opened->survey.parts[index];
        QStringList names;
        for (const std::string& name : {part.name, part.variant})
            if (!name.empty())
                names << style::plain(name);
        QAction* action = menu->addAction(
            tr("%1   %2").arg(names.join(QStringLiteral(", ")), style::bytesText(part.bytes)));
        action->setCheckable(true);
        action->setChecked(index == opened->survey.chosen);
        const Choice choice{part.name, part.variant};
        connect(action, &QAction::triggered, this,
                [this, choice, path = fromPath(opened->path)] { m_document.open(path, choice); });
    }
}

void MainWindow::askForFile() {
    auto* dialog =
        new QFileDialog(this, tr("Open a file of a checkpoint"), m_services.settings->lastFolder());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    dialog->setNameFilters(
        {tr("Checkpoints (*.safetensors *.json *.pt *.pth *.bin *.ckpt *.distcp *.dduf .metadata)"),
         tr("All files (*)")});
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& path) {
        m_services.settings->setLastFolder(QFileInfo(path).absolutePath());
        open(path);
    });
    dialog->open();
}

void MainWindow::askForFolder(const std::function<void(const QString&)>& then) {
    auto* dialog =
        new QFileDialog(this, tr("Open the folder of a checkpoint"), m_services.settings->lastFolder());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::Directory);
    dialog->setOption(QFileDialog::ShowDirsOnly);
    connect(dialog, &QFileDialog::fileSelected, this, [this, then](const QString& path) {
        m_services.settings->setLastFolder(QFileInfo(path).absolutePath());
        then(path);
    });
    dialog->open();
}

void MainWindow::copyName() {
    const CheckpointPtr checkpoint = m_document.checkpoint();
    const SelectedItem& item = m_document.selection()->current();
    std::string_view name;
    switch (item.kind) {
    case SelectedItem::Kind::Tensor:
        name = checkpoint->tensor(item.tensorId()).name();
        break;
    case SelectedItem::Kind::Entry:
        name = checkpoint->entry(item.entryId()).name;
        break;
    case SelectedItem::Kind::File:
        name = checkpoint->file(item.fileId()).path;
        break;
    case SelectedItem::Kind::Branch:
        name = m_document.names()->label(item.branch);
        break;
    default:
        return;
    }
    QApplication::clipboard()->setText(QString::fromUtf8(name.data(), static_cast<qsizetype>(name.size())));
}

void MainWindow::openFolderOf(const QString& folder) {
    QDesktopServices::openUrl(QUrl::fromLocalFile(folder));
}

void MainWindow::sayFailure(const QString& title, const Error& error) {
    auto* box = new QMessageBox(QMessageBox::Warning, title, style::message(error), QMessageBox::Ok, this);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setTextFormat(Qt::PlainText);
    box->setInformativeText(style::advice(error));
    box->open();
}

void MainWindow::consolidate(const QString& source, const QString& target) {
    const auto opened = m_document.opened();
    const QString path = source.isEmpty() ? QString() : QFileInfo(source).absoluteFilePath();
    if (opened && (path.isEmpty() || path == fromPath(opened->path))) {
        showDialog(opened->checkpoint, fromPath(opened->path), target);
        return;
    }
    if (path.isEmpty())
        return;
    statusBar()->showMessage(tr("Reading %1").arg(style::plain(toPath(lastPart(path)))));
    m_source.emplace(m_services.runner->run<Result<CheckpointPtr>>(
        [path = toPath(path)](const JobContext& context) { return shardlens::open(path, {}, context); }));
    m_source->then([this, path, target](const Result<CheckpointPtr>& result) {
        m_source.reset();
        statusBar()->clearMessage();
        if (result)
            showDialog(*result, path, target);
        else
            sayFailure(tr("Consolidate"), result.error());
    });
}

void MainWindow::showDialog(const CheckpointPtr& source, const QString& path, const QString& target) {
    auto* dialog =
        new ConsolidateDialog(m_services, source, path, proposedTarget(*source, path, target), this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &ConsolidateDialog::started, this, &MainWindow::showJobs);
    dialog->open();
}

void MainWindow::showJobs() {
    if (!m_contentShown)
        return;
    QDockWidget* jobs = dock(QStringLiteral("jobs"));
    jobs->show();
    jobs->raise();
}

void MainWindow::openSample() {
    const QString folder = QStandardPaths::writableLocation(QStandardPaths::AppLocalDataLocation);
    m_startPage->setSampleBusy(true);
    m_sample.emplace(m_services.runner->run<Result<std::string>>(
        [folder = toPath(folder + QStringLiteral("/sample-slices"))](const JobContext& context) {
            return sampleIn(folder, context);
        }));
    m_sample->then([this](const Result<std::string>& written) {
        m_sample.reset();
        m_startPage->setSampleBusy(false);
        if (written)
            open(fromPath(*written));
        else
            sayFailure(tr("Sample checkpoint"), written.error());
    });
}

void MainWindow::checkDeeply() {
    const CheckpointPtr checkpoint = m_document.checkpoint();
    if (!checkpoint)
        return;
    m_services.jobs->add(tr("Check every byte of %1").arg(openName()), deepCheckWork(checkpoint));
    showJobs();
}

bool MainWindow::mayClose() {
    const int unfinished = m_services.jobs->unfinished();
    if (unfinished == 0)
        return true;
    QMessageBox box(QMessageBox::Question, tr("Quit Shardlens"),
                    unfinished == 1 ? tr("A job is still running.")
                                    : tr("%1 jobs are not finished.").arg(unfinished),
                    QMessageBox::NoButton, this);
    box.setInformativeText(
        tr("Quitting stops them. Nothing is left under a final name, and no input changes."));
    QPushButton* quit = box.addButton(tr("Stop and quit"), QMessageBox::DestructiveRole);
    box.setDefaultButton(box.addButton(tr("Keep running"), QMessageBox::RejectRole));
    box.exec();
    return box.clickedButton() == quit;
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event) {
    m_drops->enter(event);
}

void MainWindow::dragMoveEvent(QDragMoveEvent* event) {
    m_drops->move(event);
}

void MainWindow::dragLeaveEvent(QDragLeaveEvent*) {
    m_drops->leave();
}

void MainWindow::dropEvent(QDropEvent* event) {
    m_drops->drop(event);
}

} // namespace shardlens::ui
