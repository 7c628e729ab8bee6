// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/rule.h"

#include <string_view>
#include <vector>

namespace shardlens::cli {

/// Every rule of every room, by id, each id once.
const std::vector<const Rule*>& allRules();

/// Null where there is none of this id.
const Rule* findRule(std::string_view id);

} // namespace shardlens::cli
