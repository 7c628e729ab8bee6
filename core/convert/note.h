// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/finding.h"

#include <vector>

namespace shardlens::convert {

/// Adds a finding about the conversion as a whole. `tensors` are those that excluding would remove it for.
void addNote(Findings& notes, const Rule& rule, Args args = {}, std::vector<TensorId> tensors = {});

} // namespace shardlens::convert
