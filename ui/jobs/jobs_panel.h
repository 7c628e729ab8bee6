// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/jobs/job_list.h"

#include <QScrollArea>
#include <QTimer>

#include <vector>

class QVBoxLayout;

namespace shardlens::ui {

class JobRow;

/// The jobs that the user started: bars that move at 15 Hz while something runs, and reports.
class JobsPanel : public QScrollArea {
    Q_OBJECT

public:
    explicit JobsPanel(JobList* jobs, QWidget* parent = nullptr);

    /// `2 running`, for the dock's title.
    QString summary() const;

signals:
    void summaryChanged(const QString& summary);
    void openFolderRequested(const QString& folder);
    void openResultRequested(const QString& path);
    void compareRequested(int id); ///< of a job whose report has a source and a result
    void showRequested(int id);    ///< of a job whose report has a comparison

private:
    void rebuild();
    void refresh();
    JobRow* rowOf(int id) const;

    JobList* m_jobs;
    QTimer m_timer;
    QWidget* m_empty;
    QVBoxLayout* m_layout;
    std::vector<JobRow*> m_rows;
};

} // namespace shardlens::ui
