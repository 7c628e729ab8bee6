// SPDX-License-Identifier: Apache-2.0
#include "io/staged_output.h"

#include "io/output_file.h"
#include "io/path_guard.h"
#include "io/publication.h"
#include "io/rules.h"
#include "io/staging_folder.h"
#include "io/target_path.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <memory>
#include <optional>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace shardlens {

namespace {

/// Where the output will stand.
struct Target {
    std::string folder; ///< absolute, without links
    bool whole = false; ///< the folder is new or empty: one rename publishes it
    bool exists = false;
    std::string onlyName; ///< the one file that may be made, where it is a single one
    MadeParents parents;
};

Result<Target> lookAt(const std::string& path) {
    Target target;
    const auto given = tidyPath(path);
    struct stat status {
    }, above{};
    if (path.empty() || path.find('\0') != path.npos)
        return fail(rules::NotFound, {path});
    if (::stat(given.c_str(), &status) == 0) {
        if (!S_ISDIR(status.st_mode))
            return fail(rules::NotAFolder, {path});
        SHARDLENS_TRY(target.folder, withoutLinks(given));
        StagedOutput::removeAbandoned(target.folder);
        target.exists = true;
        // A mount point cannot be renamed over, and the root has nothing beside it.
        target.whole = target.folder != "/" && ::stat(parentOf(target.folder).c_str(), &above) == 0 &&
                       above.st_dev == status.st_dev && isEmptyFolder(target.folder);
        return target;
    }
    if (errno != ENOENT)
        return accessFailure(errno, path);
    if (::lstat(given.c_str(), &status) == 0) // a link that leads nowhere: whose place is meant is unclear
        return fail(rules::TargetExists, {path});
    const auto name = lastPartOf(given);
    if (name == "..")
        return fail(rules::NotFound, {path});
    SHARDLENS_CHECK(target.parents.make(parentOf(given)));
    SHARDLENS_TRY(const auto parent, withoutLinks(parentOf(given)));
    target.folder = (parent == "/" ? std::string() : parent) + "/" + name;
    target.whole = true;
    StagedOutput::removeAbandoned(target.folder);
    return target;
}

class PosixStagedOutput final : public StagedOutput {
public:
    PosixStagedOutput(Target target, std::unique_ptr<StagingFolder> staging, StagingOptions options)
        : m_target(std::move(target))
        , m_options(options)
        , m_staging(std::move(staging)) {}

    const std::string& stagingPath() const override { return m_staging->filesPath(); }
    Result<std::unique_ptr<OutputFile>> create(std::string_view path, std::uint64_t bytes) override;
    Result<void> publish(const std::vector<std::string>& paths) override;

private:
    Result<void> checkListed(const std::vector<std::string>& paths) const;
    Result<void> syncFiles(const std::vector<std::string>& paths) const;
    Result<bool> publishWhole(const std::vector<std::string>& paths);
    Result<void> publishEach(const std::vector<std::string>& paths);
    Result<void> syncParents() const;

