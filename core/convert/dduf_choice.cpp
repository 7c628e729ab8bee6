// SPDX-License-Identifier: Apache-2.0
#include "convert/dduf_choice.h"

#include "convert/dduf_index.h"
#include "convert/dduf_names.h"
#include "convert/dduf_pickles.h"
#include "convert/dduf_pipeline_tree.h"
#include "convert/dduf_rules.h"
#include "convert/metadata_files.h"
#include "formats/diffusers/rules.h"
#include "io/rules.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace shardlens::convert {

namespace {

using diffusers::Component;
using diffusers::ComponentWeights;

template <typename Names>
std::string listed(const Names& names) {
    std::string out;
    for (const auto& name : names)
        out += (out.empty() ? "" : ", ") + name;
    return out.empty() ? "there is none" : out;
}

std::vector<std::string> namesOf(const std::vector<ComponentWeights>& weights) {
    std::vector<std::string> out;
    for (const auto& set : weights)
        out.push_back(set.name);
    return out;
}

const std::string* findValue(const ExportOptions::Pairs& pairs, std::string_view key) {
    const auto found = std::ranges::find(pairs, key, &std::pair<std::string, std::string>::first);
    return found == pairs.end() ? nullptr : &found->second;
}

/// The same rule as for safetensors: the asked variant, else the plain one, else the only one.
std::optional<std::size_t> choosePickles(const Component& component, std::string_view variant) {
    std::vector<std::size_t> usable;
    for (std::size_t i = 0; i != component.weights.size(); ++i)
        if (component.weights[i].pickled && !component.weights[i].forTraining())
            usable.push_back(i);
    for (const auto wanted : {variant, std::string_view()})
        for (const auto i : usable)
            if (component.weights[i].set.variant == wanted)
                return i;
    return usable.size() == 1 ? std::optional(usable.front()) : std::nullopt;
}

/// Components of these classes have no weights of their own.
bool hasNoWeights(std::string_view className) {
    return std::ranges::any_of(
        std::initializer_list<std::string_view>{"Tokenizer", "Processor", "Scheduler", "FeatureExtractor"},
        [&](std::string_view part) { return className.find(part) != className.npos; });
}

/// Goes through a pipeline component by component.
class FolderDraft {
public:
    FolderDraft(FileTreePtr tree, const diffusers::Pipeline& pipeline, const ExportOptions& options,
                const JobContext& context)
        : m_tree(std::move(tree))
        , m_pipeline(pipeline)
        , m_options(options)
        , m_context(context) {}

    Result<Draft> make() {
        SHARDLENS_CHECK(checkAsked());
        m_draft.plan.className = m_pipeline.className;
        m_draft.plan.variants = m_pipeline.variants();
        SHARDLENS_CHECK(addIndex());
        for (const auto& component : m_pipeline.components) {
            SHARDLENS_CHECK(m_context.checkStop());
            SHARDLENS_CHECK(addComponent(component));
        }
        leaveOut();
        addNotes();
        return std::move(m_draft);
    }

private:
    Result<void> checkAsked() const {
        std::vector<std::string> present;
        for (const auto& component : m_pipeline.components)
            if (!component.absent)
                present.push_back(component.name);
        const auto known = [&](const std::string& name) {
            return std::ranges::find(present, name) != present.end();
        };
        for (const auto& name : m_options.exclude)
            if (!known(name))
                return fail(rules::ExportNoSuchComponent, {std::string("--exclude"), name, listed(present)});
        for (const auto& [name, set] : m_options.weights) {
            if (!known(name))
                return fail(rules::ExportNoSuchComponent, {std::string("--weights"), name, listed(present)});
            const auto& weights = m_pipeline.find(name)->weights;
            if (std::ranges::find(weights, set, &ComponentWeights::name) == weights.end())
                return fail(rules::ExportNoSuchWeights, {name, set, listed(namesOf(weights))});
        }
        return {};
    }

    bool isExcluded(std::string_view component) const {
        return std::ranges::find(m_options.exclude, component) != m_options.exclude.end();
    }

    Result<void> addIndex() {
        DraftEntry entry;
        entry.name = diffusers::IndexName;
        const auto* replacement = findValue(m_options.set, entry.name);
        entry.from = replacement != nullptr ? *replacement : entry.name;
        SHARDLENS_TRY(auto source, m_tree->open(entry.name));
        if (m_options.exclude.empty()) {
            entry.source = std::move(source);
        } else {
            SHARDLENS_TRY(const auto bytes, readAll(*source, m_context.limits->document));
            const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
            SHARDLENS_TRY(entry.text, withoutComponents(text, m_options.exclude, m_context));
            m_draft.plan.write.inputs.push_back(std::move(source));
        }
        m_draft.entries.push_back(std::move(entry));
        return {};
    }

