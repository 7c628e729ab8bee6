// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "convert/chosen.h"
#include "convert/options.h"
#include "jobs/job_context.h"
#include "model/checkpoint.h"

#include <map>
#include <string>

namespace shardlens::convert {

/// Sets `dtype` and `bytes` of every chosen tensor as the options' cast says. Recorded original dtypes
/// (NeMo AutoModel's `.hf_metadata/fqn_to_dtype_mapping.json`) bring a dtype back, and keep F32 ones from any
/// cast.
Result<void> applyCast(const CheckpointPtr& source, const Options& options, const JobContext& context,
                       Choice& choice);

/// The dtype that a config should name after the cast: of most of the cast bytes.
DType dominantFloat(const Choice& choice);

} // namespace shardlens::convert
