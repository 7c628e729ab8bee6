// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/cli/session.h"
#include "convert/plan_json.h"

namespace shardlens::cli {

/// A plan and a report for people.
void printPlan(Session& session, const convert::Plan& plan);
void printReport(Session& session, const convert::Report& report);

} // namespace shardlens::cli
