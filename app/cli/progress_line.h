// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/cli/output.h"
#include "jobs/progress.h"

#include <string>
#include <thread>

namespace shardlens::cli {

/// What a job has done, on one line: `copying  1.9 GiB of 3.0 GiB  63 %  1.9 GiB/s  12 s left`.
std::string progressText(const ProgressSnapshot& snapshot);

/// Shows a job's progress on standard error while it exists: rewritten in place on a terminal, else a line at
/// times. With `logStages`, stages are logged as steps instead of vanishing.
class ProgressLine {
public:
    struct Options {
        bool show = false;
        bool logStages = false;
    };
    ProgressLine(const Progress& progress, Output& err, Options options);
    ~ProgressLine();
    ProgressLine(const ProgressLine&) = delete;
    ProgressLine& operator=(const ProgressLine&) = delete;

private:
    void run(const std::stop_token& stop);
    void update(bool periodic);
    void clear();

    const Progress& m_progress;
    Output& m_err;
    Options m_options;
    std::string m_stage;
    bool m_shown = false;
    std::jthread m_thread;
};

} // namespace shardlens::cli
