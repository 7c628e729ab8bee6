// SPDX-License-Identifier: Apache-2.0
#include "formats/diffusers/parts.h"

#include <algorithm>
#include <set>

namespace shardlens::diffusers {

namespace {

void count(const Component& component, std::string_view variant, SurveyPart& part) {
    const auto chosen = chooseWeights(component, variant);
    if (!chosen)
        return;
    part.files += component.weights[*chosen].set.files.size();
    part.bytes += component.weights[*chosen].bytes;
}

std::set<std::string> variantsOf(const Component& component) {
    std::set<std::string> variants;
    for (const auto& weights : component.weights)
        if (!weights.pickled && !weights.set.variant.empty())
            variants.insert(weights.set.variant);
    return variants;
}

bool hasTensors(const Component& component) {
    return std::ranges::any_of(component.weights, [](const auto& weights) { return !weights.pickled; });
}

void addWhole(const Pipeline& pipeline, SurveyPart part, Survey& into) {
    for (const auto& component : pipeline.components)
        count(component, part.variant, part);
    into.parts.push_back(std::move(part));
}

/// The sets that the plain whole does not take.
void leaveOutSets(const Component& component, Survey& into) {
    const auto chosen = chooseWeights(component, {});
    for (std::size_t i = 0; i < component.weights.size(); ++i) {
        const auto& weights = component.weights[i];
        if (i == chosen || weights.set.files.empty())
            continue;
        const auto& file = weights.set.files.front();
        const auto more = weights.set.files.size() - 1;
        into.leftOut.push_back(
            {component.name + "/" + file + (more > 0 ? " and " + std::to_string(more) + " more" : ""),
             weights.bytes,
             weights.pickled ? "pickles of a component"
             : weights.forTraining()
                 ? "weights for training; --variant " + weights.set.variant + " takes them"
             : weights.set.variant.empty() ? "a second set of weights"
                                           : "a variant; --variant " + weights.set.variant + " takes it"});
    }
}

} // namespace

void addParts(const Pipeline& pipeline, Format format, const std::string& location, const std::string& about,
              Survey& into) {
    SurveyPart whole;
    whole.format = format;
    whole.location = location;
    whole.about = about;
    addWhole(pipeline, whole, into);
    for (const auto& variant : pipeline.variants()) {
        whole.variant = variant;
        addWhole(pipeline, whole, into);
    }
    for (const auto& component : pipeline.components) {
        if (!hasTensors(component))
            continue;
        SurveyPart part;
        part.name = component.name;
        part.format = format;
        part.location = location;
        part.about =
            "component " + component.name + (component.className.empty() ? "" : ", ") + component.className;
        auto variants = variantsOf(component);
        variants.insert("");
        for (const auto& variant : variants) {
            part.variant = variant;
            part.files = part.bytes = 0;
            count(component, variant, part);
            into.parts.push_back(part);
        }
        leaveOutSets(component, into);
    }
    for (const auto& left : pipeline.leftOut)
        into.leftOut.push_back({left.path, left.bytes, left.reason});
}

} // namespace shardlens::diffusers
