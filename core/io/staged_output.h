// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace shardlens {

/// A file being written in a staging folder. writeAt is safe from many threads on disjoint ranges.
class OutputFile {
public:
    virtual ~OutputFile() = default;
    virtual const std::string& name() const = 0;
    virtual Result<void> writeAt(std::uint64_t offset, std::span<const std::byte> bytes) = 0;
    /// Asks the system to begin writing a range back, so that the final sync is short.
    virtual void startWriteBack(std::uint64_t offset, std::uint64_t length) = 0;
    /// Waits until a range that is being written back has reached the disk. Called in steps before a sync,
    /// which cannot be interrupted, it leaves that little to do.
    virtual Result<void> waitForWriteBack(std::uint64_t offset, std::uint64_t length) = 0;
    /// The descriptor, for copy_file_range; owned by the file.
    virtual int descriptor() const = 0;
    /// fsync where `sync`, then closes.
    virtual Result<void> close(bool sync) = 0;
};

/// How finished files come to stand under their final names.
struct StagingOptions {
    bool replaceExisting = false; ///< a name that exists is replaced; otherwise it is refused
    bool sync = true;             ///< fsync of files and folders
};

/// Files that appear in `target` together, when all are complete. They are written to a folder
/// `.shardlens-staging-…` on the same file system: beside the target where it is new or empty (then one
/// rename publishes it), inside it otherwise (then file by file, in the order given to publish). Destroying
/// it unpublished removes the staging folder. Staging folders whose process is gone are removed by
/// `removeAbandoned`.
class StagedOutput {
public:
    virtual ~StagedOutput() = default;

    /// `path` is relative ('/' makes folders) and passes the path guard. `bytes` is preallocated: a disk
    /// without room fails here with `io.no-space`.
    virtual Result<std::unique_ptr<OutputFile>> create(std::string_view path, std::uint64_t bytes) = 0;
    virtual const std::string& stagingPath() const = 0;
    /// Moves the files to their final names in this order; the last one (an index) makes the rest visible to
    /// readers. Paths that were not created are an error.
    virtual Result<void> publish(const std::vector<std::string>& paths) = 0;

    static Result<std::unique_ptr<StagedOutput>> create(const std::string& target, StagingOptions options);
    /// For a single file: staged beside it under a temporary name.
    static Result<std::unique_ptr<StagedOutput>> createForFile(const std::string& file,
                                                               StagingOptions options);
    static void removeAbandoned(const std::string& target);
};

/// Free bytes for this user on the file system that holds `path` or its nearest existing parent.
Result<std::uint64_t> freeSpace(const std::string& path);

} // namespace shardlens
