// SPDX-License-Identifier: Apache-2.0
#include "formats/dduf/reader.h"

#include "base/endian.h"
#include "formats/dduf/archive.h"
#include "formats/dduf/describe_archive.h"
#include "formats/dduf/entry_name.h"
#include "formats/dduf/reader_verdicts.h"
#include "formats/diffusers/add_component.h"
#include "formats/diffusers/parts.h"
#include "formats/file_damage.h"
#include "model/checkpoint_builder.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

namespace shardlens::dduf {

namespace {

/// The name of the first record, where the file begins with one.
std::string_view firstEntry(std::span<const std::byte> head) {
    constexpr std::size_t fixed = 30;
    if (head.size() < fixed || loadLittle<std::uint32_t>(head.data()) != 0x04034b50)
        return {};
    const std::size_t length = loadLittle<std::uint16_t>(head.data() + 26);
    return std::string_view(reinterpret_cast<const char*>(head.data()), head.size()).substr(fixed, length);
}

/// By the ending; without it by the first entry, which is the index in what huggingface_hub and this program
/// write.
bool looksLikeDduf(const Candidate& candidate) {
    return candidate.file.ends_with(".dduf") || candidate.file.ends_with(".DDUF") ||
           firstEntry(candidate.head) == IndexName;
}

std::string aboutOf(const Archive& archive, const diffusers::Pipeline* pipeline) {
    const auto count = archive.entries().size();
    auto about = "DDUF archive, " + std::to_string(count) + (count == 1 ? " entry" : " entries");
    if (pipeline != nullptr && !pipeline->className.empty())
        about += ", " + pipeline->className;
    return about;
}

class Reader final : public FormatReader {
public:
    std::string_view id() const override { return "dduf"; }

    Result<void> survey(const Candidate& candidate, Survey& into, const JobContext& context) const override {
        if (candidate.file.empty() || !looksLikeDduf(candidate))
            return {};
        SurveyPart part;
        part.format = Format::Dduf;
        part.location = candidate.path;
        part.files = 1;
        part.bytes = candidate.fileBytes;
        part.about = "DDUF archive";
        SHARDLENS_TRY(auto source, candidate.folder->open(candidate.file));
        const auto archive = Archive::read(std::move(source), context);
        if (!archive && endsJob(archive.error()))
            return Failure(archive.error());
        if (archive && archive->sound()) {
            SHARDLENS_TRY(const auto pipeline, diffusers::readPipeline(*archive->tree(), context));
            addParts(pipeline, Format::Dduf, candidate.path, aboutOf(*archive, &pipeline), into);
            return {};
        }
        if (archive)
            part.about = aboutOf(*archive, nullptr) + ", refused";
        into.parts.push_back(std::move(part));
        return {};
    }

    Result<CheckpointPtr> open(const Candidate& candidate, const SurveyPart& part,
                               const JobContext& context) const override {
        SHARDLENS_CHECK(checkHead(candidate.head, candidate.fileBytes, candidate.file));
        SHARDLENS_TRY(auto source, candidate.folder->open(candidate.file));
        context.begin("reading the archive", 0);
        SHARDLENS_TRY(const auto archive, Archive::read(source, context));
        CheckpointBuilder builder(context);
        auto& facts = builder.facts();
        facts.format = Format::Dduf;
        facts.location = candidate.path;
        facts.folder = candidate.folder->fileSystemPath();
        facts.name = candidate.file;
        setChoiceFacts(facts, candidate, part);
        SHARDLENS_CHECK(describeArchive(builder, archive, {part.name, part.variant}, context));
        SHARDLENS_TRY(auto verdicts, judgeReaders(*source, context));
        for (auto& verdict : verdicts)
            builder.addVerdict(std::move(verdict));
        builder.setBackend(diffusers::makeBackend());
        return builder.build();
    }

private:
    static bool endsJob(const Error& error) {
        return error.rule == &rules::JobCancelled || error.rule == &rules::OutOfMemory;
    }
};

} // namespace

const FormatReader& reader() {
    static const Reader instance;
    return instance;
}

} // namespace shardlens::dduf
