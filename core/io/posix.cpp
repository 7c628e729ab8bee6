// SPDX-License-Identifier: Apache-2.0
#include "io/posix.h"

#include "io/rules.h"

#include <cerrno>
#include <limits.h>
#include <system_error>
#include <unistd.h>

namespace shardlens {

UniqueFd::~UniqueFd() {
    if (m_fd >= 0)
        ::close(m_fd);
}

std::string errorText(int error) {
    return std::generic_category().message(error);
}

Failure accessFailure(int error, const std::string& name) {
    Location where{.file = name, .offset = {}, .item = {}};
    switch (error) {
    case ENOENT:
    case ENOTDIR:
    case ENAMETOOLONG:
        return fail(rules::NotFound, {name}, std::move(where));
    case EACCES:
    case EPERM:
        return fail(rules::NoPermission, {name, errorText(error)}, std::move(where));
    case ELOOP:
        return fail(rules::NotAFile, {name, std::string("a loop of symbolic links")}, std::move(where));
    default:
        return fail(rules::ReadFailed, {name, errorText(error)}, std::move(where));
    }
}

Result<void> checkRegular(const struct stat& status, const std::string& name) {
    if (S_ISREG(status.st_mode))
        return {};
    std::string kind = "something else";
    if (S_ISDIR(status.st_mode))
        kind = "a folder";
    else if (S_ISFIFO(status.st_mode))
        kind = "a pipe";
    else if (S_ISSOCK(status.st_mode))
        kind = "a socket";
    else if (S_ISCHR(status.st_mode) || S_ISBLK(status.st_mode))
        kind = "a device";
    return fail(rules::NotAFile, {name, std::move(kind)}, {.file = name, .offset = {}, .item = {}});
}

FileIdentity identityOf(const struct stat& status) {
    constexpr std::int64_t NanosecondsPerSecond = 1'000'000'000;
    FileIdentity identity;
    identity.device = status.st_dev;
    identity.inode = status.st_ino;
    identity.bytes = static_cast<std::uint64_t>(status.st_size);
    if (__builtin_mul_overflow(std::int64_t{status.st_mtim.tv_sec}, NanosecondsPerSecond,
                               &identity.modifiedNanoseconds))
        identity.modifiedNanoseconds = status.st_mtim.tv_sec;
    else
        identity.modifiedNanoseconds += status.st_mtim.tv_nsec;
    return identity;
}

Result<struct stat> statPath(const std::string& path, const std::string& name) {
    struct stat status {};
    if (path.find('\0') != path.npos)
        return accessFailure(ENOENT, name);
    if (::stat(path.c_str(), &status) != 0)
        return accessFailure(errno, name);
    return status;
}

std::string absolutePath(const std::string& path) {
    if (!path.empty() && path.front() == '/')
        return path;
    char buffer[PATH_MAX];
    if (path.empty() || ::getcwd(buffer, sizeof buffer) == nullptr)
        return path;
    return std::string(buffer) + "/" + path;
}

} // namespace shardlens
