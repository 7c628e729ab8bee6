// SPDX-License-Identifier: Apache-2.0
#include "formats/torch/torch_reader.h"

#include "base/units.h"
#include "formats/torch/add_torch_file.h"
#include "formats/torch/archive.h"
#include "formats/torch/rules.h"
#include "formats/torch/torch_file.h"
#include "formats/zip/rules.h"
#include "model/checkpoint_builder.h"
#include "model/value_graph.h"

#include <algorithm>
#include <array>
#include <utility>

namespace shardlens::torch {

namespace {

constexpr std::array Suffixes{".pt", ".pth", ".bin", ".ckpt", ".th", ".tar", ".pkl"};

bool hasTorchSuffix(std::string_view name) {
    return std::any_of(Suffixes.begin(), Suffixes.end(),
                       [&](const char* suffix) { return name.ends_with(suffix); });
}

bool startsZip(std::span<const std::byte> head) {
    constexpr std::array<unsigned char, 4> signature{'P', 'K', 3, 4};
    return head.size() >= signature.size() &&
           std::equal(signature.begin(), signature.end(), head.begin(),
                      [](unsigned char a, std::byte b) { return std::byte(a) == b; });
}

/// The first record's name says data.pkl (or TorchScript's data/0): enough for a file whose end is missing.
bool firstRecordIsTorchs(std::span<const std::byte> head) {
    constexpr std::size_t fixed = 30;
    if (head.size() < fixed)
        return false;
    const auto length = std::to_integer<std::size_t>(head[26]) | std::to_integer<std::size_t>(head[27]) << 8;
    const std::string_view name(reinterpret_cast<const char*>(head.data()) + fixed,
                                std::min(length, head.size() - fixed));
    return name.ends_with("/data.pkl") || name.ends_with("/data/0");
}

class TorchReader final : public FormatReader {
public:
    std::string_view id() const override { return "torch"; }

    Result<void> survey(const Candidate& candidate, Survey& into, const JobContext& context) const override {
        if (candidate.file.empty() || !looksLikeTorch(candidate.head, candidate.file))
            return {};
        SHARDLENS_TRY(const auto source, candidate.folder->open(candidate.file));
        if (startsZip(candidate.head)) {
            const auto archive = Archive::open(source, context);
            if (!archive &&
                !(firstRecordIsTorchs(candidate.head) && archive.error().rule != &rules::torch::NoDataPickle))
                return {};
        }
        SurveyPart part;
        part.format = Format::Torch;
        part.location = candidate.path;
        part.files = 1;
        part.bytes = source->size();
        part.about = "PyTorch file";
        into.parts.push_back(std::move(part));
        return {};
    }

    Result<CheckpointPtr> open(const Candidate& candidate, const SurveyPart& part,
                               const JobContext& context) const override {
        SHARDLENS_TRY(auto source, candidate.folder->open(candidate.file));
        context.begin("reading the pickle", source->size());
        SHARDLENS_TRY(auto read, readTorchFile(source, context));
        const auto file = std::make_shared<const TorchFile>(std::move(read));
        CheckpointBuilder builder(context);
        auto& facts = builder.facts();
        facts.format = Format::Torch;
        facts.location = part.location;
        facts.folder = candidate.folder->fileSystemPath();
        facts.name = candidate.file;
        facts.writer = writerOf(*file);
        setChoiceFacts(facts, candidate, part);
        facts.more = file->facts;
        FileRecord record;
        record.path = candidate.file;
        record.bytes = source->size();
        record.source = source;
        const auto id = builder.addFile(std::move(record));
        const auto backend = std::make_shared<TorchBackend>();
        SHARDLENS_CHECK(addTorchFile(builder, file, id, *backend, context).map([](auto&&) {}));
        builder.setBackend(backend);
        builder.setMetadata(factsValue(*file));
        return builder.build();
    }

private:
    static Value factsValue(const TorchFile& file) {
        const auto graph = std::make_shared<ValueGraph>();
        std::vector<std::pair<ValueGraph::Node, ValueGraph::Node>> items;
        for (const auto& [title, text] : file.facts)
            items.emplace_back(graph->addText(Value::Kind::String, title),
                               graph->addText(Value::Kind::String, text));
        const auto root = graph->addDict(items);
        return {graph, root};
    }
};

} // namespace

bool looksLikeTorch(std::span<const std::byte> head, std::string_view name) {
    return isLegacyHead(head) || (startsZip(head) && (hasTorchSuffix(name) || firstRecordIsTorchs(head)));
}

std::string writerOf(const TorchFile& file) {
    if (file.kind == TorchFile::Kind::Legacy)
        return "PyTorch before 1.6, or its legacy option";
    if (file.kind == TorchFile::Kind::Script)
        return "TorchScript";
    const auto has = [&](std::string_view title) {
        return std::any_of(file.facts.begin(), file.facts.end(),
                           [&](const Fact& fact) { return fact.first == title; });
    };
    if (has("format version"))
        return "PyTorch 2.7 or newer";
    return has("byte order") ? "PyTorch 2.1 to 2.6" : "PyTorch 1.6 to 2.0";
}

const FormatReader& reader() {
    static const TorchReader instance;
    return instance;
}

} // namespace shardlens::torch
