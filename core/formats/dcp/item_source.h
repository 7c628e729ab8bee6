// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/byte_range.h"
#include "base/result.h"
#include "io/byte_source.h"
#include "jobs/job_context.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace shardlens::dcp {

/// An item's place: a byte range of a data file, and how often Zstandard was applied to it.
struct ItemPlace {
    ByteSourcePtr source;
    ByteRange range;
    std::uint8_t layers = 0;
};

/// The first bytes of the item after decoding, at most `count`; fewer where it is shorter.
Result<std::vector<std::byte>> readItemFront(const ItemPlace& place, std::uint64_t count);

/// The whole item after decoding: a window of the file where it is plain, memory where it is compressed
/// (refused above `limit` bytes) or small.
Result<ByteSourcePtr> openItem(const ItemPlace& place, std::uint64_t limit);

} // namespace shardlens::dcp
