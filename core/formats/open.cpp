// SPDX-License-Identifier: Apache-2.0
#include "formats/open.h"

#include "formats/candidate.h"
#include "formats/survey_candidate.h"
#include "formats/why_not.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

namespace shardlens {

namespace {

/// A part as --part and --variant name it.
std::string choiceName(const SurveyPart& part) {
    const auto name = part.name.empty() ? std::string("the only part") : "\"" + part.name + "\"";
    return part.variant.empty() ? name : name + " with variant \"" + part.variant + "\"";
}

Failure noSuchPart(const Survey& survey, const Choice& choice) {
    std::string choices;
    for (const auto& part : survey.parts)
        choices += (choices.empty() ? "there is " : ", ") + choiceName(part);
    auto wanted = choice.part;
    if (!choice.variant.empty())
        wanted += (wanted.empty() ? "" : ", ") + choice.variant;
    return fail(rules::NoSuchPart, {wanted, choices}, {survey.path, {}, {}});
}

Failure notRecognised(const Candidate& candidate, const Survey& survey) {
    for (const auto& finding : survey.findings)
        if (finding.severity() == Severity::Error)
            return Failure(finding.what);
    return fail(rules::NotRecognised, {candidate.path, whyNot(candidate)}, {candidate.path, {}, {}});
}

} // namespace

Result<CheckpointPtr> open(const std::string& path, const Choice& choice, const JobContext& context) {
    SHARDLENS_TRY(auto candidate, makeCandidate(path));
    SHARDLENS_TRY(const auto surveyed, surveyCandidate(candidate, choice, context));
    const auto& survey = surveyed.survey;
    if (survey.parts.empty())
        return notRecognised(candidate, survey);
    if (survey.chosenPart() == nullptr)
        return noSuchPart(survey, choice);
    candidate.survey = &survey;
    return surveyed.readers[survey.chosen]->open(candidate, *survey.chosenPart(), context);
}

bool isDamage(const Error& error) {
    static constexpr std::array<std::string_view, 4> aboutOtherThings = {"io", "job", "open", "path"};
    const auto room = error.rule->id.substr(0, error.rule->id.find('.'));
    return std::ranges::find(aboutOtherThings, room) == aboutOtherThings.end();
}

} // namespace shardlens
