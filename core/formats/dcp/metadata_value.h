// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "formats/dcp/metadata_file.h"
#include "model/columns.h"
#include "model/value.h"

#include <vector>

namespace shardlens::dcp {

/// The checkpoint's own facts as one Dict: version, storage_meta (save and load id, the trainer's path,
/// modules), planner data, Megatron-Core's additions, and the metadata files. Long tables are cut, which the
/// Dict says.
Result<Value> metadataValue(const std::vector<MetadataFile>& metadata, const JobContext& context);

/// The same for people: `version`, `saved to` (the trainer's path), `save id`, `load id`, `modules`
std::vector<Fact> metadataFacts(const MetadataFile& metadata);

/// StorageMeta.checkpoint_id; empty where there is none.
std::string trainersPath(const MetadataFile& metadata);

} // namespace shardlens::dcp
