// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "formats/format_reader.h"

#include <vector>

namespace shardlens {

/// A survey, and who put each part into it.
struct SurveyedCandidate {
    Survey survey;
    std::vector<const FormatReader*> readers; ///< one a part
};

/// Asks all readers in order and chooses.
Result<SurveyedCandidate> surveyCandidate(const Candidate& candidate, const Choice& choice,
                                          const JobContext& context);

} // namespace shardlens
