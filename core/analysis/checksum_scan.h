// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "jobs/job_context.h"
#include "model/checkpoint.h"

#include <cstdint>

namespace shardlens {

/// Bytes that verifyChecksums reads, about; for progress.
std::uint64_t checksumBytes(const Checkpoint& checkpoint);

/// Compares every stored part that has a CRC-32 (records, storages, the archives inside data files) with it.
/// One finding a part, with the tensors whose data it is; of a file with many, one for all. A checksum of 0 is
/// none where the format lets writers switch it off. Fails only when stopped.
Result<Findings> verifyChecksums(const CheckpointPtr& checkpoint, const JobContext& context);

} // namespace shardlens
