// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "io/byte_source.h"
#include "io/posix.h"

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

namespace shardlens {

/// Descriptors of files that are open for reading, at most `capacity` kept; the one unused for longest is
/// closed first. One that is in use when it is closed stays open until that use ends. Thread-safe.
class DescriptorPool {
public:
    using Handle = std::shared_ptr<const UniqueFd>;
    using Key = std::uint64_t;

    explicit DescriptorPool(std::size_t capacity);

    /// The pool of the whole process (Limits::openFiles).
    static const std::shared_ptr<DescriptorPool>& shared();

    /// Adds a file that was just opened.
    Key add(Handle handle);
    void remove(Key key);

    /// The open descriptor, or one opened anew at `path`, which must still be the file of that identity
    /// (`io.changed`). `name` is for messages.
    Result<Handle> acquire(Key key, const std::string& path, const std::string& name,
                           const FileIdentity& identity);

    /// Opens a regular file for reading, whatever lies there: nothing else is opened, not even to look at it.
    /// Where the process has no descriptors left, those of the pool make room.
    Result<Handle> openRegular(const std::string& path, const std::string& name, FileIdentity& identity);

    std::size_t openCount() const;

private:
    struct Open {
        Key key = 0;
        Handle handle;
    };
    void insertLocked(Key key, Handle handle, std::list<Open>& evicted);
    bool closeAll();

    const std::size_t m_capacity;
    mutable std::mutex m_mutex;
    std::list<Open> m_used; // the last used first
    std::unordered_map<Key, std::list<Open>::iterator> m_open;
    Key m_nextKey = 0;
};

} // namespace shardlens
