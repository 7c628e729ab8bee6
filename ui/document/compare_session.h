// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/document/document.h"
#include "ui/jobs/job_list.h"
#include "ui/models/compare_rows.h"

#include <QObject>

#include <memory>
#include <optional>

namespace shardlens::ui {

/// The window's one comparison: what is compared with what, how far it is, what came out, and what the filter
/// leaves of it. The comparison itself is a job of the application; the newest one wins.
class CompareSession : public QObject {
    Q_OBJECT

public:
    CompareSession(Document* document, JobList* jobs, QObject* parent = nullptr);

    /// Sides without a checkpoint are opened by the job.
    void start(const CompareSide& a, const CompareSide& b, const CompareSettings& settings = {});
    /// The same two in another way.
    void restart(const CompareSettings& settings);
    /// Shows a comparison that has ended.
    void show(const CompareResultPtr& result);
    void cancel();

    /// Something is compared or was.
    bool isActive() const { return m_job != 0 || m_result || m_failure || m_cancelled; }
    bool isRunning() const { return m_job != 0; }
    bool wasCancelled() const { return m_cancelled; }
    ProgressSnapshot progress() const;
    const CompareSide& a() const { return m_a; }
    const CompareSide& b() const { return m_b; }
    const CompareSettings& settings() const { return m_settings; }
    /// Of these settings; null while it runs, after a failure and a cancel.
    const CompareResultPtr& result() const { return m_result; }
    const std::optional<Error>& failure() const { return m_failure; }

    /// What the document's filter leaves, in the order that was asked for. Null until it is there.
    const CompareRowsPtr& rows() const { return m_rows; }
    void sortBy(CompareColumn column, bool descending);
    /// The tensors of both sides, where the document shows one of them.
    void selectInDocument(TensorId inA, TensorId inB);

signals:
    void changed();
    void rowsChanged();

private:
    /// How the job hands over what a report cannot hold.
    struct Handover {
        std::optional<Result<CompareResultPtr>> result;
    };
    void finish(int job);
    void rearrange();

    Document* m_document;
    JobList* m_jobs;
    CompareSide m_a, m_b;
    CompareSettings m_settings;
    std::shared_ptr<Handover> m_handover;
    int m_job = 0;
    bool m_cancelled = false;
    CompareResultPtr m_result;
    std::optional<Error> m_failure;
    CompareRowsPtr m_rows;
    CompareColumn m_column = CompareColumn::Name;
    bool m_descending = false;
    std::optional<JobHandle<Result<CompareRowsPtr>>> m_arranging;
};

} // namespace shardlens::ui
