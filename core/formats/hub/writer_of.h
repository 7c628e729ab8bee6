// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "formats/hub/add_weight_set.h"
#include "io/file_tree.h"
#include "jobs/job_context.h"

#include <string>

namespace shardlens::hub {

/// What wrote the set, as far as the folder proves it: NeMo AutoModel by its `.hf_metadata`, PyTorch or
/// transformers by how slices are described, else the library that `config.json` names. Empty where nothing
/// does. Fails only where the job must end.
Result<std::string> writerOf(const FileTree& folder, const AddedSet& set, const JobContext& context);

} // namespace shardlens::hub
