// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/jobs/job_report.h"
#include "ui/jobs/job_runner.h"

#include <QObject>
#include <QString>

#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace shardlens::ui {

/// A job that the user started and sees in the jobs panel.
struct Job {
    int id = 0;
    QString title;
    std::shared_ptr<JobState> state; ///< progress, and whether it has begun
    std::optional<JobReport> report; ///< once it has ended

    bool isQueued() const { return !report && !state->started; }
    bool isRunning() const { return !report && state->started; }
    bool isStopping() const { return !report && state->stop.stop_requested(); }
};

/// The jobs that the user started, one running at a time, and the reports of those that ended. Belongs to the
/// application like the runner: a window that goes leaves them running.
class JobList : public QObject {
    Q_OBJECT

public:
    explicit JobList(JobRunner* runner, QObject* parent = nullptr);

    JobRunner* runner() const { return m_runner; }
    using Work = std::function<JobReport(const JobContext&)>;
    /// Now: beside what runs already, for work that only reads.
    enum class Start { Queued, Now };
    /// Queues work that ends with a report: whatever writes, one after the other. It runs in a worker and captures
    /// values only.
    int add(const QString& title, Work work, Start start = Start::Queued);
    /// Queues the verification that a finished job's report offers; 0 where it offers none.
    int verify(int id);
    const std::vector<Job>& jobs() const { return m_jobs; }
    const Job* find(int id) const;
    /// Running and queued ones.
    int unfinished() const;

    /// One that waits ends at once; one that runs is asked to stop.
    void cancel(int id);
    void cancelAll();
    /// Forgets the reports.
    void clearFinished();

signals:
    void changed();
    void finished(int id);

private:
    int hold(const QString& title, JobHandle<JobReport> handle);
    void end(int id, const JobReport& report);

    struct Held {
        int id;
        JobHandle<JobReport> handle;
    };
    JobRunner* m_runner;
    std::vector<Job> m_jobs;
    std::vector<Held> m_handles;
    int m_nextId = 1;
};

} // namespace shardlens::ui