    // In this order: the staging folder goes before the parents that were made for it.
    Target m_target;
    StagingOptions m_options;
    std::unique_ptr<StagingFolder> m_staging;
    bool m_published = false;
    std::shared_ptr<StagedFiles> m_files = std::make_shared<StagedFiles>();
};

Result<std::unique_ptr<OutputFile>> PosixStagedOutput::create(std::string_view path, std::uint64_t bytes) {
    SHARDLENS_CHECK(checkRelativePath(path));
    if (m_published)
        return fail(rules::WriteFailed, {std::string(path), std::string("the output is already published")});
    if (!m_target.onlyName.empty() && path != m_target.onlyName)
        return fail(rules::UnsafePath, {std::string(path), "only " + m_target.onlyName + " is written here"});
    struct stat status {};
    const auto final = m_target.folder + "/" + std::string(path);
    if (!m_options.replaceExisting && ::lstat(final.c_str(), &status) == 0)
        return fail(rules::TargetExists, {final}, {.file = std::string(path), .offset = {}, .item = {}});
    std::vector<std::string> made;
    SHARDLENS_TRY(const auto place, locate(m_staging->files(), path, &made));
    return createOutputFile(place, std::string(path), bytes, m_files);
}

Result<void> PosixStagedOutput::checkListed(const std::vector<std::string>& paths) const {
    const std::lock_guard lock(m_files->mutex);
    std::set<std::string_view> seen;
    for (const auto& path : paths)
        if (!m_files->created.contains(path) || !seen.insert(path).second)
            return fail(rules::NotFound, {path}, {.file = path, .offset = {}, .item = {}});
    return {};
}

/// Files that were closed without a sync, and all folders that hold files.
Result<void> PosixStagedOutput::syncFiles(const std::vector<std::string>& paths) const {
    if (!m_options.sync)
        return {};
    std::set<std::string> folders;
    for (const auto& path : paths) {
        for (auto slash = path.rfind('/'); slash != path.npos && slash > 0;
             slash = path.rfind('/', slash - 1))
            folders.insert(path.substr(0, slash));
        const std::unique_lock lock(m_files->mutex);
        if (m_files->synced.contains(path))
            continue;
        SHARDLENS_TRY(const auto place, locate(m_staging->files(), path, nullptr));
        const UniqueFd fd(
            ::openat(place.folder.get(), place.name.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
        if (!fd.valid() || ::fsync(fd.get()) != 0)
            return writeFailure(errno, path);
    }
    for (const auto& folder : folders) {
        SHARDLENS_TRY(const auto place, locate(m_staging->files(), folder + "/.", nullptr));
        SHARDLENS_CHECK(syncFolder(place.folder.get(), folder));
    }
    return syncFolder(m_staging->files(), stagingPath());
}

Result<void> PosixStagedOutput::publish(const std::vector<std::string>& paths) {
    if (m_published)
        return fail(rules::WriteFailed, {m_target.folder, std::string("the output is already published")});
    SHARDLENS_CHECK(checkListed(paths));
    SHARDLENS_CHECK(syncFiles(paths));
    bool done = false;
    if (m_target.whole) {
        SHARDLENS_TRY(done, publishWhole(paths));
    }
    if (!done)
        SHARDLENS_CHECK(publishEach(paths));
    m_target.parents.paths.clear();
    m_published = true;
    return {};
}

/// One rename of the whole folder; false where something came to lie in the target since it was empty.
Result<bool> PosixStagedOutput::publishWhole(const std::vector<std::string>& paths) {
    const std::set<std::string_view> listed(paths.begin(), paths.end());
    {
        const std::lock_guard lock(m_files->mutex);
        for (const auto& created : m_files->created)
            if (!listed.contains(created))
                if (const auto place = locate(m_staging->files(), created, nullptr);
                    place && place->folder.valid())
                    ::unlinkat(place->folder.get(), place->name.c_str(), 0);
    }
    struct stat status {};
    if (m_target.exists && ::stat(m_target.folder.c_str(), &status) == 0)
        ::fchmod(m_staging->files(),
                 status.st_mode & 07777); // the folder that the user made keeps its permissions
    if (::renameat(m_staging->folder(), StagingFolder::FilesName, AT_FDCWD, m_target.folder.c_str()) != 0) {
        if (errno == ENOTEMPTY || errno == EEXIST || errno == EBUSY)
            return false;
        if (errno == ENOTDIR)
            return fail(rules::TargetExists, {m_target.folder});
        return writeFailure(errno, m_target.folder);
    }
    SHARDLENS_CHECK(syncParents());
    return true;
}

Result<void> PosixStagedOutput::publishEach(const std::vector<std::string>& paths) {
    const auto target = openFolderAt(AT_FDCWD, m_target.folder);
    if (!target.valid())
        return writeFailure(errno, m_target.folder);
    SHARDLENS_CHECK(Publication(m_staging->files(), target.get(), m_options).run(paths));
    return syncParents();
}

Result<void> PosixStagedOutput::syncParents() const {
    if (!m_options.sync)
        return {};
    auto folders = m_target.parents.paths;
    folders.push_back(m_target.folder);
    for (const auto& folder : folders) {
        const UniqueFd above(::open(parentOf(folder).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        if (above.valid())
            SHARDLENS_CHECK(syncFolder(above.get(), parentOf(folder)));
    }
    return {};
}

} // namespace

Result<std::unique_ptr<StagedOutput>> StagedOutput::create(const std::string& path, StagingOptions options) {
    SHARDLENS_TRY(auto target, lookAt(path));
    auto staging = StagingFolder::createIn(target.whole ? parentOf(target.folder) : target.folder);
    if (!staging && target.whole && target.exists && staging.error().rule == &rules::NoPermission) {
        // An empty folder that the user may write in, in one that he may not.
        target.whole = false;
        staging = StagingFolder::createIn(target.folder);
    }
    if (!staging)
        return Failure(std::move(staging).error());
    return std::make_unique<PosixStagedOutput>(std::move(target), std::move(*staging), options);
}

Result<std::unique_ptr<StagedOutput>> StagedOutput::createForFile(const std::string& file,
                                                                  StagingOptions options) {
    const auto path = tidyPath(file);
    struct stat status {};
    const auto name = lastPartOf(path);
    if (file.empty() || file.back() == '/' || file.find('\0') != file.npos || name == "..")
        return fail(rules::NotFound, {file});
    SHARDLENS_CHECK(checkPlainName(name));
    if (::lstat(path.c_str(), &status) == 0 && (!options.replaceExisting || S_ISDIR(status.st_mode)))
        return fail(rules::TargetExists, {file}, {.file = file, .offset = {}, .item = {}});
    Target target;
    SHARDLENS_CHECK(target.parents.make(parentOf(path)));
    SHARDLENS_TRY(target.folder, withoutLinks(parentOf(path)));
    target.exists = true;
    target.onlyName = name;
    StagingFolder::removeAbandonedIn(target.folder);
    SHARDLENS_TRY(auto staging, StagingFolder::createIn(target.folder));
    return std::make_unique<PosixStagedOutput>(std::move(target), std::move(staging), options);
}

void StagedOutput::removeAbandoned(const std::string& target) {
    const auto path = tidyPath(target);
    StagingFolder::removeAbandonedIn(path);
    StagingFolder::removeAbandonedIn(parentOf(path));
}

} // namespace shardlens
