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
/// how it ended. The report offers to verify and to compare with the source, which `sourcePath` names.
std::function<JobReport(const JobContext&)> conversionWork(std::shared_ptr<const convert::Plan> plan,
                                                           const convert::Options& options,
                                                           const QString& sourcePath);

} // namespace shardlens::ui
