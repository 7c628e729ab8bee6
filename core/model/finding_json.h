// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/json_writer.h"
#include "model/finding.h"

namespace shardlens {

/// A finding as the command line's `--json` has it: severity, rule, message, file, offset, item, advice.
void writeFinding(JsonWriter& json, const Finding& finding);

/// The field `error` of a document: rule, message, file, offset.
void writeErrorField(JsonWriter& json, const Error& error);

} // namespace shardlens
