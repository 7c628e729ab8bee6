// SPDX-License-Identifier: Apache-2.0
#include "formats/hub/reader.h"

#include "formats/hub/add_weight_set.h"
#include "formats/hub/find_parts.h"
#include "formats/hub/hub_backend.h"
#include "formats/hub/opened_shard.h"
#include "formats/hub/rules.h"
#include "formats/hub/side_files.h"
#include "formats/hub/writer_of.h"
#include "model/checkpoint_builder.h"

#include <algorithm>
#include <memory>
#include <utility>

namespace shardlens::hub {

namespace {

Finding unfinished(const std::string& mark) {
    return {Error{&rules::hub::Unfinished, {mark}, {.file = mark, .offset = {}, .item = {}}}, {}, {}};
}

/// `epoch_0_step_10/model`: a name that tells what `model` alone does not.
std::string titleOf(const std::string& path) {
    auto end = path.find_last_not_of('/');
    end = end == std::string::npos ? 0 : end + 1;
    auto begin = path.rfind('/', end - (end > 0 ? 1 : 0));
    const auto last = path.substr(begin == std::string::npos ? 0 : begin + 1,
                                  end - (begin == std::string::npos ? 0 : begin + 1));
    if ((last != "model" && last != "sharded" && last != "consolidated") || begin == std::string::npos ||
        begin == 0)
        return last;
    begin = path.rfind('/', begin - 1);
    begin = begin == std::string::npos ? 0 : begin + 1;
    return path.substr(begin, end - begin);
}

/// Weights beside a pipeline's index are single-file checkpoints that it does not use.
bool isPipeline(const Survey& survey) {
    return std::ranges::any_of(survey.parts,
                               [](const SurveyPart& part) { return part.format == Format::Diffusers; });
}

class Reader final : public FormatReader {
public:
    std::string_view id() const override { return "hub"; }

    Result<void> survey(const Candidate& candidate, Survey& into, const JobContext& context) const override {
        if ((!candidate.file.empty() && !into.parts.empty()) || isPipeline(into))
            return {};
        SHARDLENS_TRY(auto found, findParts(candidate, context));
        for (auto& one : found) {
            for (const auto& file : one.set.leftover)
                into.leftOut.push_back({file, 0, "a shard of another numbering"});
            into.parts.push_back(std::move(one.part));
        }
        const bool recognised = !found.empty();
        if (const auto mark = findUnfinishedMark(candidate, recognised ? found.front().subfolder : "");
            !mark.empty() && (recognised || candidate.file.empty()))
            into.findings.push_back(unfinished(mark));
        return {};
    }

    Result<CheckpointPtr> open(const Candidate& candidate, const SurveyPart& part,
                               const JobContext& context) const override {
        SHARDLENS_TRY(const auto parts, findParts(candidate, context));
        const auto found = std::ranges::find_if(parts, [&](const FoundPart& one) {
            return one.part.name == part.name && one.part.variant == part.variant &&
                   one.part.location == part.location;
        });
        if (found == parts.end()) // it went away since the survey
            return fail(rules::hub::Vanished, {candidate.path},
                        {.file = candidate.path, .offset = {}, .item = {}});
        return openPart(candidate, *found, context);
    }

private:
    static Result<CheckpointPtr> openPart(const Candidate& candidate, const FoundPart& found,
                                          const JobContext& context) {
        auto folder = candidate.folder;
        if (!found.subfolder.empty()) {
            SHARDLENS_TRY(folder, folder->subtree(found.subfolder));
        }
        CheckpointBuilder builder(context);
        SHARDLENS_TRY(const auto added, addWeightSet(builder, *folder, found.set, {}, context));
        if (!found.alone) {
            SHARDLENS_CHECK(addSideFiles(builder, *folder, found.set, context));
            if (added.slices)
                SHARDLENS_CHECK(checkMapping(builder, *folder, context));
        }
        if (const auto mark = findUnfinishedMark(candidate, found.subfolder); !mark.empty())
            builder.addFinding(unfinished(mark));
        builder.setMetadata(added.metadata);
        builder.setBackend(std::make_shared<HubBackend>());
        auto& facts = builder.facts();
        facts.format = added.slices    ? Format::DcpSafetensors
                       : added.sharded ? Format::ShardedSafetensors
                                       : Format::Safetensors;
        facts.location = candidate.path;
        facts.folder = folder->fileSystemPath();
        facts.name = candidate.file.empty() || added.sharded || added.slices ? titleOf(folder->displayName())
                                                                             : candidate.file;
        SHARDLENS_TRY(facts.writer, writerOf(*folder, added, context));
        if (!found.set.index.empty())
            facts.more.emplace_back("index", found.set.index);
        setChoiceFacts(facts, candidate, found.part);
        return builder.build();
    }
};

} // namespace

const FormatReader& reader() {
    static const Reader instance;
    return instance;
}

} // namespace shardlens::hub
