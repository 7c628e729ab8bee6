// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace shardlens::zip {

/// An entry of an archive that is to be written: stored, so its data are its bytes.
struct EntryToWrite {
    std::string name;
    std::uint64_t bytes = 0;
};

/// A header, cut where its CRC-32 stands: the CRC is known once the data is written.
struct SplitHeader {
    std::string beforeCrc, afterCrc; ///< the CRC's four bytes lie between
    std::uint64_t bytes() const { return beforeCrc.size() + 4 + afterCrc.size(); }
};

struct PlacedEntry {
    std::uint64_t headerOffset = 0;
    std::uint64_t dataOffset = 0;
};

/// Where everything in an archive lies, from its names and sizes alone.
///
/// The bytes are those of CPython 3.11 and later for stored entries with forced ZIP64: version 45, a ZIP64
/// extra with both sizes in every local header, no data descriptor, ZIP64 in the directory and at the end only
/// beyond 2^31 - 1 bytes or 65,535 entries, the earliest time that the format knows. A padding extra (id
/// 0xd935) behind the ZIP64 one moves the data to a multiple of 64 bytes, of 4096 for entries of a MiB and
/// more: such data can be mapped, and its blocks shared.
struct ArchiveLayout {
    std::vector<PlacedEntry> entries; ///< in the order of the names
    std::uint64_t directoryOffset = 0;
    std::uint64_t directoryBytes = 0;
    std::uint64_t endBytes = 0; ///< the end records
    std::uint64_t bytes = 0;    ///< of the whole archive
};

/// Entries lie in the order given. Fails with `zip.cannot-write` for a name above 65,535 bytes and an archive
/// above 2^63.
Result<ArchiveLayout> layOutArchive(std::span<const EntryToWrite> entries);

SplitHeader localHeader(const EntryToWrite& entry, const PlacedEntry& place);
SplitHeader centralHeader(const EntryToWrite& entry, const PlacedEntry& place);
std::string endRecords(const ArchiveLayout& layout);

} // namespace shardlens::zip
