// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "jobs/job_context.h"
#include "model/checkpoint.h"

#include <QString>

#include <functional>
#include <memory>

namespace shardlens::ui {

struct CompareResult;

/// How a job ended, for people, and what can be done with what it made.
struct JobReport {
    enum class Outcome { Done, Failed, Cancelled };

    Outcome outcome = Outcome::Done;
    QString sentence = {}; ///< `llama-8b-hf: 4 files, 15.0 GiB in 8.1 s, layout verified`
    QString details = {};  ///< where and what to do, warnings; may be empty, lines
    QString folder = {};   ///< what "Open folder" shows; empty where there is none
    QString result = {};   ///< a checkpoint that "Open result" opens; empty where there is none

    /// Reads back everything that was written and compares it with the source; empty where that was done, or
    /// nothing was written. Captures values only.
    std::function<JobReport(const JobContext&)> verify = {};
    /// What the result was made of: "Compare with the source". Null where there is none.
    CheckpointPtr source = nullptr;
    QString sourcePath = {};
    /// Of a comparison: what "Show" shows.
    std::shared_ptr<const CompareResult> comparison = nullptr;
};

} // namespace shardlens::ui
