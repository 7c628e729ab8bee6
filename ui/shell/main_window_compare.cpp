// SPDX-License-Identifier: Apache-2.0
// How the window compares what is open, or what a job made, with something else.
#include "ui/document/compare_session.h"
#include "ui/document/paths.h"
#include "ui/jobs/job_list.h"
#include "ui/jobs/jobs_panel.h"
#include "ui/settings/settings.h"
#include "ui/shell/actions.h"
#include "ui/shell/drop_controller.h"
#include "ui/shell/main_window.h"
#include "ui/shell/recent_items.h"
#include "ui/shell/status_line.h"
#include "ui/style/text.h"
#include "ui/views/compare_view.h"
#include "ui/views/parts/table.h"

#include <QFileDialog>
#include <QFileInfo>
#include <QMenu>
#include <QToolButton>

#include <utility>

namespace shardlens::ui {

void MainWindow::connectComparison() {
    const Actions& actions = *m_actions;
    connect(actions.compareFolder, &QAction::triggered, this,
            [this] { askForFolder([this](const QString& path) { compareWith(path); }); });
    connect(actions.compareFile, &QAction::triggered, this, [this] {
        auto* dialog = new QFileDialog(this, tr("Compare with a file"), m_services.settings->lastFolder());
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        dialog->setFileMode(QFileDialog::ExistingFile);
        connect(dialog, &QFileDialog::fileSelected, this, &MainWindow::compareWith);
        dialog->open();
    });
    connect(actions.showComparison, &QAction::triggered, this, &MainWindow::showComparison);
    connect(m_compareView, &CompareView::leaveRequested, this, &MainWindow::leaveComparison);
    connect(m_comparison, &CompareSession::changed, this, [this] {
        fillCompareMenu();
        sayComparison();
    });
    connect(m_drops, &DropController::compareRequested, this, &MainWindow::compareWith);
    connect(m_jobsPanel, &JobsPanel::compareRequested, this, &MainWindow::compareJob);
    connect(m_jobsPanel, &JobsPanel::showRequested, this, [this](int id) {
        const Job* job = m_services.jobs->find(id);
        if (!job || !job->report || !job->report->comparison)
            return;
        m_comparison->show(job->report->comparison);
        showComparison();
    });
}

void MainWindow::fillCompareMenu() {
    const Actions& actions = *m_actions;
    QMenu* menu = actions.compareMenu;
    menu->clear();
    menu->addActions({actions.compareFolder, actions.compareFile});
    const bool isOpen = m_document.isOpen();
    actions.showComparison->setEnabled(m_comparison->isActive());
    const QString own = isOpen ? fromPath(m_document.opened()->path) : QString();
    bool first = true;
    for (const RecentItem& item : m_services.recent->items()) {
        if (!isOpen || item.path == own)
            continue;
        if (std::exchange(first, false))
            menu->addSeparator();
        QString text = tr("With %1   %2").arg(item.name, style::bytesText(item.bytes));
        QAction* entry = menu->addAction(text.replace(QLatin1Char('&'), QStringLiteral("&&")));
        entry->setToolTip(style::toolTip(style::plain(toPath(item.path))));
        connect(entry, &QAction::triggered, this, [this, path = item.path] { compareWith(path); });
    }
    menu->addSeparator();
    menu->addAction(actions.showComparison);
    if (auto* button = findChild<QToolButton*>(QStringLiteral("compare")))
        button->setEnabled(isOpen || m_comparison->isActive());
}

void MainWindow::compareWith(const QString& path) {
    const auto opened = m_document.opened();
    if (!opened || path.isEmpty())
        return;
    const CompareSide a{fromPath(opened->path), opened->checkpoint, opened->names};
    const CompareSide b{QFileInfo(path).absoluteFilePath(), nullptr, nullptr};
    m_comparison->start(a, b);
    showComparison();
}

void MainWindow::compareJob(int id) {
    const Job* job = m_services.jobs->find(id);
    if (!job || !job->report || !job->report->source || job->report->result.isEmpty())
        return;
    const JobReport& report = *job->report;
    const auto opened = m_document.opened();
    const bool isOpen = opened && opened->checkpoint == report.source;
    m_comparison->start({report.sourcePath, report.source, isOpen ? opened->names : nullptr},
                        {report.result, nullptr, nullptr});
    showComparison();
}

void MainWindow::showComparison() {
    if (!m_comparison->isActive())
        return;
    m_document.clearFailure();
    m_comparing = true;
    updatePage();
    sayComparison();
    m_compareView->table()->setFocus();
}

void MainWindow::leaveComparison() {
    if (!m_comparing)
        return;
    m_comparing = false;
    updatePage();
    sayComparison();
}

void MainWindow::sayComparison() {
    if (!m_comparing) {
        m_status->showInstead({}, {});
        setWindowTitle(m_document.isOpen() ? tr("%1 — Shardlens").arg(openName()) : tr("Shardlens"));
        return;
    }
    setWindowTitle(tr("%1 and %2 — Shardlens").arg(m_comparison->a().title(), m_comparison->b().title()));
    const auto& result = m_comparison->result();
    m_status->showInstead(
        QStringList{tr("Comparison")} + m_compareView->facts(),
        result ? tr("compared in %1 s").arg(result->seconds, 0, 'f', result->seconds < 10 ? 1 : 0)
               : QString());
}

} // namespace shardlens::ui
