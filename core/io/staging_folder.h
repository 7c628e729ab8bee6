// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "io/posix.h"

#include <cstdint>
#include <memory>
#include <string>

namespace shardlens {

/// A folder `.shardlens-staging-<pid>-<random>` that holds a locked marker and a folder `files`. The lock
/// ends with the process, however that ends: by it the next run knows what was abandoned. Removed when
/// destroyed.
class StagingFolder {
public:
    /// `parent` is absolute and exists.
    static Result<std::unique_ptr<StagingFolder>> createIn(const std::string& parent);
    StagingFolder(const StagingFolder&) = delete;
    StagingFolder& operator=(const StagingFolder&) = delete;
    ~StagingFolder();

    const std::string& filesPath() const { return m_filesPath; }
    int files() const { return m_files.get(); }
    int folder() const { return m_folder.get(); }
    static constexpr const char* FilesName = "files";

    /// Removes the abandoned ones that lie in a folder. Others' (another user's, another program's by the
    /// same name, one whose process lives) stay. A lock that another machine holds is not seen through
    /// every network file system: where several machines write at once, only what this one left is taken
    /// for abandoned.
    enum class Whose : std::uint8_t { Anybodys, ThisMachine };
    static void removeAbandonedIn(const std::string& parent, Whose whose = Whose::Anybodys);

private:
    StagingFolder() = default;
    static Result<bool> tryCreate(const std::string& parent, StagingFolder& out);

    UniqueFd m_parent, m_folder, m_files, m_marker;
    std::string m_name;
    std::string m_filesPath;
};

} // namespace shardlens
