// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "formats/format_reader.h"

namespace shardlens::dduf {

/// DDUF archives: their entries, and, of a sound one, the tensors of its components.
const FormatReader& reader();

} // namespace shardlens::dduf
