// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/byte_range.h"
#include "base/result.h"
#include "formats/zip/directory.h"
#include "io/byte_source.h"

#include <vector>

namespace shardlens::zip {

/// What an entry's local header adds to the directory.
struct LocalHeader {
    ByteRange header;               ///< from its signature to the first byte of data
    ByteRange data;                 ///< stored (compressed) bytes
    std::uint64_t paddingBytes = 0; ///< of the header: extra fields that say nothing about the entry's sizes
    bool zip64 = false;             ///< a ZIP64 field stands in the header
    /// Where it contradicts the directory: `zip.local-header-disagrees`, one a field.
    std::vector<Error> disagreements;
};

/// Reads the local header and finds the data. Fails where there is none, or where the data would leave
/// [entry.headerOffset, archive's directory). Fields that a data descriptor replaces are not compared.
Result<LocalHeader> readLocalHeader(const ByteSource& source, const Directory& directory, const Entry& entry);

/// Entries whose bytes (header and data) touch those of another: `zip.entries-overlap`. `headers` has an
/// element for each entry of the directory, with empty ranges where the header could not be read.
std::vector<Error> findOverlaps(const ByteSource& source, const Directory& directory,
                                const std::vector<LocalHeader>& headers);

} // namespace shardlens::zip
