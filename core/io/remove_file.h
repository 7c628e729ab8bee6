// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"

#include <string>

namespace shardlens {

/// Removes one file (a link itself, not what it points to). A file that is gone already is no failure;
/// anything else is `io.write-failed`. For what a conversion replaces; inputs are never removed.
Result<void> removeFile(const std::string& path);

} // namespace shardlens
