// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/value.h"

#include <string>
#include <utility>
#include <vector>

namespace shardlens::safetensors {

/// `__metadata__` as a Dict of texts in file order; of a repeated key the last value counts, at the first's
/// place.
Value metadataValue(const std::vector<std::pair<std::string, std::string>>& metadata);

} // namespace shardlens::safetensors
