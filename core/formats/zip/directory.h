// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/byte_range.h"
#include "base/result.h"
#include "formats/zip/zip_entry.h"
#include "io/byte_source.h"
#include "jobs/job_context.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace shardlens::zip {

/// A ZIP archive's central directory (APPNOTE 6.3.10, sections 4.3.12 to 4.3.16, ZIP64 included). Immutable.
///
/// Reading is lenient: it fails only where there is no directory to read. What a careful reader would refuse
/// besides is in anomalies(), each with the byte offset and the entry's name as item; torch files and DDUF
/// judge them by their own rules.
class Directory {
public:
    static Result<Directory> read(const ByteSource& source, const JobContext& context);

    const std::vector<Entry>& entries() const { return m_entries; }
    /// The entry of this name; of duplicates the last, as most readers do.
    const Entry* find(std::string_view name) const;
    const std::vector<Error>& anomalies() const { return m_anomalies; }

    ByteRange directoryRange() const { return m_directory; } ///< central headers
    ByteRange endRange() const { return m_end; }             ///< ZIP64 records, end record, comment
    std::uint64_t archiveBegin() const { return m_begin; }   ///< bytes that stand before the archive
    bool hasZip64End() const { return m_zip64; }

private:
    friend class DirectoryReader;
    std::shared_ptr<const std::vector<std::byte>> m_bytes; // holds the names
    std::vector<Entry> m_entries;
    std::vector<std::uint32_t> m_byName; // entry indexes, sorted by name, of equals the last one last
    std::vector<Error> m_anomalies;
    ByteRange m_directory, m_end;
    std::uint64_t m_begin = 0;
    bool m_zip64 = false;
};

} // namespace shardlens::zip
