// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/value.h"

#include <string_view>

namespace shardlens {

/// Python's name for a type that says no more than its kind.
std::string_view kindName(Value::Kind kind);

} // namespace shardlens
