// SPDX-License-Identifier: Apache-2.0
#include "ui/jobs/jobs_panel.h"

#include "ui/jobs/job_row.h"

#include <QLabel>
#include <QVBoxLayout>

#include <algorithm>

namespace shardlens::ui {

namespace {
constexpr int PollMs = 1000 / 15;
}

JobsPanel::JobsPanel(JobList* jobs, QWidget* parent) : QScrollArea(parent), m_jobs(jobs) {
    setFrameShape(QFrame::NoFrame);
    setWidgetResizable(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setAccessibleName(tr("Jobs"));
    viewport()->setBackgroundRole(QPalette::Base);
    auto* content = new QWidget;
    content->setBackgroundRole(QPalette::Base);
    content->setAutoFillBackground(true);
    m_layout = new QVBoxLayout(content);
    m_layout->setContentsMargins(0, 4, 0, 4);
    m_layout->setSpacing(2);
    auto* hint =
        new QLabel(tr("Conversions and checks appear here while they run, and their reports after."));
    hint->setWordWrap(true);
    hint->setForegroundRole(QPalette::PlaceholderText);
    m_empty = hint;
    auto* inset = new QHBoxLayout;
    inset->setContentsMargins(12, 4, 12, 4);
    inset->addWidget(m_empty);
    m_layout->addLayout(inset);
    m_layout->addStretch(1);
    setWidget(content);
    m_timer.setInterval(PollMs);
    connect(&m_timer, &QTimer::timeout, this, &JobsPanel::refresh);
    connect(m_jobs, &JobList::changed, this, &JobsPanel::rebuild);
    rebuild();
}

QString JobsPanel::summary() const {
    int running = 0, queued = 0;
    for (const Job& job : m_jobs->jobs()) {
        running += job.isRunning() ? 1 : 0;
        queued += job.isQueued() ? 1 : 0;
    }
    QStringList texts;
    if (running > 0)
        texts << tr("%1 running").arg(running);
    if (queued > 0)
        texts << tr("%1 waiting").arg(queued);
    return texts.join(QStringLiteral(", "));
}

JobRow* JobsPanel::rowOf(int id) const {
    const auto found =
        std::find_if(m_rows.begin(), m_rows.end(), [id](const JobRow* row) { return row->id() == id; });
    return found == m_rows.end() ? nullptr : *found;
}

void JobsPanel::rebuild() {
    std::erase_if(m_rows, [this](JobRow* row) {
        if (m_jobs->find(row->id()))
            return false;
        row->deleteLater();
        return true;
    });
    for (const Job& job : m_jobs->jobs()) {
        if (rowOf(job.id))
            continue;
        auto* row = new JobRow(job);
        connect(row, &JobRow::cancelRequested, m_jobs, &JobList::cancel);
        connect(row, &JobRow::openFolderRequested, this, &JobsPanel::openFolderRequested);
        connect(row, &JobRow::openResultRequested, this, &JobsPanel::openResultRequested);
        connect(row, &JobRow::verifyRequested, m_jobs, &JobList::verify);
        connect(row, &JobRow::compareRequested, this, &JobsPanel::compareRequested);
        connect(row, &JobRow::showRequested, this, &JobsPanel::showRequested);
        m_layout->insertWidget(1, row); // the newest first
        m_rows.push_back(row);
    }
    m_empty->setVisible(m_rows.empty());
    refresh();
    if (m_jobs->unfinished() > 0)
        m_timer.start();
    else
        m_timer.stop();
}

void JobsPanel::refresh() {
    for (const Job& job : m_jobs->jobs())
        if (JobRow* row = rowOf(job.id))
            row->refresh(job);
    emit summaryChanged(summary());
}

} // namespace shardlens::ui
