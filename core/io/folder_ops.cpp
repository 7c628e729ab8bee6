// SPDX-License-Identifier: Apache-2.0
#include "io/folder_ops.h"

#include "io/path_guard.h"
#include "io/rules.h"

#include <cerrno>
#include <cstdio>
#include <dirent.h>
#include <fcntl.h>
#include <memory>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace shardlens {

namespace {

struct CloseFolder {
    void operator()(DIR* folder) const { ::closedir(folder); }
};

/// Paths have at most 4095 bytes; nothing of ours is nested deeper, and each level takes a descriptor.
constexpr int MaxDepth = 128;

void removeTreeTo(int parent, const std::string& name, dev_t device, int depth) {
    if (::unlinkat(parent, name.c_str(), 0) == 0 || depth == 0)
        return;
    const auto folder = openFolderAt(parent, name);
    struct stat status {};
    if (!folder.valid() || ::fstat(folder.get(), &status) != 0 || status.st_dev != device)
        return;
    for (const auto& child : namesIn(folder.get()))
        removeTreeTo(folder.get(), child, device, depth - 1);
    ::unlinkat(parent, name.c_str(), AT_REMOVEDIR);
}

int rename2(const Place& from, const Place& to, unsigned flags) {
    return ::renameat2(from.folder.get(), from.name.c_str(), to.folder.get(), to.name.c_str(), flags);
}

bool isUnsupported(int error) {
    return error == EINVAL || error == ENOSYS || error == EOPNOTSUPP;
}

Failure moveFailure(int error, const std::string& name) {
    if (error == EEXIST || error == ENOTEMPTY)
        return fail(rules::TargetExists, {name}, {.file = name, .offset = {}, .item = {}});
    return writeFailure(error, name);
}

/// For file systems that cannot rename without replacing: a second name, then the first one away.
int linkInstead(const Place& from, const Place& to) {
    if (::linkat(from.folder.get(), from.name.c_str(), to.folder.get(), to.name.c_str(), 0) == 0)
        return ::unlinkat(from.folder.get(), from.name.c_str(), 0);
    if (errno == EEXIST)
        return -1;
    struct stat status {};
    if (::fstatat(to.folder.get(), to.name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0) {
        errno = EEXIST;
        return -1;
    }
    return ::renameat(from.folder.get(), from.name.c_str(), to.folder.get(), to.name.c_str());
}

} // namespace

std::vector<std::string> namesIn(int folder) {
    std::vector<std::string> names;
    UniqueFd own(::openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    const std::unique_ptr<DIR, CloseFolder> handle(own.valid() ? ::fdopendir(own.get()) : nullptr);
    if (!handle)
        return names;
    own.release();
    while (const auto* entry = ::readdir(handle.get())) {
        std::string name = entry->d_name;
        if (name != "." && name != "..")
            names.push_back(std::move(name));
    }
    return names;
}

UniqueFd openFolderAt(int parent, const std::string& name) {
    return UniqueFd(::openat(parent, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

Failure writeFailure(int error, const std::string& name, std::uint64_t bytes) {
    Location where{.file = name, .offset = {}, .item = {}};
    if (error == ENOSPC || error == EDQUOT)
        return fail(rules::NoSpace, {name, Bytes{bytes}}, std::move(where));
    if (error == EACCES || error == EPERM || error == EROFS)
        return fail(rules::NoPermission, {name, errorText(error)}, std::move(where));
    return fail(rules::WriteFailed, {name, errorText(error)}, std::move(where));
}

Result<Place> locate(int root, std::string_view path, std::vector<std::string>* made) {
    Place place;
    place.folder = openFolderAt(root, ".");
    if (!place.folder.valid())
        return writeFailure(errno, std::string(path));
    std::size_t begin = 0;
    for (auto slash = path.find('/'); slash != path.npos; slash = path.find('/', begin)) {
        const std::string part(path.substr(begin, slash - begin));
        begin = slash + 1;
        auto next = openFolderAt(place.folder.get(), part);
        if (!next.valid() && errno == ENOENT) {
            if (made == nullptr) {
                place.folder = UniqueFd();
                return place;
            }
            if (::mkdirat(place.folder.get(), part.c_str(), 0777) != 0 && errno != EEXIST)
                return writeFailure(errno, std::string(path));
            made->emplace_back(path.substr(0, slash));
            next = openFolderAt(place.folder.get(), part);
        }
        if (!next.valid() && (errno == ELOOP || errno == ENOTDIR))
            return fail(rules::UnsafePath,
                        {std::string(path), std::string("a folder on its way is a link or a file")});
        if (!next.valid())
            return writeFailure(errno, std::string(path));
        place.folder = std::move(next);
    }
    place.name = path.substr(begin);
    return place;
}

void removeTree(int parent, const std::string& name) {
    struct stat status {};
    if (::fstatat(parent, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0)
        removeTreeTo(parent, name, status.st_dev, MaxDepth);
}

void removeContents(int folder, std::string_view kept) {
    for (const auto& name : namesIn(folder))
        if (name != kept)
            removeTree(folder, name);
}

Result<void> syncFolder(int folder, const std::string& name) {
    if (::fsync(folder) != 0 && errno != EINVAL && errno != EBADF && errno != EROFS)
        return writeFailure(errno, name);
    return {};
}

Result<Moved> moveNew(const Place& from, const Place& to) {
    if (rename2(from, to, RENAME_NOREPLACE) == 0)
        return Moved::Placed;
    if (isUnsupported(errno) && linkInstead(from, to) == 0)
        return Moved::Placed;
    return moveFailure(errno, to.name);
}

Result<Moved> moveOver(const Place& from, const Place& to) {
    if (rename2(from, to, RENAME_EXCHANGE) == 0)
        return Moved::Exchanged;
    const bool isNew = errno == ENOENT;
    if (!isNew && !isUnsupported(errno))
        return moveFailure(errno, to.name);
    if (::renameat(from.folder.get(), from.name.c_str(), to.folder.get(), to.name.c_str()) == 0)
        return isNew ? Moved::Placed : Moved::Replaced;
    return moveFailure(errno, to.name);
}

void moveBack(Moved how, const Place& from, const Place& to) {
    if (how == Moved::Placed)
        ::renameat(to.folder.get(), to.name.c_str(), from.folder.get(), from.name.c_str());
    else if (how == Moved::Exchanged)
        rename2(from, to, RENAME_EXCHANGE);
}

} // namespace shardlens
