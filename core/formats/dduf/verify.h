// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "formats/dduf/archive.h"
#include "jobs/job_context.h"
#include "model/finding.h"

namespace shardlens::dduf {

/// Reads all data and compares each entry's CRC-32 with the directory's (`zip.crc-mismatch`), in pieces side by
/// side, so that one large entry keeps all threads busy. Entries that share bytes with one before them are left
/// out: they are an error already. Reports progress in bytes. Fails only where the job must end.
Result<Findings> verifyArchive(const Archive& archive, const JobContext& context);

/// The entries whose bytes are their own, by position.
std::vector<std::size_t> disjointEntries(const Archive& archive);

} // namespace shardlens::dduf
