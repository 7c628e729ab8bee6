// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "formats/format_reader.h"

namespace shardlens::dcp {

/// Opens folders with .metadata (or __N.metadata) and .distcp files, found from the folder or any of its
/// files, and training folders that hold several of them.
const FormatReader& reader();

} // namespace shardlens::dcp
