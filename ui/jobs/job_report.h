// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>

namespace shardlens::ui {

/// How a job ended, for people.
struct JobReport {
    enum class Outcome { Done, Failed, Cancelled };

    Outcome outcome = Outcome::Done;
    QString sentence; ///< `llama-8b-hf: 4 files, 15.0 GiB in 8.1 s, layout verified`
    QString details;  ///< where and what to do, warnings; may be empty, lines
    QString folder;   ///< what "Open folder" shows; empty where there is none
    QString result;   ///< a checkpoint that "Open result" opens; empty where there is none
};

} // namespace shardlens::ui
