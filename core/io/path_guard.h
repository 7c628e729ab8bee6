// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"

#include <string_view>

namespace shardlens {

/// A path that a file names, before it is used. Accepts relative paths of '/'-separated parts; refuses with
/// `path.unsafe` (and the reason as argument): empty, absolute, drive letters, `.` or `..` parts, empty parts,
/// backslashes, NUL and control characters, parts above 255 bytes.
Result<void> checkRelativePath(std::string_view path);

/// The same, and no separator at all: one file beside another.
Result<void> checkPlainName(std::string_view name);

namespace rules {
inline constexpr Rule UnsafePath{
    "path.unsafe", Severity::Error, "The path \"{0}\" is refused: {1}.",
    "The file names a place that it must not reach. Do not trust this checkpoint."};
namespace path {
inline constexpr const Rule* all[] = {&UnsafePath};
} // namespace path
} // namespace rules

} // namespace shardlens
