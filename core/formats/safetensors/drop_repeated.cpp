// SPDX-License-Identifier: Apache-2.0
#include "formats/safetensors/drop_repeated.h"

#include "formats/safetensors/names_index.h"
#include "formats/safetensors/rules.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace shardlens::safetensors {

namespace {

constexpr std::uint32_t nowhere = ~std::uint32_t{0};

using Repeated = std::vector<std::pair<std::uint32_t, std::uint32_t>>;

DimsView shapeOf(const RawHeader& raw, std::uint32_t entry) {
    const auto first = entry == 0 ? 0 : raw.dimsEnd[entry - 1];
    return DimsView(raw.dims).subspan(first, raw.dimsEnd[entry] - first);
}

std::string_view dtypeText(const RawHeader& raw, std::uint32_t entry) {
    const auto unknown = raw.unknownDTypes.find(entry);
    return unknown == raw.unknownDTypes.end() ? name(raw.dtype[entry]) : std::string_view(unknown->second);
}

bool sameEntry(const RawHeader& raw, std::uint32_t a, std::uint32_t b) {
    return raw.begin[a] == raw.begin[b] && raw.end[a] == raw.end[b] &&
           dtypeText(raw, a) == dtypeText(raw, b) && std::ranges::equal(shapeOf(raw, a), shapeOf(raw, b));
}

/// The entries that stay, in the order of their places.
std::vector<std::uint32_t> entriesToKeep(const RawHeader& raw, const Repeated& repeated) {
    std::vector<std::uint32_t> last(raw.count());
    for (std::uint32_t entry = 0; entry < raw.count(); ++entry)
        last[entry] = entry;
    for (const auto& [later, first] : repeated) { // rising: the last one wins
        last[first] = later;
        last[later] = nowhere;
    }
    std::erase(last, nowhere);
    return last;
}

RawHeader pick(const RawHeader& raw, const std::vector<std::uint32_t>& entries) {
    RawHeader out;
    out.reserve(entries.size(), 0);
    for (const auto entry : entries) {
        out.addEntry(raw.names.at(entry), raw.nameAt[entry]);
        const auto dims = shapeOf(raw, entry);
        out.dims.insert(out.dims.end(), dims.begin(), dims.end());
        out.dimsEnd.back() = out.dims.size();
        out.dtypeAt.back() = raw.dtypeAt[entry];
        out.shapeAt.back() = raw.shapeAt[entry];
        out.offsetsAt.back() = raw.offsetsAt[entry];
        out.dtype.back() = raw.dtype[entry];
        out.begin.back() = raw.begin[entry];
        out.end.back() = raw.end[entry];
    }
    return out;
}

} // namespace

void dropRepeated(RawHeader& raw, FindingList& findings) {
    const auto repeated = findRepeated(raw.names);
    if (repeated.empty())
        return;
    const auto entries = entriesToKeep(raw, repeated);
    std::vector<std::uint32_t> place(raw.count(), nowhere);
    for (std::uint32_t i = 0; i < entries.size(); ++i)
        place[entries[i]] = i;

    auto out = pick(raw, entries);
    for (auto& [entry, text] : raw.unknownDTypes)
        if (place[entry] != nowhere)
            out.unknownDTypes.emplace(place[entry], std::move(text));
    for (auto& [entry, fact] : raw.unknownFields)
        if (place[entry] != nowhere)
            out.unknownFields.emplace_back(place[entry], std::move(fact));
    for (const auto entry : raw.broken)
        if (place[entry] != nowhere)
            out.broken.push_back(place[entry]);
    for (auto& finding : findings.items()) {
        for (auto& entry : finding.tensors)
            entry = place[entry];
        std::erase(finding.tensors, nowhere);
    }
    for (const auto& [later, first] : repeated) {
        const std::string text(raw.names.at(later));
        findings.add(rules::safetensors::DuplicateName,
                     {text, std::string(sameEntry(raw, first, later) ? "with the same entry"
                                                                     : "with different entries")},
                     raw.nameAt[later], text);
    }
    out.metadata = std::move(raw.metadata);
    out.metadataAt = std::move(raw.metadataAt);
    out.hasMetadata = raw.hasMetadata;
    raw = std::move(out);
}

} // namespace shardlens::safetensors
