// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "jobs/job_context.h"
#include "jobs/progress.h"

#include <atomic>
#include <stop_token>

namespace shardlens::ui {

/// What a running operation and those who watch it share. Safe from any thread.
struct JobState {
    std::stop_source stop;
    Progress progress;
    std::atomic<bool> started{false};
    std::atomic<bool> finished{false};

    JobContext context() {
        JobContext context;
        context.stop = stop.get_token();
        context.progress = &progress;
        return context;
    }
};

} // namespace shardlens::ui
