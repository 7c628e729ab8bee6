// SPDX-License-Identifier: Apache-2.0
#include "formats/diffusers/add_component.h"

#include "formats/diffusers/rules.h"
#include "formats/hub/add_weight_set.h"
#include "formats/hub/hub_backend.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace shardlens::diffusers {

namespace {

/// The set that is shown where none is meant: the first in safetensors, whatever it is for.
std::optional<std::size_t> firstOfAll(const Component& component) {
    const auto& all = component.weights;
    const auto found = std::ranges::find_if(
        all, [](const auto& weights) { return !weights.pickled && !weights.set.files.empty(); });
    if (found == all.end())
        return std::nullopt;
    return static_cast<std::size_t>(found - all.begin());
}

void reportDoubt(CheckpointBuilder& builder, const Component& component, const ComponentWeights& shown) {
    const bool training = std::ranges::all_of(
        component.weights, [](const auto& weights) { return weights.pickled || weights.forTraining(); });
    builder.addFinding(training ? rules::diffusers::TrainingOnly : rules::diffusers::NoPlainSet,
                       {component.name, shown.name},
                       {.file = component.name, .offset = {}, .item = component.name});
}

/// Names of a component branch behind it, then at dots: `unet/down_blocks.0.conv.weight`.
void cutNames(CheckpointBuilder& builder, std::uint32_t first, std::size_t component) {
    std::vector<std::uint32_t> cuts;
    for (auto i = first; i < builder.tensorCount(); ++i) {
        const auto name = builder.name(TensorId(i));
        cuts.assign(1, static_cast<std::uint32_t>(component));
        for (auto at = component + 1; at < name.size(); ++at)
            if (name[at] == '.')
                cuts.push_back(static_cast<std::uint32_t>(at));
        builder.setCuts(TensorId(i), cuts);
    }
}

} // namespace

Result<void> addComponent(CheckpointBuilder& builder, const FileTree& tree, const Component& component,
                          std::string_view variant, const ArchiveFiles* archive, const JobContext& context) {
    auto chosen = chooseWeights(component, variant);
    if (!chosen) {
        chosen = firstOfAll(component);
        if (!chosen)
            return {};
        reportDoubt(builder, component, component.weights[*chosen]);
    }
    SHARDLENS_TRY(const auto folder, tree.subtree(component.name));
    const auto prefix = component.name + "/";
    hub::SetPlace place{.filePrefix = prefix, .namePrefix = prefix, .archive = nullptr};
    hub::ArchivePlace inArchive;
    if (archive != nullptr) {
        inArchive = {archive->file, archive->path, [&](std::string_view name) {
                         return archive->find(prefix + std::string(name));
                     }};
        place.archive = &inArchive;
    }
    const auto first = builder.tensorCount();
    SHARDLENS_CHECK(hub::addWeightSet(builder, *folder, component.weights[*chosen].set, place, context));
    cutNames(builder, first, component.name.size());
    return {};
}

std::shared_ptr<const CheckpointBackend> makeBackend() {
    return std::make_shared<hub::HubBackend>();
}

void setPipelineFacts(CheckpointBuilder& builder, const Pipeline& pipeline) {
    auto& facts = builder.facts();
    if (!pipeline.version.empty())
        facts.writer = "diffusers " + pipeline.version;
    if (!pipeline.className.empty())
        facts.more.emplace_back("pipeline", pipeline.className);
    std::string components;
    for (const auto& component : pipeline.components)
        if (!component.absent)
            components += (components.empty() ? "" : ", ") + component.name;
    if (!components.empty())
        facts.more.emplace_back("components", components);
    builder.setMetadata(pipeline.index);
}

} // namespace shardlens::diffusers
