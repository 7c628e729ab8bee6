// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "io/posix.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace shardlens {

/// Opens a folder below an open one (or AT_FDCWD) without following a link in its last part.
UniqueFd openFolderAt(int parent, const std::string& name);

/// What an errno of a writing call says: `io.no-space` (for `bytes`), `io.no-permission` or
/// `io.write-failed`.
Failure writeFailure(int error, const std::string& name, std::uint64_t bytes = 0);

/// An open folder and the last part of a path that leads through it.
struct Place {
    UniqueFd folder;
    std::string name;
};

/// Walks a relative path (already guarded) below `root`, never through a link. Folders that are missing are
/// made where `made` is given (and their paths appended to it); otherwise the result's folder is invalid.
Result<Place> locate(int root, std::string_view path, std::vector<std::string>* made);

/// The names in an open folder, as the file system says them now, in no order.
std::vector<std::string> namesIn(int folder);

/// Removes a name with all that lies below it, without following links or leaving the file system.
void removeTree(int parent, const std::string& name);

/// Removes what lies in a folder, except `kept`.
void removeContents(int folder, std::string_view kept = {});

/// fsync of a folder; file systems that know no such thing are content.
Result<void> syncFolder(int folder, const std::string& name);

enum class Moved : std::uint8_t { Placed, Exchanged, Replaced };

/// Renames to a name that must not exist; fails with `io.target-exists`.
Result<Moved> moveNew(const Place& from, const Place& to);
/// Renames to a name that may exist. Where the system can, the old file takes the new one's place
/// (Exchanged), so that the move can be taken back.
Result<Moved> moveOver(const Place& from, const Place& to);
/// Takes a move back, as far as it can be.
void moveBack(Moved how, const Place& from, const Place& to);

} // namespace shardlens