    Result<void> addComponent(const Component& component) {
        auto& row = m_draft.plan.components.emplace_back();
        row.name = component.name;
        row.library = component.library;
        row.className = component.className;
        row.absent = component.absent;
        row.excluded = isExcluded(component.name);
        for (const auto& set : component.weights)
            row.weights.push_back({set.name, set.bytes, set.set.files.size(), set.pickled});
        if (row.absent)
            return {};
        if (row.excluded) {
            m_draft.note(rules::ExportExcluded, {component.name});
            for (const auto* files : {&component.sideFiles, &component.weightFiles})
                for (const auto& file : *files)
                    skip(component, file, "its component is left out");
            return {};
        }
        for (const auto& file : component.sideFiles)
            if (whyNoEntry(component.name + "/" + file.name).empty())
                SHARDLENS_CHECK(addFile(component, file.name, file.name, PlannedFile::Role::Side));
            else
                skip(component, file, "DDUF holds .json, .txt, .model and .safetensors files only");
        row.chosen = choose(component);
        if (row.chosen)
            SHARDLENS_CHECK(addWeights(component, *row.chosen));
        skipOtherWeights(component, row.chosen);
        return {};
    }

    /// Nothing where there is nothing to choose, with a note where that stands against the export.
    std::optional<std::size_t> choose(const Component& component) {
        const auto& weights = component.weights;
        if (const auto* wanted = findValue(m_options.weights, component.name))
            return checked(component, static_cast<std::size_t>(
                                          std::ranges::find(weights, *wanted, &ComponentWeights::name) -
                                          weights.begin()));
        if (weights.empty()) {
            if (component.folder && component.findFile("config.json") != nullptr &&
                !hasNoWeights(component.className))
                m_draft.note(rules::ExportNoWeights, {component.name, component.className}, component.name);
            return std::nullopt;
        }
        const bool pickled = std::ranges::all_of(weights, &ComponentWeights::pickled);
        const auto found = pickled ? choosePickles(component, m_options.variant)
                                   : diffusers::chooseWeights(component, m_options.variant);
        if (!found) {
            m_draft.note(rules::ExportNoChoice, {component.name, listed(namesOf(weights))}, component.name);
            return std::nullopt;
        }
        if (weights[*found].set.variant == m_options.variant)
            m_anyVariant = true;
        else if (!m_options.variant.empty())
            m_fellBack.push_back(component.name);
        return checked(component, *found);
    }

    std::optional<std::size_t> checked(const Component& component, std::size_t chosen) {
        const auto& weights = component.weights[chosen];
        if (weights.pickled && !m_options.convertPickles) {
            const auto& set = weights.set;
            m_draft.note(rules::ExportPickledOnly,
                         {component.name, set.files.empty() ? set.index : set.files.front()}, component.name);
            return std::nullopt;
        }
        if (weights.set.slices) {
            m_draft.note(rules::ExportSlices, {component.name}, component.name);
            return std::nullopt;
        }
        return chosen;
    }

    Result<void> addWeights(const Component& component, std::size_t chosen) {
        const auto& weights = component.weights[chosen];
        if (weights.pickled) {
            m_draft.plan.components.back().converted = true;
            return addPickles(m_draft, m_tree->fileSystemPath() + "/" + component.name, component,
                              weights.set, m_context);
        }
        const auto& set = weights.set;
        DraftWeights draft{component.name, set.variant, set.stem, {}, {}, set.count};
        for (const auto& file : set.files) {
            const auto name = plainWeightName(file);
            SHARDLENS_CHECK(addFile(component, file, name, PlannedFile::Role::Weights));
            draft.files.push_back(component.name + "/" + name);
        }
        if (!set.index.empty()) {
            const auto name = plainIndexName(set.index);
            SHARDLENS_CHECK(addFile(component, set.index, name, PlannedFile::Role::Index));
            draft.index = component.name + "/" + name;
        }
        m_draft.weights.push_back(std::move(draft));
        return {};
    }

    Result<void> addFile(const Component& component, const std::string& file, const std::string& name,
                         PlannedFile::Role role) {
        DraftEntry entry;
        entry.name = component.name + "/" + name;
        entry.from = component.name + "/" + file;
        entry.role = role;
        auto source = m_tree->open(entry.from);
        if (!source) {
            if (source.error().rule->id == rules::JobCancelled.id)
                return Failure(std::move(source).error());
            Finding finding;
            finding.what = std::move(source).error();
            m_draft.plan.write.notes.push_back(std::move(finding));
            return {};
        }
        entry.source = std::move(*source);
        m_draft.entries.push_back(std::move(entry));
        return {};
    }

