// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/document/filter_result.h"
#include "ui/document/tensor_figures.h"
#include "ui/jobs/job_report.h"
#include "ui/jobs/job_runner.h"

#include <QObject>
#include <QTimer>

#include <memory>
#include <optional>
#include <vector>

namespace shardlens::ui {

class JobList;

/// The statistics of the open checkpoint's tensors, computed on request in the background and filled in as
/// they arrive, at most 15 times a second. Lives on the GUI thread; what it hands out may be kept by workers.
class StatisticsStore : public QObject {
    Q_OBJECT

public:
    explicit StatisticsStore(JobRunner* runner, QObject* parent = nullptr);
    ~StatisticsStore() override;

    /// Where runs are shown; without it they are known here alone.
    void setJobs(JobList* jobs) { m_jobs = jobs; }

    /// Forgets everything and stops what runs.
    void reset(CheckpointPtr checkpoint);
    /// Computes what matches, anew.
    void start(const FilterResultPtr& filter);
    void cancel();

    bool isRunning() const { return m_run != nullptr; }
    ProgressSnapshot progress() const;
    /// How many tensors the last run was asked for; 0 before it knows, and where there was none.
    std::size_t wanted() const;
    /// What has arrived. Never null.
    const FiguresTablePtr& table() const { return m_table; }
    /// Null where it is not known yet.
    const TensorFigures* of(TensorId tensor) const {
        return tensor.valid() && tensor.index() < m_byTensor.size() ? m_byTensor[tensor.index()] : nullptr;
    }
    /// What the figures say together, once all are there.
    const Findings& findings() const { return m_findings; }
    /// The last run ended with all that it was asked for.
    bool isComplete() const { return m_complete; }
    double seconds() const { return m_seconds; }

signals:
    /// More figures, or none any more.
    void changed();
    /// A run began or ended, or everything was forgotten.
    void runningChanged();

private:
    struct Run;
    void collect();
    void finish();
    static JobReport work(const std::shared_ptr<Run>& run, const FilterResultPtr& filter,
                          const JobContext& context);

    JobRunner* m_runner;
    JobList* m_jobs = nullptr;
    CheckpointPtr m_checkpoint;
    FiguresTablePtr m_table;
    std::vector<const TensorFigures*> m_byTensor;
    Findings m_findings;
    bool m_complete = false;
    double m_seconds = 0;
    std::size_t m_wanted = 0;
    std::shared_ptr<Run> m_run;
    std::shared_ptr<JobState> m_state;            ///< of the run
    std::optional<JobHandle<JobReport>> m_handle; ///< of a run that no list shows
    QTimer m_collect;
};

} // namespace shardlens::ui
