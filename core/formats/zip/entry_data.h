// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "formats/zip/directory.h"
#include "io/byte_source.h"
#include "jobs/job_context.h"

#include <cstdint>
#include <span>
#include <vector>

namespace shardlens::zip {

/// CRC-32 as ZIP uses it, over several pieces: begin with 0.
std::uint32_t updateCrc(std::uint32_t crc, std::span<const std::byte> bytes);

/// The CRC-32 of two pieces, one behind the other, from those of each; `secondBytes` is the second's length.
std::uint32_t combineCrc(std::uint32_t first, std::uint32_t second, std::uint64_t secondBytes);

/// The whole content of an entry, inflated where it is deflated; refused above `limit` bytes, where it is
/// encrypted, and where what comes out has another size. A stored CRC that is not 0 is verified.
Result<std::vector<std::byte>> readEntry(const ByteSource& source, const Directory& directory,
                                         const Entry& entry, std::uint64_t limit);

/// Reads all data of a stored or deflated entry in blocks and compares its CRC-32 (`zip.crc-mismatch`).
/// Reports progress in stored bytes, stops when asked to.
Result<void> verifyEntry(const ByteSource& source, const Directory& directory, const Entry& entry,
                         const JobContext& context);

} // namespace shardlens::zip
