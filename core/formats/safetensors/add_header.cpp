// SPDX-License-Identifier: Apache-2.0
#include "formats/safetensors/add_header.h"

#include <algorithm>
#include <string>
#include <utility>

namespace shardlens::safetensors {

namespace {

constexpr std::uint32_t BatchSize = 4096; // names that go to the builder together

/// The unknown fields of one tensor; they are sorted by tensor, as the header's entries are.
std::vector<Fact> factsOf(const Header& header, std::uint32_t index) {
    std::vector<Fact> facts;
    const auto range = std::ranges::equal_range(header.unknownFields, index, {},
                                                [](const auto& field) { return field.first; });
    for (const auto& [tensor, fact] : range)
        facts.push_back(fact);
    return facts;
}

Subject subjectOf(const HeaderFinding& finding, FileId file, std::span<const TensorId> tensors) {
    if (finding.tensors.size() == 1)
        return {Subject::Kind::Tensor, tensors[finding.tensors.front()].value()};
    return {Subject::Kind::File, file.value()};
}

/// A range of the header's source in the file that holds it.
ByteRange shifted(ByteRange range, std::uint64_t by) {
    return {range.begin + by, range.end + by};
}

} // namespace

void fillTensor(CheckpointBuilder& builder, const Header& header, std::uint32_t index, TensorId tensor,
                FileId file, std::uint64_t begin) {
    const auto dtype = header.dtype[index];
    builder.setDType(tensor, dtype, dtype == DType::Unknown ? header.dtypeName(index) : std::string_view());
    builder.setShape(tensor, header.shape(index));
    if (!header.unknownFields.empty())
        if (auto facts = factsOf(header, index); !facts.empty())
            builder.setFacts(tensor, std::move(facts));
    if (header.state[index] == TensorState::Sound)
        builder.addWholeSlice(tensor, dtype, file, shifted(header.stored(index), begin));
}

void addRegions(CheckpointBuilder& builder, const Header& header, FileId file, std::uint64_t begin) {
    const auto add = [&](Region::Kind kind, ByteRange range, std::string name) {
        if (!range.empty())
            builder.addRegion({file, kind, shifted(range, begin), std::move(name), std::nullopt});
    };
    add(Region::Kind::Header, {header.json.begin - 8, header.jsonEnd}, "header");
    add(Region::Kind::Padding, {header.jsonEnd, header.json.end}, "padding");
    for (const auto& range : header.unclaimed)
        add(Region::Kind::Unclaimed, range, {});
    if (std::ranges::find(header.state, TensorState::UnknownDType) == header.state.end())
        return;
    for (std::uint32_t index = 0; index < header.count(); ++index)
        if (header.state[index] == TensorState::UnknownDType)
            add(Region::Kind::Record, header.stored(index), std::string(header.name(index)));
}

void addFindings(CheckpointBuilder& builder, const Header& header, FileId file,
                 std::span<const TensorId> tensors, const std::function<void(Location&)>& locate) {
    for (const auto& finding : header.findings) {
        std::vector<TensorId> ids;
        ids.reserve(finding.tensors.size());
        for (const auto index : finding.tensors)
            ids.push_back(tensors[index]);
        auto what = finding.what;
        if (locate)
            locate(what.where);
        builder.addFinding({std::move(what), subjectOf(finding, file, tensors), std::move(ids)});
    }
}

Result<std::vector<TensorId>> addHeader(CheckpointBuilder& builder, const Header& header, FileId file,
                                        std::string_view prefix) {
    std::vector<TensorId> ids;
    ids.reserve(header.count());
    std::vector<std::string_view> names;
    std::vector<CheckpointBuilder::Added> added;
    std::vector<std::string> prefixed;
    for (std::uint32_t index = 0; index < header.count();) {
        const auto first = index;
        names.clear();
        prefixed.clear();
        for (; index < header.count() && index - first < BatchSize; ++index) {
            if (!prefix.empty())
                prefixed.push_back(std::string(prefix) + std::string(header.name(index)));
            names.push_back(header.name(index));
        }
        if (!prefix.empty())
            names.assign(prefixed.begin(), prefixed.end());
        SHARDLENS_CHECK(builder.addTensors(names, added));
        for (std::uint32_t i = 0; i < added.size(); ++i) {
            ids.push_back(added[i].id);
            fillTensor(builder, header, first + i, added[i].id, file);
        }
    }
    addRegions(builder, header, file);
    addFindings(builder, header, file, ids);
    return ids;
}

} // namespace shardlens::safetensors
