// SPDX-License-Identifier: Apache-2.0
#include "formats/diffusers/reader.h"

#include "formats/diffusers/add_component.h"
#include "formats/diffusers/parts.h"
#include "formats/diffusers/pipeline.h"
#include "formats/hub/opened_shard.h"
#include "formats/hub/side_files.h"
#include "model/checkpoint_builder.h"

#include <algorithm>
#include <utility>

namespace shardlens::diffusers {

namespace {

std::string lastPart(std::string_view path) {
    while (path.size() > 1 && path.ends_with('/'))
        path.remove_suffix(1);
    return std::string(path.substr(path.rfind('/') + 1));
}

std::string aboutOf(const Pipeline& pipeline) {
    const auto live =
        std::ranges::count_if(pipeline.components, [](const auto& component) { return !component.absent; });
    return "diffusers folder" + (pipeline.className.empty() ? std::string() : ", " + pipeline.className) +
           ", " + std::to_string(live) + (live == 1 ? " component" : " components");
}

/// Adds the documents of a pipeline's folder as entries that are read when somebody looks at them.
class Documents {
public:
    Documents(CheckpointBuilder& builder, const FileTree& tree, const JobContext& context)
        : m_builder(builder)
        , m_tree(tree)
        , m_context(context) {}

    Result<void> add(const std::string& path, const PipelineFile& file, bool isSideFile) {
        const auto kind = hub::sideFileKind(file.name);
        if (!kind || file.bytes > m_context.limits->document || m_added >= m_context.limits->sideFiles)
            return {};
        SHARDLENS_CHECK(m_context.checkStop());
        auto source = m_tree.open(path);
        if (!source) {
            if (hub::endsJob(source.error()))
                return Failure(std::move(source).error());
            m_builder.addFinding({std::move(source).error(), {}, {}});
            return {};
        }
        ++m_added;
        EntryRecord entry;
        entry.name = path;
        entry.kind = *kind;
        entry.sideFile = isSideFile;
        entry.stored = {0, (*source)->size()};
        FileRecord record;
        record.path = path;
        record.bytes = (*source)->size();
        record.source = std::move(*source);
        entry.file = m_builder.addFile(std::move(record));
        m_builder.addEntry(std::move(entry));
        return {};
    }

private:
    CheckpointBuilder& m_builder;
    const FileTree& m_tree;
    const JobContext& m_context;
    std::uint64_t m_added = 0;
};

/// The set's index is shown too; it belongs to the layout, so it is none to copy along.
Result<void> addDocuments(Documents& documents, const Component& component, std::string_view variant) {
    const auto prefix = component.name + "/";
    for (const auto& file : component.sideFiles)
        SHARDLENS_CHECK(documents.add(prefix + file.name, file, true));
    const auto chosen = chooseWeights(component, variant);
    if (!chosen || component.weights[*chosen].set.index.empty())
        return {};
    if (const auto* index = component.findFile(component.weights[*chosen].set.index))
        SHARDLENS_CHECK(documents.add(prefix + index->name, *index, false));
    return {};
}

class Reader final : public FormatReader {
public:
    std::string_view id() const override { return "diffusers"; }

    Result<void> survey(const Candidate& candidate, Survey& into, const JobContext& context) const override {
        const bool isIndex = candidate.file == IndexName;
        if (!into.parts.empty() || (!candidate.file.empty() && !isIndex) || !holdsIndex(candidate))
            return {};
        auto pipeline = readPipeline(*candidate.folder, context);
        if (pipeline) {
            addParts(*pipeline, Format::Diffusers, candidate.path, aboutOf(*pipeline), into);
            return {};
        }
        if (hub::endsJob(pipeline.error()))
            return Failure(std::move(pipeline).error());
        SurveyPart damaged; // opening says why
        damaged.format = Format::Diffusers;
        damaged.location = candidate.path;
        damaged.about = "diffusers folder whose model_index.json cannot be read";
        into.parts.push_back(std::move(damaged));
        return {};
    }

    Result<CheckpointPtr> open(const Candidate& candidate, const SurveyPart& part,
                               const JobContext& context) const override {
        const auto& tree = *candidate.folder;
        SHARDLENS_TRY(const auto pipeline, readPipeline(tree, context));
        CheckpointBuilder builder(context);
        auto& facts = builder.facts();
        facts.format = Format::Diffusers;
        facts.location = candidate.path;
        facts.folder = tree.fileSystemPath();
        facts.name = lastPart(facts.folder.empty() ? tree.displayName() : facts.folder);
        setPipelineFacts(builder, pipeline);
        setChoiceFacts(facts, candidate, part);
        Documents documents(builder, tree, context);
        if (part.name.empty())
            SHARDLENS_CHECK(addRootFiles(documents, tree, pipeline));
        for (const auto& component : pipeline.components) {
            if (!component.folder || (!part.name.empty() && part.name != component.name))
                continue;
            SHARDLENS_CHECK(addComponent(builder, tree, component, part.variant, nullptr, context));
            SHARDLENS_CHECK(addDocuments(documents, component, part.variant));
        }
        for (const auto& finding : pipeline.findings)
            builder.addFinding(finding);
        builder.setBackend(makeBackend());
        return builder.build();
    }

private:
    static bool holdsIndex(const Candidate& candidate) {
        const auto found = std::ranges::lower_bound(candidate.names, IndexName, {}, &TreeName::name);
        return found != candidate.names.end() && found->name == IndexName && found->kind == NameKind::File;
    }

    static Result<void> addRootFiles(Documents& documents, const FileTree& tree, const Pipeline& pipeline) {
        const auto index = tree.find(IndexName);
        PipelineFile file{std::string(IndexName), index ? index->bytes : 0, false, false};
        SHARDLENS_CHECK(documents.add(file.name, file, true));
        for (const auto& other : pipeline.rootFiles)
            SHARDLENS_CHECK(documents.add(other.name, other, true));
        return {};
    }
};

} // namespace

const FormatReader& reader() {
    static const Reader instance;
    return instance;
}

} // namespace shardlens::diffusers
