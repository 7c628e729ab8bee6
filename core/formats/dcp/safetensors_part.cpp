// SPDX-License-Identifier: Apache-2.0
#include "formats/dcp/safetensors_part.h"

#include "formats/safetensors/reader.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace shardlens::dcp {

namespace {

// {"name": {"saved_offsets": [0, 4]}, …}
std::map<std::string, Dims, std::less<>> savedOffsets(const std::string& text) {
    std::map<std::string, Dims, std::less<>> out;
    const auto json = nlohmann::json::parse(text, nullptr, false);
    if (!json.is_object())
        return out;
    for (const auto& [name, info] : json.items()) {
        const auto offsets = info.is_object() ? info.find("saved_offsets") : info.end();
        if (!info.is_object() || offsets == info.end() || !offsets->is_array())
            continue;
        Dims dims;
        for (const auto& one : *offsets)
            if (one.is_number_unsigned())
                dims.push_back(one.get<std::uint64_t>());
        if (dims.size() == offsets->size())
            out.emplace(name, std::move(dims));
    }
    return out;
}

} // namespace

Result<bool> SafetensorsPart::isAt(const ByteSource& source, std::uint64_t offset) {
    std::array<std::byte, 16> head{};
    const std::uint64_t there = source.size() - std::min(offset, source.size());
    if (there < head.size())
        return false;
    SHARDLENS_CHECK(source.readAt(offset, head));
    return safetensors::looksLikeHeader(head, there);
}

Result<SafetensorsPart> SafetensorsPart::read(const ByteSource& source, std::uint64_t offset,
                                              const JobContext& context) {
    SafetensorsPart part;
    safetensors::HeaderPlace place;
    place.begin = offset;
    SHARDLENS_TRY(part.m_header, safetensors::readHeader(source, context, place));
    if (const std::string* info = part.m_header.findMetadata("DCP_SHARDING_INFO"))
        part.m_savedOffsets = savedOffsets(*info);
    return part;
}

void SafetensorsPart::indexNames() {
    m_byName.clear();
    m_byName.reserve(m_header.count());
    for (std::uint32_t i = 0; i < m_header.count(); ++i)
        m_byName.emplace(m_header.name(i), i);
}

std::optional<std::uint32_t> SafetensorsPart::find(std::string_view name, DimsView offset,
                                                   DimsView size) const {
    const auto found = m_byName.find(name);
    if (found == m_byName.end() || m_header.state[found->second] == safetensors::TensorState::Broken)
        return std::nullopt;
    const auto saved = m_savedOffsets.find(name);
    if (saved != m_savedOffsets.end() && !equal(saved->second, offset))
        return std::nullopt;
    return equal(m_header.shape(found->second), size) ? std::optional(found->second) : std::nullopt;
}

} // namespace shardlens::dcp
