// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/cli/session.h"
#include "convert/convert.h"

namespace shardlens::cli {

/// The fields `plan` and `report` of the contract.
void writePlan(JsonWriter& json, const convert::Plan& plan);
void writeReport(JsonWriter& json, const convert::Report& report);

/// The same for people.
void printPlan(Session& session, const convert::Plan& plan);
void printReport(Session& session, const convert::Report& report);

std::string_view verifyName(convert::Verify verify);

} // namespace shardlens::cli
