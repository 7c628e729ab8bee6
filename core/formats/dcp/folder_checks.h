// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "formats/dcp/describer.h"
#include "io/file_tree.h"

#include <vector>

namespace shardlens::dcp {

/// What lies in the data files besides the slices: values as regions, safetensors headers, bytes that no item
/// claims, items that share bytes.
Result<void> addRegions(Describer& describer, CheckpointBuilder& builder, const JobContext& context);

/// Data files of the folder that the metadata does not name, and a left-over .metadata.tmp.
void checkNames(Describer& describer, CheckpointBuilder& builder, const std::vector<TreeName>& names);

} // namespace shardlens::dcp
