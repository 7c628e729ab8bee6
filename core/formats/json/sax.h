// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "formats/json/visit.h"

#include <cstdint>
#include <string_view>

namespace shardlens::json {

/// The authority on what is JSON: nlohmann's parser tells `text`, which is valid UTF-8, to the visitor.
/// Errors and cancelling as `visit` says; offsets in failures have `base` added.
Result<void> visitThoroughly(std::string_view text, std::string_view name, Visitor& visitor,
                             const JobContext& context, std::uint64_t base = 0);

} // namespace shardlens::json
