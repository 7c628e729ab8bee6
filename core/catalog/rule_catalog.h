// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/rule.h"

#include <span>
#include <string_view>

namespace shardlens {

/// Every rule that core can report, sorted by id.
std::span<const Rule* const> allRules();

/// Null where there is no such rule.
const Rule* findRule(std::string_view id);

} // namespace shardlens
