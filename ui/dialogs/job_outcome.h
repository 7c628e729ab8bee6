// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "convert/convert.h"
#include "ui/jobs/job_report.h"

namespace shardlens::ui {

/// How a job that writes ended. `verifying`: it only read back what had been written.
JobReport failureReport(const Error& error, bool verifying);
JobReport doneReport(const convert::Report& done);

} // namespace shardlens::ui
