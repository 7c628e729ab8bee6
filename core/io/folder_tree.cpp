// SPDX-License-Identifier: Apache-2.0
#include "io/file_tree.h"
#include "io/path_guard.h"
#include "io/posix.h"
#include "io/rules.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <dirent.h>
#include <fcntl.h>
#include <memory>
#include <sys/stat.h>
#include <utility>

namespace shardlens {

namespace {

struct CloseFolder {
    void operator()(DIR* folder) const { ::closedir(folder); }
};
using FolderHandle = std::unique_ptr<DIR, CloseFolder>;

struct FreeText {
    void operator()(char* text) const { std::free(text); }
};

/// The path without links, or nothing where it leads nowhere.
std::optional<std::string> resolved(const std::string& path) {
    const std::unique_ptr<char, FreeText> text(::realpath(path.c_str(), nullptr));
    if (!text)
        return std::nullopt;
    return std::string(text.get());
}

bool liesIn(const std::string& path, const std::string& folder) {
    if (folder == "/")
        return true;
    return path.compare(0, folder.size(), folder) == 0 &&
           (path.size() == folder.size() || path[folder.size()] == '/');
}

std::string lastPart(std::string_view path) {
    return std::string(path.substr(path.rfind('/') + 1));
}

class FolderTree final : public FileTree, public std::enable_shared_from_this<FolderTree> {
public:
    FolderTree(std::string path, std::string root, std::string displayName, std::uint64_t maxNames)
        : m_path(std::move(path))
        , m_root(std::move(root))
        , m_displayName(std::move(displayName))
        , m_maxNames(maxNames) {}

    const std::string& displayName() const override { return m_displayName; }
    std::string fileSystemPath() const override { return m_path; }
    Result<std::vector<TreeName>> list(std::string_view folder) const override;
    std::optional<TreeName> find(std::string_view path) const override;
    Result<ByteSourcePtr> open(std::string_view path) const override;
    Result<FileTreePtr> subtree(std::string_view folder) const override;

private:
    std::string join(std::string_view path) const {
        return path.empty() ? m_path : m_path + "/" + std::string(path);
    }
    std::string named(std::string_view path) const {
        return path.empty() ? m_displayName : m_displayName + "/" + std::string(path);
    }
    std::optional<TreeName> look(int folder, const char* name, const std::string& path) const;

    std::string m_path;        // absolute, as it was given
    std::string m_root;        // the same without links
    std::string m_displayName; // as it was given
    std::uint64_t m_maxNames;
};

/// What stands under `name` in an open folder; `path` is the same place from the root.
std::optional<TreeName> FolderTree::look(int folder, const char* name, const std::string& path) const {
    struct stat status {};
    if (::fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) != 0)
        return std::nullopt;
    TreeName out;
    out.name = lastPart(name);
    out.kind = NameKind::Other;
    if (S_ISLNK(status.st_mode)) {
        out.isLink = true;
        const auto target = resolved(path);
        out.leavesTree = target && !liesIn(*target, m_root);
        if (::fstatat(folder, name, &status, 0) != 0)
            return out;
    }
    if (S_ISREG(status.st_mode)) {
        out.kind = NameKind::File;
        out.bytes = static_cast<std::uint64_t>(status.st_size);
    } else if (S_ISDIR(status.st_mode)) {
        out.kind = NameKind::Folder;
    }
    return out;
}

Result<std::vector<TreeName>> FolderTree::list(std::string_view folder) const {
    if (!folder.empty())
        SHARDLENS_CHECK(checkRelativePath(folder));
    const auto path = join(folder);
    const auto name = named(folder);
    UniqueFd fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!fd.valid() && errno == ENOTDIR)
        return fail(rules::NotAFolder, {name});
    if (!fd.valid())
        return accessFailure(errno, name);
    const FolderHandle handle(::fdopendir(fd.get()));
    if (!handle)
        return accessFailure(errno, name);
    const int number = fd.release(); // the handle's now
    std::vector<TreeName> names;
    for (;;) {
        errno = 0;
        const auto* entry = ::readdir(handle.get());
        if (entry == nullptr && errno != 0)
            return accessFailure(errno, name);
        if (entry == nullptr)
            break;
        const std::string_view text = entry->d_name;
        if (text == "." || text == "..")
            continue;
        if (names.size() >= m_maxNames)
            return fail(rules::TooManyNames, {name, m_maxNames});
        if (auto found = look(number, entry->d_name, path + "/" + entry->d_name)) // gone since: not there
            names.push_back(std::move(*found));
    }
    std::sort(names.begin(), names.end(),
              [](const TreeName& a, const TreeName& b) { return a.name < b.name; });
    return names;
}

std::optional<TreeName> FolderTree::find(std::string_view path) const {
    if (!checkRelativePath(path))
        return std::nullopt;
    const auto whole = join(path);
    auto found = look(AT_FDCWD, whole.c_str(), whole);
    return found;
}

Result<ByteSourcePtr> FolderTree::open(std::string_view path) const {
    SHARDLENS_CHECK(checkRelativePath(path));
    return openFile(join(path), std::string(path));
}

Result<FileTreePtr> FolderTree::subtree(std::string_view folder) const {
    if (folder.empty())
        return shared_from_this();
    SHARDLENS_CHECK(checkRelativePath(folder));
    return openFolder(join(folder), m_maxNames);
}

std::string withoutTrailingSlashes(std::string path) {
    while (path.size() > 1 && path.back() == '/')
        path.pop_back();
    return path;
}

} // namespace

Result<FileTreePtr> openFolder(const std::string& path, std::uint64_t maxNames) {
    SHARDLENS_TRY(const auto status, statPath(path, path));
    if (!S_ISDIR(status.st_mode))
        return fail(rules::NotAFolder, {path});
    auto root = resolved(path);
    if (!root)
        return accessFailure(errno, path);
    return std::make_shared<FolderTree>(withoutTrailingSlashes(absolutePath(path)), std::move(*root),
                                        withoutTrailingSlashes(path), maxNames);
}

} // namespace shardlens