    void skip(const Component& component, const diffusers::PipelineFile& file, std::string reason) {
        m_draft.plan.write.skipped.push_back(
            {component.name + "/" + file.name, std::move(reason), file.bytes});
    }

    /// Two sets of one component would be loaded as one, so the others stay behind.
    void skipOtherWeights(const Component& component, std::optional<std::size_t> chosen) {
        std::map<std::string, std::string> reasons;
        for (std::size_t i = component.weights.size(); i-- != 0;) {
            const auto& weights = component.weights[i];
            auto reason = "of the weights \"" + weights.name + "\"";
            reason += chosen ? "; \"" + component.weights[*chosen].name + "\" is exported" : ", not exported";
            for (const auto& file : weights.set.files)
                reasons[file] = i == chosen ? std::string() : reason;
            reasons[weights.set.index] = i == chosen ? std::string() : reason;
        }
        if (chosen) {
            for (const auto& file : component.weights[*chosen].set.files)
                reasons[file].clear();
            reasons[component.weights[*chosen].set.index].clear();
        }
        for (const auto& file : component.weightFiles)
            if (const auto& reason = reasons[file.name]; !reason.empty())
                skip(component, file, reason);
    }

    void leaveOut() {
        auto& skipped = m_draft.plan.write.skipped;
        for (const auto& left : m_pipeline.leftOut)
            skipped.push_back({left.path, left.reason, left.bytes});
        for (const auto& file : m_pipeline.rootFiles)
            skipped.push_back({file.name, "of no component; --set adds a text or JSON entry", file.bytes});
        std::ranges::stable_sort(skipped, {}, &Skipped::name);
    }

    /// What the folder's own findings say that the plan does not say itself.
    void addNotes() {
        if (!m_fellBack.empty() && !m_anyVariant)
            m_draft.note(rules::ExportNoSuchVariant, {m_options.variant, listed(m_draft.plan.variants)});
        else if (!m_fellBack.empty())
            m_draft.note(rules::ExportFellBack, {m_options.variant, listed(m_fellBack)});
        for (const auto& finding : m_pipeline.findings) {
            const auto* rule = finding.what.rule;
            const bool said =
                rule == &rules::diffusers::ComponentMissing || rule == &rules::diffusers::NoConfig ||
                rule == &rules::diffusers::NoWeights || rule == &rules::diffusers::PickledOnly ||
                rule == &rules::diffusers::TrainingOnly || rule == &rules::diffusers::NoPlainSet;
            const auto& file = finding.what.where.file;
            const bool excluded =
                isExcluded(finding.what.where.item) || isExcluded(file.substr(0, file.find('/')));
            if (!said && !excluded)
                m_draft.plan.write.notes.push_back(finding);
        }
    }

    FileTreePtr m_tree;
    const diffusers::Pipeline& m_pipeline;
    const ExportOptions& m_options;
    const JobContext& m_context;
    Draft m_draft;
    std::vector<std::string> m_fellBack;
    bool m_anyVariant = false; // some component has the one that was asked for
};

/// The index stands for its folder, as a file stands for its checkpoint.
std::string folderOfIndex(const std::string& path) {
    if (baseName(path) != diffusers::IndexName || openFolder(path))
        return path;
    const auto folder = path.substr(0, path.size() - diffusers::IndexName.size());
    return folder.empty() ? "." : folder;
}

} // namespace

Result<Draft> draftFolder(const ExportOptions& options, const JobContext& context) {
    SHARDLENS_TRY(FileTreePtr tree, openFolder(folderOfIndex(options.folder)));
    if (const auto* index = findValue(options.set, diffusers::IndexName)) {
        SHARDLENS_TRY(tree, withIndex(tree, *index));
    }
    SHARDLENS_TRY(const auto pipeline, diffusers::readPipeline(*tree, context));
    return FolderDraft(tree, pipeline, options, context).make();
}

Result<Draft> draftList(const ExportOptions& options, const JobContext& context) {
    Draft draft;
    for (const auto& [name, path] : options.entries) {
        SHARDLENS_CHECK(context.checkStop());
        DraftEntry entry;
        entry.name = name;
        entry.from = path;
        entry.role = roleOf(name);
        SHARDLENS_TRY(entry.source, openFile(path));
        draft.entries.push_back(std::move(entry));
    }
    return draft;
}

} // namespace shardlens::convert
