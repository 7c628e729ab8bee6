// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/byte_range.h"
#include "formats/safetensors/finding_list.h"
#include "formats/safetensors/header.h"
#include "formats/safetensors/raw_header.h"

namespace shardlens::safetensors {

/// Turns what a header says into what is true of the file: repeated names dropped, sizes compared with dtypes
/// and shapes, ranges with each other and with `header.data`. `header` comes with json and data set; its
/// columns and findings are filled, those in `findings` (by raw entries) included.
void checkHeader(RawHeader&& raw, FindingList&& findings, Header& header);

} // namespace shardlens::safetensors
