// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/limits.h"
#include "base/result.h"
#include "io/byte_source.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace shardlens {

enum class NameKind : std::uint8_t { File, Folder, Other };

/// A name in a folder or archive. `kind` is that of a link's target; a dangling link is Other.
struct TreeName {
    std::string name; ///< one path component, raw
    NameKind kind = NameKind::File;
    std::uint64_t bytes = 0; ///< of a file
    bool isLink = false;
    bool leavesTree = false; ///< a link whose target lies outside the tree (the Hugging Face cache's do)
};

/// Names and files under one root: a folder, an archive, memory. Immutable, safe from many threads.
class FileTree {
public:
    virtual ~FileTree() = default;

    /// For messages and window titles.
    virtual const std::string& displayName() const = 0;
    /// Where the tree lies in the file system, empty for archives and memory.
    virtual std::string fileSystemPath() const { return {}; }

    /// The names in `folder` ("" is the root; parts are separated by '/'), sorted bytewise.
    virtual Result<std::vector<TreeName>> list(std::string_view folder = {}) const = 0;

    /// Nothing where there is no such name. Does not open it.
    virtual std::optional<TreeName> find(std::string_view path) const = 0;

    /// `path` is checked by the path guard: relative, no `..`, no NUL, no backslash.
    virtual Result<ByteSourcePtr> open(std::string_view path) const = 0;

    /// The tree rooted at a folder of this one.
    virtual Result<std::shared_ptr<const FileTree>> subtree(std::string_view folder) const = 0;
};

using FileTreePtr = std::shared_ptr<const FileTree>;

/// A folder of the file system; `path` may be a link to one. A folder in it with more names is not listed.
Result<FileTreePtr> openFolder(const std::string& path, std::uint64_t maxNames = defaultLimits().folderNames);

/// Files in memory by path, for tests.
FileTreePtr memoryTree(std::string displayName,
                       std::vector<std::pair<std::string, std::vector<std::byte>>> files);

} // namespace shardlens
