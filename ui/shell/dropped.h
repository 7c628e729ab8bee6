// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "formats/survey.h"
#include "jobs/job_context.h"

#include <optional>
#include <string>
#include <vector>

namespace shardlens::ui {

/// What somebody drags over the window, as far as names and headers tell.
struct Dropped {
    std::vector<std::string> paths;
    std::optional<Survey> survey; ///< of the one checkpoint that all paths belong to, or of the first path
    std::optional<Error> error;   ///< why there is no survey
    std::size_t checkpoints = 1;  ///< how many different ones the paths belong to

    /// Nothing to open, a place to write to.
    bool isPlainFolder() const { return paths.size() == 1 && survey && survey->isPlainFolder; }
    const SurveyPart* part() const { return survey && checkpoints == 1 ? survey->chosenPart() : nullptr; }
};

/// Surveys what is dragged. For workers.
Dropped recogniseDropped(std::vector<std::string> paths, const JobContext& context);

} // namespace shardlens::ui
