// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "convert/plan.h"

#include <cstdint>
#include <string>
#include <vector>

namespace shardlens::convert {

/// An entry of an archive to be written: pieces that tile [0, bytes).
struct ArchiveEntry {
    std::string name;
    std::uint64_t bytes = 0;
    std::vector<Piece> pieces;
};

struct PlannedArchive {
    PlannedFile file;                       ///< without a path
    std::vector<std::uint64_t> dataOffsets; ///< where each entry's data begins in it
};

/// The archive as one file: headers, the entries' pieces, the directory, and a checksum wherever ZIP has one.
/// Fails as zip::layOutArchive does.
Result<PlannedArchive> planArchive(std::vector<ArchiveEntry> entries);

} // namespace shardlens::convert
