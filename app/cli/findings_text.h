// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/cli/session.h"
#include "model/finding.h"

namespace shardlens::cli {

/// Findings for people, each with its rule, sentence, place and advice.
void printFindings(Session& session, const Findings& findings);

/// The field `findings` of an open document.
void writeFindings(JsonWriter& json, const Findings& findings);

} // namespace shardlens::cli
