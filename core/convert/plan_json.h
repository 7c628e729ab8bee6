// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/json_writer.h"
#include "convert/convert.h"

#include <string>
#include <string_view>

namespace shardlens::convert {

/// The fields `plan` and `report` of the command line's `--json`.
void writePlan(JsonWriter& json, const Plan& plan);
void writeReport(JsonWriter& json, const Report& report);

/// What `convert --dry-run --json` prints, and other commands with a plan: the plan, with the error of its first
/// blocking note where there is one.
std::string planDocument(const Plan& plan, std::string_view command = "convert");

/// The first note that stands against the plan, or null.
const Finding* blockingNote(const Findings& notes);

std::string_view roleName(PlannedFile::Role role);
std::string_view verifyName(Verify verify);

} // namespace shardlens::convert
