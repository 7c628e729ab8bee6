// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/byte_range.h"
#include "base/id.h"
#include "base/result.h"
#include "io/byte_source.h"
#include "jobs/job_context.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace shardlens {

class Checkpoint;

/// A part of a file of which the format keeps a CRC-32, and which no region tells.
struct StoredChecksum {
    ByteSourcePtr source; ///< the file, or memory that holds the part decoded
    ByteRange range;      ///< of the part in the source
    std::uint32_t crc32 = 0;
    std::string name;
    FileId file;
    ByteRange stored; ///< of the part in the file; of what it is compressed in
};

/// In how many steps checksums are found, and how many bytes they are over, about.
struct ChecksumWork {
    std::size_t steps = 0;
    std::uint64_t bytes = 0;
};

/// What a CheckpointBackend can be besides: it knows stored checksums, for checks of all data. Immutable, safe
/// from many threads.
class ChecksumSource {
public:
    virtual ~ChecksumSource() = default;
    virtual ChecksumWork checksumWork(const Checkpoint& checkpoint) const = 0;
    /// The checksums of one step, which may open and read files.
    virtual Result<std::vector<StoredChecksum>> checksums(const Checkpoint& checkpoint, std::size_t step,
                                                          const JobContext& context) const = 0;

    /// The checkpoint's own; null where its format keeps none.
    static const ChecksumSource* of(const Checkpoint& checkpoint);
};

} // namespace shardlens
