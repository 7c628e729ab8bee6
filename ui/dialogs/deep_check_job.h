// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "jobs/job_context.h"
#include "model/checkpoint.h"
#include "ui/jobs/job_report.h"

#include <functional>

namespace shardlens::ui {

/// A check of all data as work for the job list.
std::function<JobReport(const JobContext&)> deepCheckWork(CheckpointPtr checkpoint);

} // namespace shardlens::ui
