// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "io/folder_ops.h"
#include "io/posix.h"
#include "io/staged_output.h"

#include <memory>
#include <mutex>
#include <set>
#include <string>

namespace shardlens {

/// The files of one staged output: which were created, and which are on the disk for certain. Thread-safe.
struct StagedFiles {
    std::mutex mutex;
    std::set<std::string> created;
    std::set<std::string> synced;
};

/// Creates and preallocates a new file.
Result<std::unique_ptr<OutputFile>> createOutputFile(const Place& place, std::string path,
                                                     std::uint64_t bytes, std::shared_ptr<StagedFiles> files);

} // namespace shardlens
