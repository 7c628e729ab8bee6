// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "convert/chosen.h"
#include "convert/options.h"
#include "jobs/job_context.h"
#include "model/checkpoint.h"

namespace shardlens::convert {

/// Which tensors are written, under which names, with which of several tied names; dtypes are still the
/// source's. Notes: tensors that cannot be read (with the checkpoint's own finding), dtypes and names that
/// safetensors cannot hold, names given that nothing has, names that collide.
Result<Choice> chooseTensors(const CheckpointPtr& source, const Options& options, const JobContext& context);

} // namespace shardlens::convert
