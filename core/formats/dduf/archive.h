// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/byte_range.h"
#include "base/limits.h"
#include "base/result.h"
#include "formats/zip/directory.h"
#include "formats/zip/local_header.h"
#include "io/byte_source.h"
#include "io/file_tree.h"
#include "jobs/job_context.h"
#include "model/finding.h"
#include "model/value.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace shardlens::dduf {

/// Directories beyond this are none of a pipeline: real archives hold some dozens of entries.
inline constexpr std::uint64_t MaxEntries = 250'000, MaxDirectoryBytes = 64 * Limits::MiB;

/// The file at a path, called by its own name in findings and by the path where it cannot be opened.
Result<ByteSourcePtr> openArchiveFile(const std::string& path);

/// A DDUF archive as its directory and local headers tell it, judged by the format's rules. Immutable. No data
/// but model_index.json is read.
class Archive {
public:
    /// Fails only where there is no directory to read, and where the job must end; all else is a finding.
    static Result<Archive> read(ByteSourcePtr source, const JobContext& context);

    const ByteSourcePtr& source() const { return m_source; }
    const zip::Directory& directory() const { return m_directory; }
    /// In the directory's order; names that stand twice, stand here twice.
    const std::vector<zip::Entry>& entries() const { return m_directory.entries(); }
    /// What the local header adds; empty ranges where it could not be read.
    const zip::LocalHeader& header(std::size_t entry) const { return m_headers[entry]; }
    /// Where the stored bytes lie; nothing where that cannot be told.
    std::optional<ByteRange> data(std::size_t entry) const;
    /// The last entry of this name.
    std::optional<std::size_t> find(std::string_view name) const;

    /// model_index.json; Null where there is none that can be read.
    const Value& index() const { return m_index; }
    /// Places in findings name the archive; items are entries.
    const Findings& findings() const { return m_findings; }
    /// No finding is an error: what the archive says can be relied on.
    bool sound() const { return m_sound; }

    /// The archive's files as a tree of windows on its source. Of a sound archive alone: names are then paths.
    FileTreePtr tree() const;

private:
    friend class ArchiveReader;
    ByteSourcePtr m_source;
    zip::Directory m_directory;
    std::vector<zip::LocalHeader> m_headers;
    Value m_index;
    Findings m_findings;
    bool m_sound = false;
};

} // namespace shardlens::dduf
