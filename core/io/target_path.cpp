// SPDX-License-Identifier: Apache-2.0
#include "io/target_path.h"

#include "io/folder_ops.h"
#include "io/posix.h"
#include "io/rules.h"

#include <cerrno>
#include <cstdlib>
#include <dirent.h>
#include <memory>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace shardlens {

std::string parentOf(const std::string& path) {
    const auto slash = path.rfind('/');
    return slash == 0 || slash == path.npos ? "/" : path.substr(0, slash);
}

std::string lastPartOf(const std::string& path) {
    return path.substr(path.rfind('/') + 1);
}

std::string tidyPath(std::string path) {
    path = absolutePath(path);
    for (;;) {
        if (path.size() > 1 && path.back() == '/')
            path.pop_back();
        else if (path.ends_with("/."))
            path.resize(path.size() - 1);
        else
            return path;
    }
}

Result<std::string> withoutLinks(const std::string& path) {
    struct Free {
        void operator()(char* text) const { std::free(text); }
    };
    const std::unique_ptr<char, Free> text(::realpath(path.c_str(), nullptr));
    if (!text)
        return writeFailure(errno, path);
    return std::string(text.get());
}

bool isEmptyFolder(const std::string& path) {
    struct Close {
        void operator()(DIR* folder) const { ::closedir(folder); }
    };
    const std::unique_ptr<DIR, Close> handle(::opendir(path.c_str()));
    if (!handle)
        return false;
    while (const auto* entry = ::readdir(handle.get())) {
        const std::string_view name = entry->d_name;
        if (name != "." && name != "..")
            return false;
    }
    return true;
}

MadeParents::MadeParents(MadeParents&& other) noexcept : paths(std::exchange(other.paths, {})) {}

MadeParents::~MadeParents() {
    for (auto path = paths.rbegin(); path != paths.rend(); ++path)
        ::rmdir(path->c_str());
}

Result<void> MadeParents::make(const std::string& folder) {
    struct stat status {};
    if (::stat(folder.c_str(), &status) == 0) {
        if (!S_ISDIR(status.st_mode))
            return fail(rules::NotAFolder, {folder});
        return {};
    }
    if (errno != ENOENT || folder == "/")
        return writeFailure(errno, folder);
    SHARDLENS_CHECK(make(parentOf(folder)));
    if (::mkdir(folder.c_str(), 0777) == 0)
        paths.push_back(folder);
    else if (errno != EEXIST)
        return writeFailure(errno, folder);
    return {};
}

} // namespace shardlens
