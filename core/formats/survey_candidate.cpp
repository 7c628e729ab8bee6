// SPDX-License-Identifier: Apache-2.0
#include "formats/survey_candidate.h"

#include "formats/file_damage.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>
#include <tuple>

namespace shardlens {

namespace {

bool isPickle(Format format) {
    return format == Format::Torch || format == Format::ShardedTorch;
}

/// The obvious part comes first: the model, safetensors, the plain variant, then the order in which they were
/// found.
auto rank(const SurveyPart& part) {
    const auto last =
        std::string_view(part.name).substr(part.name.rfind('/') + 1); // of `epoch_0_step_10/optim`
    const bool isOptimizer = last.starts_with("optim");
    return std::tuple(isOptimizer, isPickle(part.format), !part.variant.empty());
}

std::size_t choose(const Survey& survey, const Choice& choice) {
    std::size_t best = survey.parts.size();
    for (std::size_t i = 0; i < survey.parts.size(); ++i) {
        const auto& part = survey.parts[i];
        if (!choice.part.empty() && part.name != choice.part)
            continue;
        if (!choice.variant.empty() && part.variant != choice.variant)
            continue;
        if (best == survey.parts.size() || rank(part) < rank(survey.parts[best]))
            best = i;
    }
    return best;
}

/// A file whose name promises weights and that holds none.
bool promisesWeights(std::string_view file) {
    static constexpr std::array<std::string_view, 9> suffixes = {
        ".safetensors", ".bin", ".pt", ".pth", ".ckpt", ".pkl", ".dduf", ".distcp", ".metadata"};
    return std::ranges::any_of(suffixes, [&](std::string_view suffix) { return file.ends_with(suffix); });
}

void reportDamage(const Candidate& candidate, Survey& into) {
    if (!promisesWeights(candidate.file) && !readLfsPointer(candidate.head))
        return;
    if (auto sound = checkHead(candidate.head, candidate.fileBytes, candidate.path); !sound)
        into.findings.push_back({std::move(sound.error()), {}, {}});
}

} // namespace

Result<SurveyedCandidate> surveyCandidate(const Candidate& candidate, const Choice& choice,
                                          const JobContext& context) {
    SurveyedCandidate out;
    out.survey.path = candidate.path;
    for (const auto* reader : formatReaders()) {
        SHARDLENS_CHECK(context.checkStop());
        SHARDLENS_CHECK(reader->survey(candidate, out.survey, context));
        out.readers.resize(out.survey.parts.size(), reader);
    }
    const bool isFolder = candidate.file.empty();
    if (out.survey.parts.empty() && !isFolder)
        reportDamage(candidate, out.survey);
    out.survey.isPlainFolder = isFolder && out.survey.parts.empty() && out.survey.findings.empty();
    out.survey.chosen = choose(out.survey, choice);
    return out;
}

} // namespace shardlens
