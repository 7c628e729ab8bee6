// SPDX-License-Identifier: Apache-2.0
#include "formats/dcp/safetensors_part.h"

#include "formats/json/parse.h"
#include "formats/safetensors/reader.h"
#include "model/value.h"

#include <algorithm>
#include <array>
#include <utility>

namespace shardlens::dcp {

namespace {

// {"name": {"saved_offsets": [0, 4]}, …}
Result<std::map<std::string, Dims, std::less<>>>
savedOffsets(const std::string& text, const std::string& file, const JobContext& context) {
    std::map<std::string, Dims, std::less<>> out;
    auto document = json::parse(text, file, context);
    if (!document && document.error().rule == &rules::JobCancelled)
        return Failure(std::move(document).error());
    if (!document || document->value.kind() != Value::Kind::Dict)
        return out;
    for (std::size_t i = 0; i < document->value.size(); ++i) {
        const auto offsets = document->value.at(i).find("saved_offsets");
        if (offsets.kind() != Value::Kind::List)
            continue;
        Dims dims;
        for (std::size_t d = 0; d < offsets.size(); ++d)
            if (const auto one = offsets.at(d); one.kind() == Value::Kind::Int && one.asInt() >= 0)
                dims.push_back(static_cast<std::uint64_t>(one.asInt()));
        if (dims.size() == offsets.size())
            out.emplace(document->value.key(i).text(), std::move(dims));
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
    if (const std::string* info = part.m_header.findMetadata("DCP_SHARDING_INFO")) {
        SHARDLENS_TRY(part.m_savedOffsets, savedOffsets(*info, source.name(), context));
    }
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
