// SPDX-License-Identifier: Apache-2.0
#include "formats/hub/pickles.h"

#include "formats/hub/add_pickled_set.h"
#include "formats/hub/pickled_sets.h"
#include "formats/hub/rules.h"
#include "formats/hub/side_files.h"

#include <algorithm>
#include <utility>

namespace shardlens::hub::pickles {

namespace {

struct Found {
    SurveyPart part;
    WeightSet set;
};

std::uint64_t bytesOf(const Candidate& candidate, const WeightSet& set) {
    std::uint64_t bytes = 0;
    for (const auto& name : candidate.names)
        if (std::ranges::find(set.files, name.name) != set.files.end())
            bytes += name.bytes;
    return bytes;
}

SurveyPart partOf(const Candidate& candidate, const WeightSet& set) {
    SurveyPart part;
    part.variant = set.variant;
    const bool sharded = !set.index.empty() || set.files.size() > 1;
    part.format = sharded ? Format::ShardedTorch : Format::Torch;
    part.location = candidate.path;
    part.files = set.files.size();
    part.bytes = bytesOf(candidate, set);
    part.about = sharded ? "PyTorch files, " + std::to_string(set.files.size()) + " shards" : "PyTorch file";
    return part;
}

/// Beside other weights pickles are a part of that name; several sets are told apart by their stems.
std::vector<Found> partsOfFolder(const Candidate& candidate, const Survey& survey,
                                 const JobContext& context) {
    std::vector<Found> found;
    for (auto& set : findPickledSets(*candidate.folder, candidate.names, context)) {
        const bool main = set.index.empty() ? true : !set.files.empty();
        if (!main)
            continue;
        Found one{partOf(candidate, set), std::move(set)};
        const bool first = found.empty() || found.front().set.stem == one.set.stem;
        const bool beside = !survey.parts.empty() && survey.parts.front().location == candidate.path;
        one.part.name = !first ? one.set.stem : beside ? "pickles" : "";
        found.push_back(std::move(one));
    }
    const bool several = std::ranges::any_of(found, [](const Found& one) { return !one.part.name.empty(); });
    for (auto& one : found)
        if (several && one.part.name.empty())
            one.part.name = one.set.stem;
    return found;
}

std::vector<Found> findParts(const Candidate& candidate, const Survey& survey, const JobContext& context) {
    if (candidate.file.empty())
        return partsOfFolder(candidate, survey, context);
    const auto sets = findPickledSets(*candidate.folder, candidate.names, context);
    const auto* set = findSetOf(sets, candidate.file);
    const bool alone = set == nullptr || (set->index.empty() && set->files.size() < 2 && set->count < 2);
    if (alone)
        return {};
    return {{partOf(candidate, *set), *set}};
}

/// A folder that another reader understands as a whole holds pickles as its own business.
bool takenAsWhole(const Survey& survey) {
    return std::ranges::any_of(survey.parts, [](const SurveyPart& part) {
        return part.format == Format::Dcp || part.format == Format::Diffusers ||
               part.format == Format::Dduf || part.format == Format::DcpSafetensors;
    });
}

class Reader final : public FormatReader {
public:
    std::string_view id() const override { return "pickles"; }

    Result<void> survey(const Candidate& candidate, Survey& into, const JobContext& context) const override {
        if ((!candidate.file.empty() && !into.parts.empty()) || takenAsWhole(into))
            return {};
        for (auto& found : findParts(candidate, into, context))
            into.parts.push_back(std::move(found.part));
        return {};
    }

    Result<CheckpointPtr> open(const Candidate& candidate, const SurveyPart& part,
                               const JobContext& context) const override {
        static const Survey nothing;
        auto others = candidate.survey == nullptr ? nothing : *candidate.survey;
        std::erase_if(others.parts, [](const SurveyPart& other) {
            return other.format == Format::Torch || other.format == Format::ShardedTorch;
        });
        const auto found = findParts(candidate, others, context);
        const auto chosen = std::ranges::find_if(found, [&](const Found& one) {
            return one.part.name == part.name && one.part.variant == part.variant;
        });
        if (chosen == found.end())
            return fail(rules::hub::Vanished, {candidate.path}, {candidate.path, std::nullopt, {}});
        return openSet(candidate, *chosen, context);
    }

private:
    static Result<CheckpointPtr> openSet(const Candidate& candidate, const Found& found,
                                         const JobContext& context) {
        CheckpointBuilder builder(context);
        SHARDLENS_TRY(const auto added, addPickledSet(builder, *candidate.folder, found.set, context));
        SHARDLENS_CHECK(addSideFiles(builder, *candidate.folder, found.set, context));
        auto& facts = builder.facts();
        facts.format = found.part.format;
        facts.location = candidate.path;
        facts.folder = candidate.folder->fileSystemPath();
        facts.name = candidate.folder->displayName();
        facts.writer = added.writer;
        if (!found.set.index.empty())
            facts.more.emplace_back("index", found.set.index);
        setChoiceFacts(facts, candidate, found.part);
        builder.setMetadata(added.metadata);
        builder.setBackend(added.backend);
        return builder.build();
    }
};

} // namespace

const FormatReader& reader() {
    static const Reader instance;
    return instance;
}

} // namespace shardlens::hub::pickles
