// SPDX-License-Identifier: Apache-2.0
#include "io/publication.h"

#include "io/rules.h"

#include <fcntl.h>
#include <set>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace shardlens {

Result<void> Publication::run(const std::vector<std::string>& paths) {
    SHARDLENS_CHECK(checkNames(paths));
    const auto moveAll = [&]() -> Result<void> {
        for (const auto& path : paths) {
            // The last one makes the others visible to readers: they must be on the disk before it is.
            if (&path == &paths.back())
                SHARDLENS_CHECK(syncTarget());
            SHARDLENS_CHECK(moveOne(path));
        }
        return syncTarget();
    };
    auto moved = moveAll();
    if (!moved)
        takeBack();
    return moved;
}

/// Before the first move, so that a name in the way stops everything.
Result<void> Publication::checkNames(const std::vector<std::string>& paths) const {
    for (const auto& path : paths) {
        SHARDLENS_TRY(const auto place, locate(m_target, path, nullptr));
        struct stat status {};
        const bool exists = place.folder.valid() && ::fstatat(place.folder.get(), place.name.c_str(), &status,
                                                              AT_SYMLINK_NOFOLLOW) == 0;
        if (exists && (!m_options.replaceExisting || S_ISDIR(status.st_mode)))
            return fail(rules::TargetExists, {path}, {.file = path, .offset = {}, .item = {}});
    }
    return {};
}

Result<void> Publication::moveOne(const std::string& path) {
    Move move;
    SHARDLENS_TRY(move.from, locate(m_staged, path, nullptr));
    SHARDLENS_TRY(move.to, locate(m_target, path, &m_madeFolders));
    SHARDLENS_TRY(move.how,
                  m_options.replaceExisting ? moveOver(move.from, move.to) : moveNew(move.from, move.to));
    m_moves.push_back(std::move(move));
    return {};
}

/// Every folder that a file was moved to, and those above it.
Result<void> Publication::syncTarget() const {
    if (!m_options.sync)
        return {};
    std::set<std::pair<dev_t, ino_t>> seen;
    for (const auto& move : m_moves) {
        struct stat status {};
        if (::fstat(move.to.folder.get(), &status) == 0 && seen.emplace(status.st_dev, status.st_ino).second)
            SHARDLENS_CHECK(syncFolder(move.to.folder.get(), move.to.name));
    }
    for (const auto& made : m_madeFolders)
        if (const auto above = locate(m_target, made, nullptr); above && above->folder.valid())
            SHARDLENS_CHECK(syncFolder(above->folder.get(), made));
    return syncFolder(m_target, ".");
}

void Publication::takeBack() {
    for (auto move = m_moves.rbegin(); move != m_moves.rend(); ++move)
        moveBack(move->how, move->from, move->to);
    for (auto made = m_madeFolders.rbegin(); made != m_madeFolders.rend(); ++made)
        ::unlinkat(m_target, made->c_str(), AT_REMOVEDIR);
}

} // namespace shardlens
