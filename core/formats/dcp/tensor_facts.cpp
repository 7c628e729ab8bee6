// SPDX-License-Identifier: Apache-2.0
#include "formats/dcp/tensor_facts.h"

#include "base/units.h"
#include "formats/dcp/dims_reading.h"

#include <fmt/format.h>

#include <algorithm>

namespace shardlens::dcp {

namespace {

constexpr std::size_t MaxListed = 16;
constexpr std::int64_t NoHint = -1;

std::int64_t hintOf(const PlannedSlice& slice) {
    return slice.item == nullptr ? NoHint : slice.item->hint;
}

// The hints of MetadataIndex as they are stored, in the order of the slices: almost always 0 … n-1.
std::string hintsText(const std::vector<std::int64_t>& hints) {
    bool rising = true;
    bool none = true;
    for (std::size_t i = 0; i < hints.size(); ++i) {
        rising = rising && hints[i] == hints[0] + static_cast<std::int64_t>(i);
        none = none && hints[i] == NoHint;
    }
    if (none)
        return hints.empty() ? std::string() : "none";
    if (rising && hints.size() > 2 && hints[0] != NoHint)
        return fmt::format("{} … {}", hints.front(), hints.back());
    std::string text;
    for (std::size_t i = 0; i < std::min(hints.size(), MaxListed); ++i)
        text += (i > 0 ? ", " : "") + (hints[i] == NoHint ? "none" : std::to_string(hints[i]));
    return hints.size() <= MaxListed ? text : text + fmt::format(", … ({} in all)", hints.size());
}

} // namespace

void TensorFacts::add(std::uint32_t metadata, TensorId tensor, const TensorProperties& properties,
                      std::span<const PlannedSlice> slices) {
    auto logical = logicalShape(metadata, tensor);
    if (!logical.empty())
        m_reformulated.push_back(tensor);
    if (m_metadata.size() > 1) {
        m_waiting.push_back({tensor, &properties, std::move(logical), {}});
        return;
    }
    m_hints.clear();
    for (const PlannedSlice& slice : slices)
        m_hints.push_back(hintOf(slice));
    set(tensor, properties, hintsText(m_hints), logical);
}

void TensorFacts::finish(std::span<const PlannedSlice> all) {
    if (m_waiting.empty())
        return;
    std::map<TensorId, Waiting*> byTensor;
    for (Waiting& waiting : m_waiting)
        byTensor.emplace(waiting.tensor, &waiting);
    for (const PlannedSlice& slice : all)
        if (const auto found = byTensor.find(slice.tensor); found != byTensor.end())
            found->second->hints.push_back(hintOf(slice));
    for (const Waiting& waiting : m_waiting)
        set(waiting.tensor, *waiting.properties, hintsText(waiting.hints), waiting.logicalShape);
    m_waiting.clear();
}

std::string TensorFacts::logicalShape(std::uint32_t metadata, TensorId tensor) {
    const MetadataFile& file = m_metadata[metadata];
    const auto pairs = file.pickle->items(file.mcoreData);
    if (pairs.empty())
        return {};
    auto& byName = m_mcore[metadata];
    if (byName.empty())
        for (std::size_t i = 0; i + 1 < pairs.size(); i += 2)
            byName.insert_or_assign(file.pickle->text(pairs[i]), pairs[i + 1]);
    const auto own = byName.find(m_builder.name(tensor));
    const auto logical = own != byName.end()
                             ? file.pickle->find(own->second, "nd_reformulated_orig_global_shape")
                             : std::nullopt;
    Dims dims;
    return logical && readDims(*file.pickle, *logical, 1, dims) ? formatShape(dims) : std::string();
}

void TensorFacts::set(TensorId tensor, const TensorProperties& properties, const std::string& indexes,
                      const std::string& logicalShape) {
    const auto [known, isNew] = m_known.try_emplace({&properties, indexes, logicalShape}, tensor);
    if (!isNew) {
        m_builder.setFactsLike(tensor, known->second);
        return;
    }
    std::vector<Fact> facts = properties.facts;
    if (!indexes.empty())
        facts.emplace_back("MetadataIndex.index", indexes);
    if (!logicalShape.empty())
        facts.emplace_back("logical shape", logicalShape);
    m_builder.setFacts(tensor, std::move(facts));
}

} // namespace shardlens::dcp
