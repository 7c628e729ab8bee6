// SPDX-License-Identifier: Apache-2.0
#include "formats/candidate.h"

#include "io/byte_source.h"
#include "io/rules.h"

#include <algorithm>
#include <cstddef>
#include <span>
#include <utility>

namespace shardlens {

namespace {

constexpr std::size_t headBytes = 4096;

std::string folderOf(const std::string& path) {
    const auto slash = path.rfind('/');
    if (slash == std::string::npos)
        return ".";
    return slash == 0 ? "/" : path.substr(0, slash);
}

Result<Candidate> fromFile(Candidate candidate) {
    SHARDLENS_TRY(const auto source, openFile(candidate.path));
    candidate.fileBytes = source->size();
    candidate.head.resize(std::min<std::uint64_t>(headBytes, candidate.fileBytes));
    SHARDLENS_CHECK(source->readAt(0, candidate.head));
    candidate.file = candidate.path.substr(candidate.path.rfind('/') + 1);
    SHARDLENS_TRY(candidate.folder, openFolder(folderOf(candidate.path)));
    // A folder whose names may not be read, or are too many, still has the file that was named.
    if (auto names = candidate.folder->list())
        candidate.names = std::move(*names);
    return candidate;
}

} // namespace

Result<Candidate> makeCandidate(const std::string& path) {
    Candidate candidate;
    candidate.path = path;
    auto folder = openFolder(path);
    if (!folder) {
        if (folder.error().rule != &rules::NotAFolder)
            return Failure(std::move(folder.error()));
        return fromFile(std::move(candidate));
    }
    candidate.folder = std::move(*folder);
    SHARDLENS_TRY(candidate.names, candidate.folder->list());
    return candidate;
}

} // namespace shardlens
