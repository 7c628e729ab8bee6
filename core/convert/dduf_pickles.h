// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "convert/dduf_draft.h"
#include "formats/diffusers/pipeline.h"
#include "jobs/job_context.h"

#include <string>

namespace shardlens::convert {

/// Plans a component's pickles as safetensors entries that are converted while the archive is written.
/// `folder` is the component's in the file system. What stands against it is added to the draft's notes.
Result<void> addPickles(Draft& draft, const std::string& folder, const diffusers::Component& component,
                        const hub::WeightSet& pickles, const JobContext& context);

} // namespace shardlens::convert
