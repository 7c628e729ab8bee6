// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "formats/format_reader.h"

namespace shardlens::hub {

/// Opens safetensors files that make a checkpoint together: with an index, by numbering, as DCP slices, or as
/// the only file of a folder with its side files.
const FormatReader& reader();

} // namespace shardlens::hub
