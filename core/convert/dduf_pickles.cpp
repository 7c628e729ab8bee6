// SPDX-License-Identifier: Apache-2.0
#include "convert/dduf_pickles.h"

#include "formats/open.h"
#include "jobs/job_context.h"

#include <utility>

namespace shardlens::convert {

namespace {

/// Under which name loaders look for the weights as safetensors.
std::string safetensorsStem(const diffusers::Component& component) {
    return component.library == "diffusers" ? "diffusion_pytorch_model" : "model";
}

DraftEntry entryOf(PlannedFile&& file, const std::string& component, const std::string& from,
                   std::uint32_t source) {
    DraftEntry entry;
    entry.name = component + "/" + file.path;
    entry.from = from;
    entry.role = file.role;
    entry.bytes = file.bytes;
    entry.tensors = std::move(file.tensors);
    for (auto& piece : file.pieces)
        if (auto* tensor = std::get_if<TensorRange>(&piece.what))
            tensor->source += source;
    entry.pieces = std::move(file.pieces);
    return entry;
}

} // namespace

Result<void> addPickles(Draft& draft, const std::string& folder, const diffusers::Component& component,
                        const hub::WeightSet& pickles, const JobContext& context) {
    const auto& first = pickles.index.empty() ? pickles.files.front() : pickles.index;
    auto& write = draft.plan.write;
    auto opened = open(folder + "/" + first, {}, context);
    if (!opened) {
        if (opened.error().rule->id == rules::JobCancelled.id)
            return Failure(std::move(opened).error());
        Finding finding;
        finding.what = std::move(opened).error();
        write.notes.push_back(std::move(finding));
        return {};
    }
    Options options;
    options.output = component.name;
    options.namePattern = safetensorsStem(component) + "{suffix}.safetensors";
    options.sideFiles = false;
    SHARDLENS_TRY(auto plan, planConversion(*opened, options, context));
    for (auto& note : plan.notes) {
        note.tensors.clear(); // ids of a checkpoint that nobody sees
        note.subject = {};
        write.notes.push_back(std::move(note));
    }
    for (auto& skipped : plan.skipped) // files have their own line
        if (component.findFile(skipped.name) == nullptr)
            write.skipped.push_back({component.name + "/" + first + ": " + skipped.name,
                                     std::move(skipped.reason), skipped.bytes});
    const auto source = static_cast<std::uint32_t>(write.sources.size());
    for (auto& file : plan.files)
        draft.entries.push_back(
            entryOf(std::move(file), component.name, component.name + "/" + first, source));
    write.sources.insert(write.sources.end(), plan.sources.begin(), plan.sources.end());
    return {};
}

} // namespace shardlens::convert
