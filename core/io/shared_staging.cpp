// SPDX-License-Identifier: Apache-2.0
#include "io/shared_staging.h"

#include "io/folder_ops.h"
#include "io/output_file.h"
#include "io/path_guard.h"
#include "io/rules.h"
#include "io/target_path.h"

#include <cerrno>
#include <chrono>
#include <fcntl.h>
#include <map>
#include <set>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>
#include <utility>

namespace shardlens {

namespace {

/// Each attempt fails only because another process made a step in the meantime.
constexpr int Attempts = 64;

void removePath(const std::string& path) {
    removeTree(AT_FDCWD, path);
}

bool hasNoLinks(int error) {
    return error == EPERM || error == EOPNOTSUPP || error == ENOSYS || error == EMLINK;
}

bool isSameFile(int folder, const std::string& name, const struct stat& other) {
    struct stat status {};
    return ::fstatat(folder, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0 &&
           status.st_dev == other.st_dev && status.st_ino == other.st_ino;
}

} // namespace

Result<SharedStaging::State> SharedStaging::look(const std::string& target, const std::string& digest) {
    const auto site = sharedSiteOf(target, false);
    if (!site)
        return State::Absent; // joining says why
    const auto plan = readPlanRecord(site->folder);
    if (!plan)
        return State::Absent;
    if (plan->digest != digest)
        return State::Other;
    return nameExists(site->filesPath(digest)) ? State::Open : State::Published;
}

std::string SharedStaging::filesPathOf(const std::string& target, const std::string& digest) {
    const auto site = sharedSiteOf(target, false);
    return site ? site->filesPath(digest) : std::string();
}

/// Made under another name and renamed, so that who finds the folder finds it whole. False success is none:
/// where another process was faster, its folder is joined.
Result<void> SharedStaging::make(const SharedSite& site, const std::string& digest) {
    const auto fresh = site.passingPath();
    if (::mkdir(fresh.c_str(), 0777) != 0)
        return writeFailure(errno, fresh);
    auto made = makePlanFolder(fresh, digest);
    if (made)
        made = writePlanRecord(fresh, digest);
    if (made && ::rename(fresh.c_str(), site.folder.c_str()) == 0)
        return {};
    const auto error = errno;
    const bool lost = nameExists(site.folder) || !nameExists(fresh);
    removePath(fresh);
    if (lost)
        return {};
    return made ? writeFailure(error, site.folder) : made;
}

/// The other plan's folder goes when the new one is named: processes of the same new plan may do this at
/// once.
Result<void> SharedStaging::replace(const SharedSite& site, const std::string& digest) {
    const auto fresh = site.folder + "/new-" + newSuffix();
    if (::mkdir(fresh.c_str(), 0777) != 0)
        return errno == ENOENT ? Result<void>() : writeFailure(errno, fresh);
    auto made = makePlanFolder(fresh, digest);
    if (made)
        made = writePlanRecord(fresh, digest);
    if (made) {
        const auto from = fresh + "/" + digest, to = site.folder + "/" + digest;
        if (::rename(from.c_str(), to.c_str()) != 0 && !nameExists(to))
            made = writeFailure(errno, to);
        else if (::rename((fresh + "/" + SharedSite::PlanName).c_str(),
                          (site.folder + "/" + SharedSite::PlanName).c_str()) != 0)
            made = writeFailure(errno, site.folder);
    }
    removePath(fresh);
    if (!made)
        return nameExists(site.folder) ? made : Result<void>();
    if (const auto folder = openFolderAt(AT_FDCWD, site.folder); folder.valid())
        for (const auto& name : namesIn(folder.get()))
            if (name != digest && name != SharedSite::PlanName && !name.starts_with("new-"))
                removeTree(folder.get(), name);
    return {};
}

Result<std::unique_ptr<SharedStaging>>
SharedStaging::join(const std::string& target, const std::string& digest, StagingOptions options) {
    std::unique_ptr<SharedStaging> joined(new SharedStaging);
    SHARDLENS_TRY(joined->m_site, sharedSiteOf(target, true));
    const auto& site = joined->m_site;
    for (int i = 0; i != Attempts; ++i) {
        const auto plan = readPlanRecord(site.folder);
        if (i > 1)
            std::this_thread::sleep_for(std::chrono::milliseconds(i));
        if (!plan && i > Attempts / 2 && nameExists(site.folder)) {
            remove(site); // for seconds now it says nothing of a plan: what a killed process left
        } else if (!plan) {
            SHARDLENS_CHECK(make(site, digest));
        } else if (plan->digest == digest) {
            joined->m_digest = digest;
            joined->m_options = options;
            joined->m_filesPath = site.filesPath(digest);
            joined->m_created = std::make_shared<StagedFiles>();
            const auto folder = site.folder + "/" + digest;
            joined->m_plan = openFolderAt(AT_FDCWD, folder);
            struct stat status {};
            if (!joined->m_plan.valid() || ::fstat(joined->m_plan.get(), &status) != 0)
                continue;
            joined->m_inode = status.st_ino;
            StagingFolder::removeAbandonedIn(folder, StagingFolder::Whose::ThisMachine);
            site.removePassing();
            return joined;
        } else if (options.replaceExisting) {
            SHARDLENS_CHECK(replace(site, digest));
        } else {
            return fail(rules::OtherStaging, {site.folder, plan->begun},
                        {.file = site.folder, .offset = {}, .item = {}});
        }
    }
    return fail(rules::WriteFailed,
                {site.folder, std::string("something removes the staging folder as it is made")});
}

void SharedStaging::remove(const SharedSite& site) {
    const auto old = site.passingPath();
    if (::rename(site.folder.c_str(), old.c_str()) == 0)
        removePath(old);
    site.removePassing();
}

void SharedStaging::clear(const std::string& target, const std::string& digest) {
    const auto state = look(target, digest);
    const auto site = sharedSiteOf(target, false);
    if (site && state && *state == State::Published)
        remove(*site);
    else if (site)
        site->removePassing();
}

Result<std::unique_ptr<OutputFile>> SharedStaging::create(std::string_view path, std::uint64_t bytes) {
    SHARDLENS_CHECK(checkRelativePath(path));
    {
        const std::lock_guard lock(m_mutex);
        if (!m_own) {
            SHARDLENS_TRY(m_own, StagingFolder::createIn(parentOf(m_filesPath)));
        }
    }
    std::vector<std::string> made;
    SHARDLENS_TRY(const auto place, locate(m_own->files(), path, &made));
    return createOutputFile(place, std::string(path), bytes, m_created);
}

std::string SharedStaging::ownPath() const {
    const std::lock_guard lock(m_mutex);
    return m_own ? m_own->filesPath() : std::string();
}

Result<void> SharedStaging::place(std::string_view path) {
    const auto files = openFiles();
    if (!files.valid())
        return writeFailure(errno, m_filesPath);
    std::vector<std::string> made;
    SHARDLENS_TRY(const auto from, locate(m_own->files(), path, nullptr));
    SHARDLENS_TRY(const auto to, locate(files.get(), path, &made));
    const auto moved = moveNew(from, to);
    if (!moved && moved.error().rule == &rules::TargetExists) {
        ::unlinkat(from.folder.get(), from.name.c_str(), 0);
        return {};
    }
    if (!moved)
        return Failure(moved.error());
    return m_options.sync ? syncFolder(to.folder.get(), m_filesPath) : Result<void>();
}

void SharedStaging::discard(std::string_view path) {
    const auto files = openFiles();
    if (const auto place = locate(files.get(), path, nullptr); place && place->folder.valid())
        ::unlinkat(place->folder.get(), place->name.c_str(), 0);
}

/// Anew each time: it may have become the target.
UniqueFd SharedStaging::openFiles() const {
    return openFolderAt(m_plan.get(), SharedSite::FilesName);
}

bool SharedStaging::isGone() const {
    const auto plan = readPlanRecord(m_site.folder);
    struct stat status {};
    return !plan || plan->digest != m_digest || !nameExists(m_filesPath) ||
           ::stat(parentOf(m_filesPath).c_str(), &status) != 0 || status.st_ino != m_inode;
}

/// Folders are opened and listed anew: network file systems ask the server then, while a lookup of one name
/// may be answered from what was true a minute ago. Whoever places the last file lists after placing, and
/// sees all.
Result<std::optional<std::vector<std::string>>>
SharedStaging::missing(const std::vector<std::string>& paths) const {
    std::map<std::string, std::set<std::string>, std::less<>> present;
    std::vector<std::string> missing;
    if (isGone())
        return std::nullopt;
    for (const auto& path : paths) {
        const auto slash = path.rfind('/');
        const auto folder = slash == path.npos ? std::string() : path.substr(0, slash);
        auto known = present.find(folder);
        if (known == present.end()) {
            const UniqueFd fd(
                ::open((m_filesPath + "/" + folder).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
            std::set<std::string> names;
            if (fd.valid())
                for (auto& name : namesIn(fd.get()))
                    names.insert(std::move(name));
            known = present.emplace(folder, std::move(names)).first;
        }
        if (!known->second.contains(path.substr(slash + 1)))
            missing.push_back(path);
    }
    if (!missing.empty() && isGone())
        return std::nullopt;
    return missing;
}

Result<void> SharedStaging::publish(const std::vector<std::string>& paths) {
    {
        const std::lock_guard lock(m_mutex);
        m_own.reset(); // an open file would keep the folder from going on some network file systems
    }
    if (isGone())
        return {};
    bool done = false;
    if (!m_site.inside && (!nameExists(m_site.target) || isEmptyFolder(m_site.target))) {
        SHARDLENS_TRY(done, publishWhole());
    }
    if (!done)
        SHARDLENS_CHECK(publishEach(paths));
    if (!isGone() || SharedStaging::look(m_site.target, m_digest) == State::Published)
        remove(m_site);
    return {};
}

/// One rename. False where something came to lie in the target since it was empty.
Result<bool> SharedStaging::publishWhole() {
    struct stat status {};
    if (const auto files = openFiles(); files.valid()) {
        if (::stat(m_site.target.c_str(), &status) == 0) // a folder that the user made keeps its permissions
            ::fchmod(files.get(), status.st_mode & 07777);
        if (m_options.sync)
            SHARDLENS_CHECK(syncFolder(files.get(), m_filesPath));
    }
    if (::renameat(m_plan.get(), SharedSite::FilesName, AT_FDCWD, m_site.target.c_str()) != 0) {
        if (errno == ENOTEMPTY || errno == EEXIST || errno == EBUSY)
            return false;
        if (errno == ENOENT && isGone()) // another process was faster
            return true;
        return writeFailure(errno, m_site.target);
    }
    if (const auto above = openFolderAt(AT_FDCWD, parentOf(m_site.target)); m_options.sync && above.valid())
        SHARDLENS_CHECK(syncFolder(above.get(), m_site.target));
    return true;
}

/// The complete files keep their names in the staging folder until all have their final ones too: who is
/// killed in between is followed by another that does the same again.
Result<void> SharedStaging::publishEach(const std::vector<std::string>& paths) {
    const auto target = openFolderAt(AT_FDCWD, m_site.target);
    if (!target.valid())
        return writeFailure(errno, m_site.target);
    std::vector<std::string> madeFolders;
    const auto sync = [&]() -> Result<void> {
        return m_options.sync ? syncFolder(target.get(), m_site.target) : Result<void>();
    };
    for (const auto& path : paths) {
        if (&path == &paths.back()) // it makes the others visible to readers
            SHARDLENS_CHECK(sync());
        SHARDLENS_CHECK(linkOne(target.get(), path, madeFolders));
    }
    return sync();
}

Result<void> SharedStaging::linkOne(int target, const std::string& path,
                                    std::vector<std::string>& madeFolders) const {
    const auto files = openFiles();
    if (!files.valid())
        return writeFailure(errno, m_filesPath);
    SHARDLENS_TRY(const auto from, locate(files.get(), path, nullptr));
    SHARDLENS_TRY(const auto to, locate(target, path, &madeFolders));
    struct stat status {};
    if (!from.folder.valid() ||
        ::fstatat(from.folder.get(), from.name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0)
        return writeFailure(errno, path);
    const auto link = [&](const std::string& name) {
        return ::linkat(from.folder.get(), from.name.c_str(), to.folder.get(), name.c_str(), 0);
    };
    if (isSameFile(to.folder.get(), to.name, status)) // another process was here
        return {};
    if (link(to.name) == 0)
        return {};
    if (hasNoLinks(errno))
        return fail(
            rules::WriteFailed,
            {path, std::string("this file system has no hard links, by which files come into a folder "
                               "that is not empty; choose a new one")});
    if (errno != EEXIST)
        return writeFailure(errno, path);
    if (isSameFile(to.folder.get(), to.name, status))
        return {};
    if (!m_options.replaceExisting)
        return fail(rules::TargetExists, {path}, {.file = path, .offset = {}, .item = {}});
    const auto passing = ".shardlens-staging-link-" + newSuffix();
    if (link(passing) != 0)
        return writeFailure(errno, path);
    const auto outcome = ::renameat(to.folder.get(), passing.c_str(), to.folder.get(), to.name.c_str());
    const auto error = errno;
    ::unlinkat(to.folder.get(), passing.c_str(), 0); // it stays where both names were one file already
    return outcome == 0 ? Result<void>() : writeFailure(error, path);
}

} // namespace shardlens
