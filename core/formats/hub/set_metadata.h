// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "formats/hub/shard_set.h"
#include "model/value.h"

namespace shardlens::hub {

/// A Dict: the members of the index's `metadata`, then what the `__metadata__` of all files say alike.
/// DCP_SHARDING_INFO is left out: it is each file's own and stays in its record.
Value setMetadata(const ShardSet& set);

} // namespace shardlens::hub
