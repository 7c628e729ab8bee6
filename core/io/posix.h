// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "io/byte_source.h"

#include <string>
#include <sys/stat.h>
#include <utility>

namespace shardlens {

/// Owns a descriptor.
class UniqueFd {
public:
    UniqueFd() = default;
    explicit UniqueFd(int fd) : m_fd(fd) {}
    UniqueFd(UniqueFd&& other) noexcept : m_fd(std::exchange(other.m_fd, -1)) {}
    UniqueFd& operator=(UniqueFd&& other) noexcept {
        std::swap(m_fd, other.m_fd);
        return *this;
    }
    ~UniqueFd();

    int get() const { return m_fd; }
    bool valid() const { return m_fd >= 0; }
    int release() { return std::exchange(m_fd, -1); }

private:
    int m_fd = -1;
};

/// The system's words for an errno.
std::string errorText(int error);

/// What an errno of stat or open says about a path: `io.not-found`, `io.no-permission`, `io.not-a-file` (a
/// loop of links) or `io.read-failed`.
Failure accessFailure(int error, const std::string& name);

/// Fails unless `status` is that of a regular file.
Result<void> checkRegular(const struct stat& status, const std::string& name);

FileIdentity identityOf(const struct stat& status);

/// stat (links followed) of a path that may hold anything, a NUL too.
Result<struct stat> statPath(const std::string& path, const std::string& name);

/// The path from the root, without looking at the file system, so that it outlives a change of folder.
std::string absolutePath(const std::string& path);

} // namespace shardlens
