// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "formats/format_reader.h"
#include "formats/hub/weight_sets.h"
#include "jobs/job_context.h"

#include <string>
#include <vector>

namespace shardlens::hub {

/// A set that a path leads to, and how the survey names it.
struct FoundPart {
    SurveyPart part;
    WeightSet set;
    std::string subfolder; ///< of the candidate's folder where the set lies; empty: the folder itself
    bool alone = false;    ///< one file that was opened by itself: side files are not its
};

/// The sets that a path leads to, the obvious one first.
///
/// Of a file: the set that it is the index or a shard of; nothing for a file that stands for itself (the
/// safetensors room opens it). Of a folder: its own sets, then those in the subfolders that trainers make
/// (`sharded/` of PyTorch and torchtitan, `model/`, `consolidated/` and `optim/` of NeMo AutoModel). Where
/// there are none, the folder of a run: what `LATEST` leads to, then each step's folder.
Result<std::vector<FoundPart>> findParts(const Candidate& candidate, const JobContext& context);

/// The name of a file beside or above the weights that marks an unfinished save, or empty.
std::string findUnfinishedMark(const Candidate& candidate, const std::string& subfolder);

} // namespace shardlens::hub
