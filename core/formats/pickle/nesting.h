// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "formats/pickle/pickle.h"
#include "jobs/job_context.h"

namespace shardlens::pickle {

/// Fails with `pickle.too-deep` where containers lie in each other deeper than the limit, as far as a look of
/// bounded length tells: what it does not come to is refused when it is decoded. Cycles are no depth.
Result<void> checkNesting(const Pickle& pickle, const Location& where, const JobContext& context);

} // namespace shardlens::pickle
