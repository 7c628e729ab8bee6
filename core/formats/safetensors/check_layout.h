// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "formats/safetensors/finding_list.h"
#include "formats/safetensors/header.h"
#include "formats/safetensors/raw_header.h"

namespace shardlens::safetensors {

/// Checks how the tensors' ranges lie in the data: one after the other from 0, up to the file's end. `raw`
/// holds each name once; where an entry is `broken`, its range means nothing, and what may be its bytes is no
/// finding. Fills `header.unclaimed` and marks as broken, in `header.state`, the tensors that the file's end
/// cuts off.
void checkLayout(const RawHeader& raw, const std::vector<bool>& broken, FindingList& findings,
                 Header& header);

} // namespace shardlens::safetensors
