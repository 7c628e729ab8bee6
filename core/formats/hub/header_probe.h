// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "io/byte_source.h"
#include "jobs/job_context.h"

namespace shardlens::hub {

/// Whether a safetensors header mentions DCP_SHARDING_INFO, by its bytes alone: a quick look for surveys.
/// False where the header cannot be read.
bool mentionsSlices(const ByteSource& source, const JobContext& context);

} // namespace shardlens::hub
