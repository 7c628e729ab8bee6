// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "jobs/job_context.h"
#include "model/checkpoint.h"

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace shardlens {

/// One stretch of a file. Segments are sorted by begin; they overlap only where the file's own claims do.
struct FileSegment {
    enum class Kind : std::uint8_t {
        Header,
        Directory,
        Record,
        Padding,
        Entry,
        Slice,
        Unclaimed, ///< bytes that nothing describes
        Missing,   ///< claimed past the end of the file, or in a file that is not there
    };
    static constexpr std::size_t Kinds = 8;

    Kind kind = Kind::Unclaimed;
    bool damaged = false; ///< a slice of a tensor that cannot be read, or bytes that are not there
    ByteRange range;
    SliceId slice;                   ///< of Slice, and of Missing where a slice claims it
    EntryId entry;                   ///< of Entry, where the checkpoint knows it
    std::uint32_t region = NoRegion; ///< index into Checkpoint::regions(file), of the others

    static constexpr std::uint32_t NoRegion = ~std::uint32_t{0};
};

/// What one pixel column of a strip covers.
struct FileColumn {
    std::array<std::uint64_t, FileSegment::Kinds> bytes{}; ///< by kind
    bool damaged = false;
    std::uint32_t segments = 0;                            ///< that reach into the column
    std::uint32_t firstSegment = 0;                        ///< index into the segments, where there are any
    FileSegment::Kind most = FileSegment::Kind::Unclaimed; ///< the kind with most bytes
};

/// All segments of one file: headers, slices, padding, entries, and what is left between them.
struct FileMap {
    FileId file;
    std::uint64_t bytes = 0; ///< length of the strip: the file's size, or the end of what is claimed in it
    std::vector<FileSegment> segments;

    /// `count` columns of equal width over the view, each at least a byte wide; costs segments in the view
    /// plus columns.
    std::vector<FileColumn> columns(ByteRange view, std::uint32_t count) const;
    /// The segment that holds the byte, the last to begin where they overlap; else nothing.
    const FileSegment* at(std::uint64_t byte) const;
};

/// Slices and entries by file: built once in linear time, so that each file's map costs only what lies in it.
class FileMaps {
public:
    static Result<std::shared_ptr<const FileMaps>> build(CheckpointPtr checkpoint, const JobContext& context);

    const CheckpointPtr& checkpoint() const { return m_checkpoint; }
    std::span<const SliceId> slices(FileId file) const; ///< by begin
    /// Something describes bytes of the file; nothing names the others.
    bool names(FileId file) const;
    FileMap map(FileId file) const;

private:
    FileMaps() = default;
    CheckpointPtr m_checkpoint;
    std::vector<SliceId> m_slices;
    std::vector<std::uint32_t> m_firstSlice; // a file each, and the end
    std::vector<EntryId> m_entries;
    std::vector<std::uint32_t> m_firstEntry;
};

using FileMapsPtr = std::shared_ptr<const FileMaps>;

} // namespace shardlens
