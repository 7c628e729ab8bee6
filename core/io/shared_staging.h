// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "io/posix.h"
#include "io/shared_site.h"
#include "io/staged_output.h"
#include "io/staging_folder.h"

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace shardlens {

struct StagedFiles;

/// A staging folder that several processes on several machines fill together, and that one of them publishes:
///
///     <beside the target>/.shardlens-parts-<name>/
///         plan                                     whose it is: the plan's digest, first line
///         <digest>/files/…                         complete files under their final names
///         <digest>/.shardlens-staging-<pid>-…/     what one process is writing
///
/// It lies inside the target where nothing may be made beside it. There is no lock, so that nobody waits
/// for a process that was killed: each step is one mkdir, link or rename, which succeeds for one process
/// and tells the others so, on network file systems too. The folder appears complete (renamed into place),
/// a file appears in `files` complete and never twice, and publishing may be done by two processes at once:
/// the rename of `files` to a new target succeeds once; into an older folder files are linked, which
/// repeats without harm. `files` is there from the beginning: where it is gone, it has become the target.
class SharedStaging {
public:
    enum class State : std::uint8_t { Absent, Open, Published, Other };

    /// What stands there for a plan, without changing anything. `digest` is lower-case hex.
    static Result<State> look(const std::string& target, const std::string& digest);

    /// Where the complete files of a plan lie, if there are any.
    static std::string filesPathOf(const std::string& target, const std::string& digest);

    /// Joins the folder of this plan, or makes it. Another plan's is refused with `io.other-staging`, or
    /// replaced where `options.replaceExisting`.
    static Result<std::unique_ptr<SharedStaging>> join(const std::string& target, const std::string& digest,
                                                       StagingOptions options);

    /// Removes what is left where the plan is published, and what processes that were killed left on the way.
    static void clear(const std::string& target, const std::string& digest);

    /// A file of this process, preallocated; others see it once it is placed.
    Result<std::unique_ptr<OutputFile>> create(std::string_view path, std::uint64_t bytes);
    /// Where it lies until then. Empty before the first.
    std::string ownPath() const;
    /// Moves a closed file to the complete ones. One that another process has placed already stays.
    Result<void> place(std::string_view path);
    /// Takes a complete file away, because it is not what it should be.
    void discard(std::string_view path);

    const std::string& filesPath() const { return m_filesPath; }
    /// Removes the folder, where its result stands already.
    void abandon() { remove(m_site); }
    /// True where the files are no longer here: another process has published them.
    bool isGone() const;
    /// Which of the paths are not complete yet, as the file system says it now; nothing where isGone().
    Result<std::optional<std::vector<std::string>>> missing(const std::vector<std::string>& paths) const;

    /// Moves the complete files to their final names in this order, the last one (an index) when all others
    /// are on the disk, and removes the folder. Safe when another process does the same; where that one was
    /// faster, it may fail, and isGone() says so.
    Result<void> publish(const std::vector<std::string>& paths);

private:
    SharedStaging() = default;
    static Result<void> make(const SharedSite& site, const std::string& digest);
    static Result<void> replace(const SharedSite& site, const std::string& digest);
    static void remove(const SharedSite& site);

    UniqueFd openFiles() const;
    Result<bool> publishWhole();
    Result<void> publishEach(const std::vector<std::string>& paths);
    Result<void> linkOne(int target, const std::string& path, std::vector<std::string>& madeFolders) const;

    SharedSite m_site;
    std::string m_digest;
    StagingOptions m_options;
    UniqueFd m_plan; ///< the folder of this plan: what is made anew by its path is another one
    ino_t m_inode = 0;
    std::string m_filesPath;
    mutable std::mutex m_mutex;
    std::unique_ptr<StagingFolder> m_own;
    std::shared_ptr<StagedFiles> m_created;
};

} // namespace shardlens
