// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace shardlens::cli {

/// `REGEX=REPLACEMENT`, split at the first `=` that no backslash precedes; `\=` stands for `=` before it.
Result<std::pair<std::string, std::string>> splitRename(std::string_view text, std::string_view option);

/// `KEY=VALUE`, split at the first `=`.
Result<std::pair<std::string, std::string>> splitKeyValue(std::string_view text, std::string_view option);

/// Each text split as a rename.
Result<std::vector<std::pair<std::string, std::string>>> splitRenames(const std::vector<std::string>& texts,
                                                                      std::string_view option);

} // namespace shardlens::cli
