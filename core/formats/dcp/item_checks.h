// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "formats/dcp/describer.h"
#include "formats/pickle/findings.h"

namespace shardlens::dcp {

/// Opens the items of a small checkpoint (up to 256 slices) and compares each tensor's own dtype and size
/// with what the metadata says: dtypes are corrected, sizes that differ reported. Larger ones are compared
/// when their data is read: opening millions of items would take longer than people wait.
Result<void> checkItems(Describer& describer, CheckpointBuilder& builder, const JobContext& context);

/// Decodes the values (up to 4096 of them and 64 MiB) for their types, for the globals that they name, and
/// for values that differ between ranks.
Result<void> checkValues(Describer& describer, CheckpointBuilder& builder, pickle::GlobalFindings& globals,
                         const JobContext& context);

} // namespace shardlens::dcp
