// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "jobs/job_context.h"
#include "model/checkpoint.h"

namespace shardlens {

/// Reads all data once: CRC-32 of stored parts that have one, NaN and infinite values, tensors of zeros
/// alone, tensors whose bytes equal another's, and data that cannot be read at all. Tensors that the
/// checkpoint itself calls unreadable are left out: their findings stand already. Progress in bytes. Fails
/// only when stopped.
Result<Findings> deepCheck(const CheckpointPtr& checkpoint, const JobContext& context);

} // namespace shardlens
