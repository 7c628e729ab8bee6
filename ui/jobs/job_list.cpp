// SPDX-License-Identifier: Apache-2.0
#include "ui/jobs/job_list.h"

#include <algorithm>

namespace shardlens::ui {

JobList::JobList(JobRunner* runner, QObject* parent) : QObject(parent), m_runner(runner) {}

int JobList::add(const QString& title, std::function<JobReport(const JobContext&)> work, Start start) {
    const int id = m_nextId++;
    auto guarded = [work = std::move(work)](const JobContext& context) {
        // A queued job that was cancelled never begins.
        return context.stopped()
                   ? JobReport{JobReport::Outcome::Cancelled, tr("Cancelled before it began."), {}, {}, {}}
                   : work(context);
    };
    Held held{id, start == Start::Now ? m_runner->run<JobReport>(std::move(guarded))
                                      : m_runner->queue<JobReport>(std::move(guarded))};
    m_jobs.push_back({id, title, held.handle.state(), std::nullopt});
    m_handles.push_back(std::move(held));
    m_handles.back().handle.then([this, id](const JobReport& report) { end(id, report); });
    emit changed();
    return id;
}

const Job* JobList::find(int id) const {
    const auto found =
        std::find_if(m_jobs.begin(), m_jobs.end(), [id](const Job& job) { return job.id == id; });
    return found == m_jobs.end() ? nullptr : &*found;
}

int JobList::unfinished() const {
    return static_cast<int>(
        std::count_if(m_jobs.begin(), m_jobs.end(), [](const Job& job) { return !job.report; }));
}

void JobList::cancel(int id) {
    for (Held& held : m_handles)
        if (held.id == id)
            held.handle.stop();
    emit changed();
}

void JobList::cancelAll() {
    for (Held& held : m_handles)
        held.handle.stop();
    emit changed();
}

void JobList::clearFinished() {
    std::erase_if(m_jobs, [](const Job& job) { return job.report.has_value(); });
    emit changed();
}

void JobList::end(int id, const JobReport& report) {
    for (Job& job : m_jobs)
        if (job.id == id)
            job.report = report;
    std::erase_if(m_handles, [id](const Held& held) { return held.id == id; });
    emit changed();
    emit finished(id);
}

} // namespace shardlens::ui
