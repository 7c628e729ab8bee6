// SPDX-License-Identifier: Apache-2.0
#include "formats/dcp/reader.h"

#include "formats/dcp/backend.h"
#include "formats/dcp/describer.h"
#include "formats/dcp/folder_checks.h"
#include "formats/dcp/folder_layout.h"
#include "formats/dcp/item_checks.h"
#include "formats/dcp/metadata_value.h"
#include "formats/dcp/producer.h"
#include "formats/dcp/rules.h"
#include "model/checkpoint_builder.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace shardlens::dcp {

namespace {

constexpr std::size_t MaxSubfolders = 2000; // looked into for checkpoints: two looks each
constexpr std::size_t MaxNested = 16;       // subfolders whose own subfolders are looked into

std::string lastPart(std::string_view path) {
    while (path.ends_with('/'))
        path.remove_suffix(1);
    const std::size_t slash = path.rfind('/');
    return std::string(slash == std::string_view::npos ? path : path.substr(slash + 1));
}

std::string about(const FolderLayout& layout, const std::string& trainer) {
    const auto files = layout.dataFiles;
    std::string text = trainer.empty() ? "DCP checkpoint" : "DCP checkpoint of " + trainer;
    return text + fmt::format(", {} {}", files, files == 1 ? "file" : "files");
}

// Folders that hold an optimizer's state beside a model's.
bool isOptimizer(std::string_view name) {
    return name.starts_with("optim");
}

class Reader final : public FormatReader {
public:
    std::string_view id() const override { return "dcp"; }

    Result<void> survey(const Candidate& candidate, Survey& into, const JobContext& context) const override {
        if (!candidate.file.empty() && !isCheckpointFile(candidate.file))
            return {};
        const FolderLayout layout = readLayout(candidate.names);
        if (layout.isCheckpoint()) {
            const std::string path = candidate.folder->fileSystemPath();
            into.parts.push_back(partOf({}, path.empty() ? candidate.path : path, layout, candidate.names));
            return {};
        }
        reportUnopenable(candidate, layout, into);
        if (candidate.file.empty() && layout.dataFiles == 0)
            return surveySubfolders(candidate, into, context);
        return {};
    }

    Result<CheckpointPtr> open(const Candidate& candidate, const SurveyPart& part,
                               const JobContext& context) const override {
        FileTreePtr folder = candidate.folder;
        if (!part.name.empty()) {
            SHARDLENS_TRY(folder, candidate.folder->subtree(part.name));
        }
        SHARDLENS_TRY(const auto names, folder->list());
        std::vector<MetadataFile> metadata;
        for (const std::string& name : readLayout(names).metadata) {
            SHARDLENS_TRY(auto file, readMetadata(*folder, name, context));
            metadata.push_back(std::move(file));
        }
        if (metadata.empty())
            return fail(rules::dcp::NoMetadata, {}, inFolder(part.location));
        CheckpointBuilder builder(context);
        setFacts(builder, candidate, part, *folder, names, metadata);
        SHARDLENS_CHECK(describe(builder, *folder, names, metadata, context));
        return builder.build();
    }

private:
    static Location inFolder(const std::string& path) {
        Location where;
        where.file = path;
        return where;
    }

    static SurveyPart partOf(const std::string& name, const std::string& location, const FolderLayout& layout,
                             const std::vector<TreeName>& names) {
        SurveyPart part;
        part.name = name;
        part.format = Format::Dcp;
        part.location = location;
        part.files = layout.dataFiles;
        part.bytes = layout.dataBytes;
        part.about = about(layout, trainerOfFolder(location, names));
        return part;
    }

    static void reportUnopenable(const Candidate& candidate, const FolderLayout& layout, Survey& into) {
        const Location where = inFolder(candidate.path);
        if (layout.hasTemporary)
            into.findings.push_back({Error{&rules::dcp::UnfinishedSave, {}, where}, {}, {}});
        else if (layout.dataFiles > 0 && isPaddle(candidate, layout))
            into.findings.push_back({Error{&rules::dcp::Paddle, {}, where}, {}, {}});
        else if (layout.dataFiles > 0)
            into.findings.push_back({Error{&rules::dcp::NoMetadata, {}, where}, {}, {}});
    }

    // Its metadata has another name, and its classes' modules stand at the pickle's beginning.
    static bool isPaddle(const Candidate& candidate, const FolderLayout& layout) {
        if (layout.foreignMetadata.empty())
            return false;
        const auto source = candidate.folder->open(layout.foreignMetadata);
        if (!source)
            return false;
        std::string head(static_cast<std::size_t>(std::min<std::uint64_t>((*source)->size(), 4096)), '\0');
        const auto bytes = std::as_writable_bytes(std::span(head));
        return (*source)->readAt(0, bytes) && head.find("paddle.") != std::string::npos;
    }

