// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace shardlens {

/// Expression and replacement that turn each first name into its second, as `compare --rename` takes them: one for
/// all where they differ in the same beginning (`^model\.` and nothing), else one exact name each, up to `most`.
std::vector<std::pair<std::string, std::string>>
renameRules(const std::vector<std::pair<std::string_view, std::string_view>>& names, std::size_t most = 64);

} // namespace shardlens
