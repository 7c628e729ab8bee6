// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "formats/format_reader.h"

#include <string>
#include <vector>

namespace shardlens::hub {

/// A step's folder in the folder of a training run.
struct StepFolder {
    std::string name;    ///< in the candidate's folder; may be a link to another one
    std::string shownAs; ///< as the survey names it
};

/// NeMo AutoModel's `LATEST` (a link, or a file with the name), then the steps from the last to the first
/// (`epoch_E_step_S`, torchtitan's `step-N`), then `LOWEST_VAL`. At most a thousand.
std::vector<StepFolder> findSteps(const Candidate& candidate);

} // namespace shardlens::hub
