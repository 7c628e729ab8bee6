// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "convert/options.h"
#include "convert/plan.h"
#include "jobs/job_context.h"
#include "ui/jobs/job_report.h"

#include <functional>
#include <memory>

namespace shardlens::ui {

/// A conversion as work for the job list: runs the plan and says in a report
/// how it ended.
std::function<JobReport(const JobContext&)> conversionWork(std::shared_ptr<const convert::Plan> plan,
                                                           const convert::Options& options);

} // namespace shardlens::ui
