// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"

#include <string>
#include <vector>

namespace shardlens {

/// The folder above an absolute path; `/` is above itself.
std::string parentOf(const std::string& path);
std::string lastPartOf(const std::string& path);

/// Absolute, without slashes at the end and without `.` as the last part.
std::string tidyPath(std::string path);

/// The path with all links followed; it exists.
Result<std::string> withoutLinks(const std::string& path);

bool isEmptyFolder(const std::string& path);

/// Folders that were made on the way to the target; removed again, deepest first, unless something is
/// published.
struct MadeParents {
    std::vector<std::string> paths;

    MadeParents() = default;
    MadeParents(MadeParents&& other) noexcept;
    MadeParents& operator=(MadeParents&&) = delete;
    ~MadeParents();

    Result<void> make(const std::string& folder);
};

} // namespace shardlens
