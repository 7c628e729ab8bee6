// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "formats/format_reader.h"

namespace shardlens::hub::pickles {

/// Folders, indexes and shards of torch.save files (`sharded-torch`), and single ones that a folder holds. A
/// file that stands for itself is the torch room's.
const FormatReader& reader();

} // namespace shardlens::hub::pickles
