// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace shardlens {

/// What Git leaves in place of a large file that was not downloaded.
struct LfsPointer {
    std::uint64_t bytes = 0; ///< of the real file; 0 where the pointer does not say
    std::string oid;         ///< `sha256:…`, raw; may be empty
};

/// Recognises a pointer file by its first bytes, whatever the file is called (git-lfs specification, v1).
std::optional<LfsPointer> readLfsPointer(std::span<const std::byte> head);

/// Fails where a file, of any format, cannot hold anything: it is empty, a Git LFS pointer, or begins with
/// nothing but zeros (`head` is its first bytes, best 4 KiB). `name` is for messages.
Result<void> checkHead(std::span<const std::byte> head, std::uint64_t fileBytes, const std::string& name);

namespace rules {
inline constexpr Rule FileEmpty{"file.empty", Severity::Error, "\"{0}\" is empty.",
                                "A download or a save was interrupted; fetch or save the file again."};
inline constexpr Rule FileLfsPointer{
    "file.lfs-pointer", Severity::Error, "\"{0}\" is a Git LFS pointer, not weights: the real file has {1}.",
    "Fetch the real file with \"git lfs pull\" or download it from the model's page."};
inline constexpr Rule FileZeros{"file.zeros", Severity::Error,
                                "\"{0}\" begins with {1} of nothing but zeros.",
                                "A program that saved over the file while it had it mapped, or an "
                                "interrupted download, leaves this; the data is "
                                "gone, fetch or save the file again."};
} // namespace rules

namespace rules::file {
inline constexpr const Rule* all[] = {&FileEmpty, &FileLfsPointer, &FileZeros};
} // namespace rules::file

} // namespace shardlens
