// SPDX-License-Identifier: Apache-2.0
#include "ui/jobs/job_list.h"

#include <algorithm>
#include <utility>

namespace shardlens::ui {

namespace {

JobReport neverBegan() {
    JobReport report;
    report.outcome = JobReport::Outcome::Cancelled;
    report.sentence = JobList::tr("Cancelled before it began.");
    return report;
}

} // namespace

JobList::JobList(JobRunner* runner, QObject* parent) : QObject(parent), m_runner(runner) {}

int JobList::add(const QString& title, Work work, Start start) {
    auto guarded = [work = std::move(work)](const JobContext& context) {
        return context.stopped() ? neverBegan() : work(context);
    };
    return hold(title, start == Start::Now ? m_runner->run<JobReport>(std::move(guarded))
                                           : m_runner->queue<JobReport>(std::move(guarded)));
}

int JobList::verify(int id) {
    const Job* job = find(id);
    if (!job || !job->report || !job->report->verify)
        return 0;
    Work work = job->report->verify;
    const QString title = tr("Verify: %1").arg(job->title);
    for (Job& each : m_jobs)
        if (each.id == id)
            each.report->verify = nullptr; // offered once
    return add(title, std::move(work));
}

int JobList::hold(const QString& title, JobHandle<JobReport> handle) {
    const int id = m_nextId++;
    m_jobs.push_back({id, title, handle.state(), std::nullopt});
    m_handles.push_back({id, std::move(handle)});
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
    const Job* job = find(id);
    if (job && job->isQueued())
        end(id, neverBegan()); // its handle goes: when its turn comes it returns at once, and nobody listens
    else
        emit changed();
}

void JobList::cancelAll() {
    std::vector<int> ids;
    for (const Held& held : m_handles)
        ids.push_back(held.id);
    for (const int id : ids)
        cancel(id);
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
