// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/cli/session.h"
#include "convert/convert.h"

#include <functional>

namespace shardlens::cli {

/// Fields that a command adds to the document beside plan and report.
using MoreFields = std::function<void(JsonWriter&)>;

/// Prints a plan, and what came of it where it was executed.
void showPlan(Session& session, const convert::Plan& plan, const convert::Report* report,
              const MoreFields& more = {});

/// Prints a plan with what stands against it; the first cause is the error. The status to return.
int showBlocked(Session& session, const convert::Plan& plan, const MoreFields& more = {});

} // namespace shardlens::cli
