// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "convert/chosen.h"
#include "convert/options.h"
#include "jobs/job_context.h"
#include "model/checkpoint.h"

namespace shardlens::convert {

/// Decides which of several names of one tensor is written. Names are tied where the source says so (aliases)
/// or where tensors are the same view of one storage. Kept is the alphabetically first name that --tied-drop
/// does not name, as huggingface_hub does; the others become aliases. With --tied duplicate every name gets a
/// copy. Different views of one storage are never dropped: each is written in full, with a note.
Result<void> resolveTied(const CheckpointPtr& source, const Options& options, const JobContext& context,
                         Choice& choice);

} // namespace shardlens::convert