    // A training folder: step-10/, iter_0000100/, pytorch_model_fsdp_0/ beside optimizer_0/, or those one
    // level below.
    static Result<void> surveySubfolders(const Candidate& candidate, Survey& into,
                                         const JobContext& context) {
        std::vector<std::string> found;
        std::vector<std::string> unfinished;
        std::size_t looked = 0;
        std::size_t nested = 0;
        for (const TreeName& name : candidate.names) {
            // A link (LATEST) names a folder that is here under its own name.
            if (name.kind != NameKind::Folder || name.isLink || looked++ >= MaxSubfolders)
                continue;
            SHARDLENS_CHECK(context.checkStop());
            if (look(*candidate.folder, name.name, found, unfinished) || nested >= MaxNested)
                continue;
            const auto below = candidate.folder->list(name.name);
            if (!below)
                continue;
            bool any = false;
            for (const TreeName& inner : *below)
                if (inner.kind == NameKind::Folder && looked++ < MaxSubfolders)
                    any = look(*candidate.folder, name.name + "/" + inner.name, found, unfinished) || any;
            nested += any ? 1 : 0;
        }
        // The newest first, models before optimizers: the first is what opens without a choice.
        std::ranges::sort(found, [](const std::string& a, const std::string& b) {
            const bool optimizerA = isOptimizer(lastPart(a));
            const bool optimizerB = isOptimizer(lastPart(b));
            return optimizerA != optimizerB ? optimizerB : naturallyLess(b, a);
        });
        for (const std::string& name : found)
            addSubfolder(candidate, name, into);
        for (const std::string& name : unfinished)
            into.leftOut.push_back({name, 0, "its save was not finished"});
        return {};
    }

    static bool look(const FileTree& folder, const std::string& name, std::vector<std::string>& found,
                     std::vector<std::string>& unfinished) {
        if (folder.find(name + "/.metadata") || folder.find(name + "/__0.metadata"))
            found.push_back(name);
        else if (folder.find(name + "/.metadata.tmp"))
            unfinished.push_back(name);
        else
            return false;
        return true;
    }

    static void addSubfolder(const Candidate& candidate, const std::string& name, Survey& into) {
        const auto names = candidate.folder->list(name);
        if (!names)
            return;
        const FolderLayout layout = readLayout(*names);
        if (!layout.isCheckpoint())
            return;
        const std::string path = candidate.folder->fileSystemPath();
        into.parts.push_back(partOf(name, path.empty() ? name : path + "/" + name, layout, *names));
    }

    static void setFacts(CheckpointBuilder& builder, const Candidate& candidate, const SurveyPart& part,
                         const FileTree& folder, const std::vector<TreeName>& names,
                         const std::vector<MetadataFile>& metadata) {
        const Producer producer = recogniseProducer(part.location, names, metadata.front());
        CheckpointFacts& facts = builder.facts();
        facts.format = Format::Dcp;
        facts.location = candidate.path;
        facts.folder = folder.fileSystemPath();
        facts.name = lastPart(part.location);
        facts.writer = producer.text();
        if (!producer.trainer.empty())
            facts.more.emplace_back("layout", producer.trainer);
        for (Fact& fact : metadataFacts(metadata.front()))
            facts.more.push_back(std::move(fact));
        setChoiceFacts(facts, candidate, part);
        if (producer.isMegatron)
            builder.addFinding(rules::dcp::MegatronNames);
        const std::string path = trainersPath(metadata.front());
        if (path.starts_with('/') || path.find(":\\") != std::string::npos ||
            path.find("://") != std::string::npos)
            builder.addFinding(rules::dcp::TrainersPath, {path}, inFolder(metadata.front().name));
    }

    static void checkRanks(CheckpointBuilder& builder, const std::vector<MetadataFile>& metadata) {
        std::uint32_t expected = 0;
        for (const MetadataFile& file : metadata) {
            if (!file.rank)
                return;
            if (*file.rank != expected) {
                builder.addFinding(rules::dcp::RankMissing,
                                   {std::uint64_t{expected}, std::uint64_t{*file.rank}}, inFolder(file.name));
                return;
            }
            ++expected;
        }
    }

    static Result<void> describe(CheckpointBuilder& builder, const FileTree& folder,
                                 const std::vector<TreeName>& names,
                                 const std::vector<MetadataFile>& metadata, const JobContext& context) {
        pickle::GlobalFindings globals;
        for (const MetadataFile& file : metadata)
            globals.add(*file.pickle, inFolder(file.name));
        Describer describer(builder, metadata, folder, context);
        SHARDLENS_CHECK(describer.read());
        checkRanks(builder, metadata);
        SHARDLENS_CHECK(checkItems(describer, builder, context));
        SHARDLENS_CHECK(checkValues(describer, builder, globals, context));
        SHARDLENS_CHECK(addRegions(describer, builder, context));
        checkNames(describer, builder, names);
        SHARDLENS_CHECK(describer.finish());
        for (Finding& finding : globals.take())
            builder.addFinding(std::move(finding));
        SHARDLENS_TRY(auto value, metadataValue(metadata, context));
        builder.setMetadata(std::move(value));
        builder.setBackend(std::make_shared<Backend>());
        return {};
    }
};

} // namespace

const FormatReader& reader() {
    static const Reader instance;
    return instance;
}

} // namespace shardlens::dcp
