// SPDX-License-Identifier: Apache-2.0
#include "ui/jobs/job_runner.h"

#include <QThread>

#include <algorithm>

namespace shardlens::ui {

JobRunner::JobRunner(QObject* parent) : QObject(parent) {
    // Work that is asked to stop still holds its thread for a moment: enough threads that the newest never
    // waits.
    m_now.setMaxThreadCount(std::max(8, 2 * QThread::idealThreadCount()));
    m_queue.setMaxThreadCount(1);
}

JobRunner::~JobRunner() {
    for (const auto& weak : m_states)
        if (const auto state = weak.lock())
            state->stop.request_stop();
    m_queue.waitForDone();
    m_now.waitForDone();
}

void JobRunner::track(const std::shared_ptr<JobState>& state) {
    std::erase_if(m_states, [](const auto& weak) { return weak.expired(); });
    m_states.push_back(state);
}

} // namespace shardlens::ui
