// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "formats/safetensors/raw_header.h"
#include "jobs/job_context.h"

#include <string_view>

namespace shardlens::safetensors {

/// Reads a header in the form that the usual writers emit: complete entries of the three known fields in any
/// order, whole numbers below 10^19, a flat `__metadata__` or none, spaces at most as padding. `text` is
/// valid UTF-8. False in any doubt (and where the job was stopped): then `raw` is unusable and parseRawHeader
/// decides.
bool scanHeader(std::string_view text, RawHeader& raw, const JobContext& context);

} // namespace shardlens::safetensors
