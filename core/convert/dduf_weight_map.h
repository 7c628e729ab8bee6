// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "convert/dduf_draft.h"
#include "jobs/job_context.h"

namespace shardlens::convert {

/// Makes every component's index fit its shards: names renamed with them, wrong places put right, one made
/// where shards have none. Each entry of weights knows its tensors already. What is missing becomes a note.
Result<void> fitWeightMaps(Draft& draft, const JobContext& context);

} // namespace shardlens::convert
