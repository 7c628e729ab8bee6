// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/jobs/job_state.h"

#include <QFuture>
#include <QFutureWatcher>
#include <QObject>
#include <QPromise>
#include <QThreadPool>

#include <functional>
#include <memory>
#include <utility>
#include <vector>

namespace shardlens::ui {

/// The receiver's end of an operation. Dropping it asks the operation to stop, waits for nothing, and no
/// callback comes any more. Lives on the receiver's thread.
template <typename T>
class JobHandle {
public:
    JobHandle(std::shared_ptr<JobState> state, QFuture<T> future)
        : m_state(std::move(state))
        , m_future(future) {}
    JobHandle(JobHandle&&) noexcept = default;
    JobHandle& operator=(JobHandle&& other) noexcept {
        if (this != &other) {
            stop();
            m_watcher = std::move(other.m_watcher);
            m_state = std::move(other.m_state);
            m_future = std::move(other.m_future);
        }
        return *this;
    }
    ~JobHandle() { stop(); }

    /// Asks the operation to stop; its result still arrives (`job.cancelled`, as a rule).
    void stop() {
        if (m_state)
            m_state->stop.request_stop();
    }
    /// Calls `receive(T)` on this thread when the result is there. `receive` may destroy the handle.
    template <typename Receive>
    void then(Receive receive) {
        m_watcher.reset(new QFutureWatcher<T>);
        QObject::connect(m_watcher.get(), &QFutureWatcherBase::finished, m_watcher.get(),
                         [future = m_future, receive = std::move(receive)]() mutable {
                             if (future.isResultReadyAt(0)) {
                                 auto call = std::move(receive); // the watcher may die within
                                 call(future.result());
                             }
                         });
        m_watcher->setFuture(m_future);
    }
    ProgressSnapshot progress() const { return m_state->progress.snapshot(); }
    const std::shared_ptr<JobState>& state() const { return m_state; }
    bool finished() const { return m_future.isFinished(); }
    const QFuture<T>& future() const { return m_future; }

private:
    struct DeleteLater {
        void operator()(QObject* object) const {
            object->disconnect();
            object->deleteLater();
        }
    };
    std::shared_ptr<JobState> m_state;
    QFuture<T> m_future;
    std::unique_ptr<QFutureWatcher<T>, DeleteLater> m_watcher;
};

/// Runs the library's long operations away from the GUI thread. Work captures values and shared_ptrs only.
/// The runner outlives every window; its end asks everything to stop and waits for it.
///
///     m_job = runner->run<Result<X>>([checkpoint](const JobContext& context) { return compute(checkpoint,
///     context); }); m_job->then([this](const Result<X>& result) { … });
class JobRunner : public QObject {
    Q_OBJECT

public:
    explicit JobRunner(QObject* parent = nullptr);
    ~JobRunner() override;

    /// Starts at once.
    template <typename T>
    JobHandle<T> run(std::function<T(const JobContext&)> work) {
        return start<T>(m_now, std::move(work));
    }
    /// One after the other: conversions and deep checks, which each keep the disk busy.
    template <typename T>
    JobHandle<T> queue(std::function<T(const JobContext&)> work) {
        return start<T>(m_queue, std::move(work));
    }

private:
    template <typename T>
    JobHandle<T> start(QThreadPool& pool, std::function<T(const JobContext&)> work) {
        auto state = std::make_shared<JobState>();
        auto promise = std::make_shared<QPromise<T>>();
        promise->start();
        auto future = promise->future();
        track(state);
        pool.start([state, promise, work = std::move(work)]() mutable {
            state->started = true;
            promise->addResult(work(state->context()));
            work = nullptr; // what it captured goes before anybody hears of the end
            state->finished = true;
            promise->finish();
        });
        return JobHandle<T>(std::move(state), std::move(future));
    }
    void track(const std::shared_ptr<JobState>& state);

    QThreadPool m_now, m_queue;
    std::vector<std::weak_ptr<JobState>> m_states;
};

} // namespace shardlens::ui
