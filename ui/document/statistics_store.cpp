// SPDX-License-Identifier: Apache-2.0
#include "ui/document/statistics_store.h"

#include "ui/jobs/job_list.h"
#include "ui/style/text.h"

#include <chrono>
#include <mutex>

namespace shardlens::ui {

namespace {

constexpr int CollectMilliseconds = 67; // 15 Hz

} // namespace

/// What the worker and the store share.
struct StatisticsStore::Run {
    CheckpointPtr checkpoint;
    std::mutex mutex; // guards what follows
    std::vector<TensorFigures> fresh;
    std::size_t wanted = 0;
    std::optional<Result<Findings>> end;
    double seconds = 0;
};

StatisticsStore::StatisticsStore(JobRunner* runner, QObject* parent)
    : QObject(parent)
    , m_runner(runner)
    , m_table(std::make_shared<FiguresTable>()) {
    m_collect.setInterval(CollectMilliseconds);
    connect(&m_collect, &QTimer::timeout, this, &StatisticsStore::collect);
}

StatisticsStore::~StatisticsStore() {
    cancel();
}

void StatisticsStore::reset(CheckpointPtr checkpoint) {
    cancel();
    m_collect.stop();
    m_run.reset();
    m_handle.reset();
    m_state.reset();
    m_checkpoint = std::move(checkpoint);
    m_table = std::make_shared<FiguresTable>();
    m_byTensor.clear();
    m_findings.clear();
    m_complete = false;
    m_wanted = 0;
    emit changed();
    emit runningChanged();
}

void StatisticsStore::cancel() {
    if (m_state)
        m_state->stop.request_stop();
}

ProgressSnapshot StatisticsStore::progress() const {
    return m_state ? m_state->progress.snapshot() : ProgressSnapshot();
}

std::size_t StatisticsStore::wanted() const {
    if (!m_run)
        return m_wanted;
    const std::lock_guard lock(m_run->mutex);
    return m_run->wanted;
}

void StatisticsStore::start(const FilterResultPtr& filter) {
    reset(m_checkpoint);
    if (!m_checkpoint || !filter)
        return;
    m_byTensor.assign(m_checkpoint->tensorCount(), nullptr);
    m_run = std::make_shared<Run>();
    m_run->checkpoint = m_checkpoint;
    const std::function<JobReport(const JobContext&)> job = [run = m_run, filter](const JobContext& context) {
        return work(run, filter, context);
    };
    if (m_jobs) {
        const int id =
            m_jobs->add(tr("Statistics of %1 tensors").arg(style::grouped(filter->total().tensors)), job,
                        JobList::Start::Now);
        m_state = m_jobs->find(id)->state;
    } else {
        m_handle = m_runner->run<JobReport>(job);
        m_state = m_handle->state();
    }
    m_collect.start();
    emit runningChanged();
}

JobReport StatisticsStore::work(const std::shared_ptr<Run>& run, const FilterResultPtr& filter,
                                const JobContext& context) {
    const auto began = std::chrono::steady_clock::now();
    std::vector<TensorId> tensors;
    for (std::uint32_t i = 0; i < run->checkpoint->tensorCount(); ++i)
        if (filter->matches(i))
            tensors.emplace_back(i);
    {
        const std::lock_guard lock(run->mutex);
        run->wanted = tensors.size();
    }
    auto found = modelStatistics(run->checkpoint, tensors, {.bins = 1}, context,
                                 [&](std::size_t, const TensorStatistics& one) {
                                     TensorFigures figures{one.tensor, one.statistics.has_value(), {}};
                                     if (one.statistics)
                                         figures.figures = *one.statistics;
                                     const std::lock_guard lock(run->mutex);
                                     run->fresh.push_back(figures);
                                 });
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    JobReport report;
    if (found) {
        const auto counts = countFindings(*found);
        report.sentence =
            tr("%1 read in %2 s")
                .arg(style::bytesText(filter->total().bytes), style::numberText(took.count(), 3));
        if (const auto worth = counts.errors + counts.warnings; worth > 0)
            report.sentence += tr("; %1 findings, see there").arg(style::grouped(worth));
        if (counts.errors > 0)
            report.outcome = JobReport::Outcome::Failed;
    } else {
        const bool cancelled = found.error().rule == &rules::JobCancelled;
        report.outcome = cancelled ? JobReport::Outcome::Cancelled : JobReport::Outcome::Failed;
        report.sentence = cancelled ? tr("The statistics were stopped.") : style::message(found.error());
    }
    const std::lock_guard lock(run->mutex);
    run->seconds = took.count();
    run->end = std::move(found);
    return report;
}

/// Takes what has arrived since the last time. The work is a move and a pass over the fresh figures.
void StatisticsStore::collect() {
    std::vector<TensorFigures> fresh;
    // A job that was cancelled before it began never comes to its end by itself. Asked before the rest is
    // taken: what arrived until then is in it.
    bool ended = m_state->finished;
    {
        const std::lock_guard lock(m_run->mutex);
        fresh.swap(m_run->fresh);
        ended = ended || m_run->end.has_value();
        m_wanted = m_run->wanted;
    }
    const bool grew = !fresh.empty();
    if (grew) {
        auto chunk = std::make_shared<const std::vector<TensorFigures>>(std::move(fresh));
        auto table = std::make_shared<FiguresTable>(*m_table);
        for (const auto& figures : *chunk)
            m_byTensor[figures.tensor.index()] = &figures;
        table->size += chunk->size();
        table->chunks.push_back(std::move(chunk));
        m_table = std::move(table);
    }
    if (ended)
        finish();
    else if (grew)
        emit changed();
}

void StatisticsStore::finish() {
    m_collect.stop();
    {
        const std::lock_guard lock(m_run->mutex);
        m_seconds = m_run->seconds;
        m_complete = m_run->end && m_run->end->has_value();
        if (m_complete)
            m_findings = std::move(**m_run->end);
    }
    auto identical = std::make_shared<std::vector<bool>>(m_checkpoint->tensorCount());
    for (const auto& finding : m_findings)
        if (finding.what.rule->id == std::string_view("values.identical"))
            for (const auto tensor : finding.tensors)
                (*identical)[tensor.index()] = true;
    auto table = std::make_shared<FiguresTable>(*m_table);
    table->identical = std::move(identical);
    m_table = std::move(table);
    m_run.reset();
    m_handle.reset();
    m_state.reset();
    emit changed();
    emit runningChanged();
}

} // namespace shardlens::ui
