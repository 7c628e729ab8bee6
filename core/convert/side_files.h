// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "convert/chosen.h"
#include "convert/options.h"
#include "convert/plan.h"
#include "jobs/job_context.h"
#include "model/checkpoint.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace shardlens::convert {

/// Configs, tokenizers and what else lies beside the weights of a Hugging Face layout, copied as they are;
/// what AutoModel keeps in `.hf_metadata/` comes to the target's root. After a cast a config names the new
/// dtype. Pickles, weights and indexes never. What stays behind is added to the choice's skipped.
/// `reference` (which may be null) gives the side files that the source lacks; its config names the dtype
/// that is written.
Result<std::vector<PlannedFile>> planSideFiles(const CheckpointPtr& source, const CheckpointPtr& reference,
                                               const Options& options,
                                               const std::vector<PlannedFile>& weights, bool intoFolder,
                                               Choice& choice, const JobContext& context);

/// The text with the value of the top-level key `torch_dtype` or `dtype` replaced (`bfloat16`), everything
/// else unchanged; nothing where there is no such key, or it already says so.
std::optional<std::string> withDType(std::string_view json, DType dtype);

} // namespace shardlens::convert
