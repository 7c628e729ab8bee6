// SPDX-License-Identifier: Apache-2.0
#include "formats/safetensors/reader.h"

#include "base/endian.h"
#include "formats/file_damage.h"
#include "formats/safetensors/add_header.h"
#include "formats/safetensors/aliases.h"
#include "formats/safetensors/header.h"
#include "formats/safetensors/metadata_value.h"
#include "model/checkpoint_builder.h"

#include <algorithm>
#include <utility>

namespace shardlens::safetensors {

namespace {

bool holdsSafetensors(const Candidate& candidate) {
    if (candidate.file.ends_with(".safetensors"))
        return true; // whatever it holds: then its damage is what there is to say
    return looksLikeHeader(candidate.head, candidate.fileBytes);
}

class Reader final : public FormatReader {
public:
    std::string_view id() const override { return "safetensors"; }

    Result<void> survey(const Candidate& candidate, Survey& into, const JobContext&) const override {
        if (candidate.file.empty() || !into.parts.empty() || !holdsSafetensors(candidate))
            return {};
        into.parts.push_back({.name = {},
                              .variant = {},
                              .format = Format::Safetensors,
                              .location = candidate.path,
                              .files = 1,
                              .bytes = candidate.fileBytes,
                              .about = "safetensors file"});
        return {};
    }

    Result<CheckpointPtr> open(const Candidate& candidate, const SurveyPart& part,
                               const JobContext& context) const override {
        SHARDLENS_TRY(auto source, openFile(candidate.path, candidate.file));
        context.begin("reading the header", 0);
        SHARDLENS_TRY(const auto header, readHeader(*source, context));
        CheckpointBuilder builder(context);
        auto& facts = builder.facts();
        facts.format = Format::Safetensors;
        facts.location = candidate.path;
        facts.folder = candidate.folder->fileSystemPath();
        facts.name = candidate.file;
        setChoiceFacts(facts, candidate, part);
        const auto bytes = source->size();
        const auto file = builder.addFile({.path = candidate.file,
                                           .bytes = bytes,
                                           .rank = std::nullopt,
                                           .source = std::move(source),
                                           .missing = false,
                                           .metadata = header.metadata});
        builder.setMetadata(metadataValue(header.metadata));
        builder.reserve(header.count(), header.count(), header.json.size() / 2);
        SHARDLENS_CHECK(addHeader(builder, header, file));
        addAliases(builder, header.metadata);
        return builder.build();
    }
};

} // namespace

bool looksLikeHeader(std::span<const std::byte> head, std::uint64_t fileBytes) {
    if (head.size() < 10 || fileBytes < head.size())
        return false;
    const auto length = loadLittle<std::uint64_t>(head.data());
    if (length < 2 || length > fileBytes - 8)
        return false;
    const auto text = std::string_view(reinterpret_cast<const char*>(head.data()), head.size()).substr(8);
    const auto brace = text.find_first_not_of(" \n\r\t");
    if (brace == std::string_view::npos || text[brace] != '{')
        return false;
    const auto next = text.find_first_not_of(" \n\r\t", brace + 1);
    return next == std::string_view::npos || text[next] == '"' || text[next] == '}';
}

const FormatReader& reader() {
    static const Reader instance;
    return instance;
}

} // namespace shardlens::safetensors
