// SPDX-License-Identifier: Apache-2.0
#include "formats/survey.h"

#include "formats/candidate.h"
#include "formats/survey_candidate.h"

namespace shardlens {

Result<Survey> survey(const std::string& path, const Choice& choice, const JobContext& context) {
    SHARDLENS_TRY(const auto candidate, makeCandidate(path));
    SHARDLENS_TRY(auto surveyed, surveyCandidate(candidate, choice, context));
    return std::move(surveyed.survey);
}

} // namespace shardlens
