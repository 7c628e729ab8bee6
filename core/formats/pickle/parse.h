// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "formats/pickle/pickle.h"
#include "io/byte_source.h"
#include "jobs/job_context.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace shardlens::pickle {

/// Bytes that hold a pickle, in memory.
struct Input {
    std::shared_ptr<const void> keep; ///< owns the bytes; the Pickle keeps it
    std::span<const std::byte> bytes; ///< from the pickle's first opcode to the end of what is there
    Location where;                   ///< for errors; `offset` is where `bytes` begins in the file (none: 0)
};

/// Bytes that the caller hands over.
Input ownedInput(std::vector<std::byte> bytes, Location where);

/// Reads [offset, offset + length) with progress, in steps that notice a stop. At most `limits.pickle` bytes.
Result<Input> readInput(const ByteSource& source, std::uint64_t offset, std::uint64_t length, Location where,
                        const JobContext& context);

/// Runs the opcodes up to STOP. Bytes after it are not looked at. Fails with a rule of rules.h and the offset
/// of the opcode in the file; stops within milliseconds of being asked to. Adds the bytes it passes to the
/// context's progress where `reportProgress`.
Result<PicklePtr> parse(Input input, const JobContext& context, bool reportProgress = false);

/// A pickle that begins at `offset` and ends nobody knows where (legacy torch.save: pickles in a row, then
/// data): reads as much as it needs and little more.
Result<PicklePtr> parseAt(const ByteSource& source, std::uint64_t offset, Location where,
                          const JobContext& context);

} // namespace shardlens::pickle
