// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace shardlens {

/// What tells one state of a file from another: a file that is reopened must have kept it.
struct FileIdentity {
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    std::uint64_t bytes = 0;
    std::int64_t modifiedNanoseconds = 0; ///< since the epoch

    bool operator==(const FileIdentity&) const = default;
};

/// Bytes that can be read at random. Immutable and safe from many threads at once.
class ByteSource {
public:
    virtual ~ByteSource() = default;

    /// For messages: the path as the user knows it. Raw text.
    virtual const std::string& name() const = 0;
    virtual std::uint64_t size() const = 0;
    virtual FileIdentity identity() const = 0;

    /// Fills `out` from `offset` on, completely, or fails: `io.unexpected-end` where the source is shorter (a
    /// file that shrank), `io.changed` where it is no longer the file that was opened, `io.read-failed`.
    virtual Result<void> readAt(std::uint64_t offset, std::span<std::byte> out) const = 0;

    /// Says that a range will be read soon, from front to back. A hint; never fails.
    virtual void willRead(std::uint64_t offset, std::uint64_t length) const;

    /// A descriptor for copy_file_range and the like, or -1. It stays open as long as the returned handle lives.
    struct Descriptor {
        int fd = -1;
        std::shared_ptr<const void> keepsOpen;
    };
    virtual Result<Descriptor> descriptor() const;
};

using ByteSourcePtr = std::shared_ptr<const ByteSource>;

/// Opens a regular file for reading (symbolic links are followed). Folders, fifos, sockets and devices are
/// refused at once with `io.not-a-file`, without opening them. The descriptor comes from a bounded pool and may
/// be closed and reopened behind the scenes.
Result<ByteSourcePtr> openFile(const std::string& path);

/// The same with another name for messages (the path relative to a checkpoint's folder).
Result<ByteSourcePtr> openFile(const std::string& path, std::string name);

/// Bytes in memory, for tests and for parts that were decoded.
ByteSourcePtr memorySource(std::string name, std::vector<std::byte> bytes);

/// A part of another source, [offset, offset + length), which must lie within it.
Result<ByteSourcePtr> windowSource(ByteSourcePtr whole, std::uint64_t offset, std::uint64_t length,
                                   std::string name);

/// All bytes of a source, refused with `io.too-large` above `limit`.
Result<std::vector<std::byte>> readAll(const ByteSource& source, std::uint64_t limit);

} // namespace shardlens
