// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "formats/safetensors/finding_list.h"
#include "formats/safetensors/raw_header.h"

namespace shardlens::safetensors {

/// Leaves each name once, at its first place and with its last entry, and reports the repeated ones. Findings
/// that listed entries by number list those that are left.
void dropRepeated(RawHeader& raw, FindingList& findings);

} // namespace shardlens::safetensors
