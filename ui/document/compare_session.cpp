// SPDX-License-Identifier: Apache-2.0
#include "ui/document/compare_session.h"

#include "ui/style/text.h"

#include <utility>

namespace shardlens::ui {

namespace {

JobReport reportOf(const CompareSide& a, const CompareSide& b, const Result<CompareResultPtr>& result) {
    JobReport report;
    if (result) {
        report.sentence =
            CompareSession::tr("%1 and %2: %3").arg(a.title(), b.title(), compareSentence(**result));
        report.comparison = *result;
        return report;
    }
    const bool cancelled = result.error().rule == &rules::JobCancelled;
    report.outcome = cancelled ? JobReport::Outcome::Cancelled : JobReport::Outcome::Failed;
    report.sentence =
        cancelled ? CompareSession::tr("The comparison was stopped.") : style::message(result.error());
    report.details = cancelled ? QString() : style::advice(result.error());
    return report;
}

} // namespace

CompareSession::CompareSession(Document* document, JobList* jobs, QObject* parent)
    : QObject(parent)
    , m_document(document)
    , m_jobs(jobs) {
    connect(m_jobs, &JobList::finished, this, &CompareSession::finish);
    connect(m_document, &Document::filterChanged, this, &CompareSession::rearrange);
    connect(m_document, &Document::checkpointChanged, this, &CompareSession::rearrange);
}

void CompareSession::start(const CompareSide& a, const CompareSide& b, const CompareSettings& settings) {
    if (m_job != 0)
        m_jobs->cancel(std::exchange(m_job, 0));
    m_a = a;
    m_b = b;
    m_settings = settings;
    m_failure.reset();
    m_cancelled = false;
    m_result = nullptr;
    m_arranging.reset();
    m_rows = nullptr;
    auto handover = m_handover = std::make_shared<Handover>();
    m_job = m_jobs->add(
        tr("Compare %1 with %2").arg(a.title(), b.title()),
        [a, b, settings, handover](const JobContext& context) {
            handover->result = compareSides(a, b, settings, context);
            return reportOf(a, b, *handover->result);
        },
        JobList::Start::Now);
    emit changed();
    emit rowsChanged();
}

void CompareSession::restart(const CompareSettings& settings) {
    if (m_result) { // what was opened need not be opened again
        const CompareSide a = m_result->a, b = m_result->b;
        start(a, b, settings);
    } else {
        start(CompareSide(m_a), CompareSide(m_b), settings);
    }
}

void CompareSession::show(const CompareResultPtr& result) {
    if (m_job != 0)
        m_jobs->cancel(std::exchange(m_job, 0));
    m_failure.reset();
    m_cancelled = false;
    m_result = result;
    m_a = result->a;
    m_b = result->b;
    m_settings = result->settings;
    m_rows = nullptr;
    emit changed();
    rearrange();
}

void CompareSession::cancel() {
    if (m_job == 0)
        return;
    m_cancelled = true;
    m_jobs->cancel(std::exchange(m_job, 0));
    emit changed();
}

ProgressSnapshot CompareSession::progress() const {
    const Job* job = m_job == 0 ? nullptr : m_jobs->find(m_job);
    return job ? job->state->progress.snapshot() : ProgressSnapshot();
}

void CompareSession::finish(int job) {
    if (job != m_job)
        return;
    m_job = 0;
    const auto& result = m_handover->result;
    if (!result) {
        m_cancelled = true; // it never began
    } else if (*result) {
        m_result = **result;
        m_a = m_result->a;
        m_b = m_result->b;
    } else if (result->error().rule == &rules::JobCancelled) {
        m_cancelled = true;
    } else {
        m_failure = result->error();
    }
    emit changed();
    rearrange();
}

void CompareSession::sortBy(CompareColumn column, bool descending) {
    if (column == m_column && descending == m_descending)
        return;
    m_column = column;
    m_descending = descending;
    rearrange();
}

void CompareSession::rearrange() {
    m_arranging.reset();
    if (!m_result) {
        m_rows = nullptr;
        emit rowsChanged();
        return;
    }
    std::optional<Filter> filter;
    if (m_document->filter())
        filter = m_document->filter()->filter();
    m_arranging.emplace(m_document->runner()->run<Result<CompareRowsPtr>>(
        [result = m_result, filter, column = m_column,
         descending = m_descending](const JobContext& context) -> Result<CompareRowsPtr> {
            if (filter)
                return arrange(*result, *filter, column, descending, context);
            SHARDLENS_TRY(const auto everything, Filter::parse({}));
            return arrange(*result, everything, column, descending, context);
        }));
    m_arranging->then([this](const Result<CompareRowsPtr>& rows) {
        m_arranging.reset();
        if (!rows)
            return;
        m_rows = *rows;
        emit rowsChanged();
    });
}

void CompareSession::selectInDocument(TensorId inA, TensorId inB) {
    const auto open = m_document->checkpoint();
    if (!open || !m_result)
        return;
    if (open == m_result->a.checkpoint && inA.valid())
        m_document->selection()->select(SelectedItem::tensor(inA));
    else if (open == m_result->b.checkpoint && inB.valid())
        m_document->selection()->select(SelectedItem::tensor(inB));
}

} // namespace shardlens::ui
