// SPDX-License-Identifier: Apache-2.0
#include "formats/diffusers/component_reader.h"

#include "formats/diffusers/foreign_files.h"
#include "formats/diffusers/rules.h"
#include "formats/hub/named_by_index.h"
#include "formats/hub/opened_shard.h"
#include "formats/hub/pickled_sets.h"
#include "formats/hub/shard_name.h"
#include "formats/hub/side_files.h"

#include <algorithm>
#include <set>
#include <utility>

namespace shardlens::diffusers {

namespace {

bool isWeightName(std::string_view name) {
    return hub::parseShardName(name) || hub::parseIndexName(name) || hub::isPickledIndex(name) ||
           name.ends_with(".bin") || name.ends_with(".pt") || name.ends_with(".pth") ||
           name.ends_with(".ckpt");
}

/// Several files that nothing ties together are a set each: diffusers opens a component by one file's name.
std::vector<hub::WeightSet> takeApart(std::vector<hub::WeightSet> sets) {
    std::vector<hub::WeightSet> out;
    for (auto& set : sets) {
        if (!set.loose) {
            out.push_back(std::move(set));
            continue;
        }
        for (const auto& file : set.files) {
            hub::WeightSet one;
            one.stem = hub::parseShardName(file)->stem;
            one.variant = set.variant;
            one.files = {file};
            out.push_back(std::move(one));
        }
    }
    std::ranges::stable_sort(out, {}, [](const hub::WeightSet& set) {
        return std::pair(!set.variant.empty(), !hub::isCanonicalStem(set.stem));
    });
    return out;
}

} // namespace

PipelineFile asFile(const TreeName& name) {
    return {name.name, name.bytes, name.isLink, name.leavesTree};
}

void reportUnreadable(Pipeline& pipeline, const std::string& path, const TreeName& name) {
    pipeline.findings.push_back(
        {Error{&rules::diffusers::NotReadable,
               {path, std::string(name.isLink ? "a link that leads to no file" : "no regular file")},
               {.file = path, .offset = {}, .item = {}}},
         {},
         {}});
}

void ComponentReader::note(const Rule& rule, Args args, std::string file) {
    m_pipeline.findings.push_back(
        {Error{&rule, std::move(args), {.file = std::move(file), .offset = {}, .item = m_component.name}},
         {},
         {}});
}

Result<void> ComponentReader::read() {
    SHARDLENS_CHECK(m_context.checkStop());
    if (m_component.absent)
        return {};
    SHARDLENS_TRY(const bool listed, list());
    if (!listed)
        return {};
    sortFiles();
    SHARDLENS_CHECK(findWeights());
    nameSets();
    judge();
    return {};
}

Result<bool> ComponentReader::list() {
    const auto& name = m_component.name;
    const auto found = m_tree.find(name);
    if (!found || found->kind != NameKind::Folder) {
        note(rules::diffusers::ComponentMissing, {name, m_component.className}, std::string(IndexName));
        return false;
    }
    m_component.folder = true;
    auto names = m_tree.list(name);
    if (names) {
        m_names = std::move(*names);
        return true;
    }
    if (hub::endsJob(names.error()))
        return Failure(std::move(names).error());
    note(rules::diffusers::ComponentUnread, {name, message(names.error())}, name);
    return false;
}

void ComponentReader::sortFiles() {
    for (const auto& name : m_names) {
        const auto path = m_component.name + "/" + name.name;
        if (name.kind == NameKind::Folder) {
            m_pipeline.leftOut.push_back({path + "/", 0, "a folder within a component"});
        } else if (name.kind == NameKind::Other) {
            reportUnreadable(m_pipeline, path, name);
        } else if (auto reason = whyLeftOut(name.name, m_names); !reason.empty()) {
            m_pipeline.leftOut.push_back({path, name.bytes, std::move(reason)});
        } else if (isWeightName(name.name)) {
            m_possible.push_back(name);
        } else {
            m_component.sideFiles.push_back(asFile(name));
        }
    }
}

Result<void> ComponentReader::findWeights() {
    if (m_possible.empty())
        return {};
    auto folder = m_tree.subtree(m_component.name);
    if (!folder) {
        if (hub::endsJob(folder.error()))
            return Failure(std::move(folder).error());
        note(rules::diffusers::ComponentUnread, {m_component.name, message(folder.error())},
             m_component.name);
        return {};
    }
    addSafetensors(**folder);
    addPickles(**folder);
    auto& files = m_component.weightFiles;
    std::ranges::sort(files, {}, &PipelineFile::name);
    const auto repeated = std::ranges::unique(files, {}, &PipelineFile::name);
    files.erase(repeated.begin(), repeated.end());
    return m_context.checkStop();
}

void ComponentReader::addSafetensors(const FileTree& folder) {
    hub::NamedByIndex named(folder, m_context);
    for (auto& set : takeApart(hub::findWeightSets(m_possible, named.function())))
        add(std::move(set), false);
}

void ComponentReader::addPickles(const FileTree& folder) {
    for (auto& set : hub::findPickledSets(folder, m_possible, m_context))
        add(std::move(set), true);
}

void ComponentReader::add(hub::WeightSet set, bool pickled) {
    ComponentWeights weights;
    weights.pickled = pickled;
    const auto take = [&](const std::string& file, bool counts) {
        const auto at = std::ranges::lower_bound(m_possible, file, {}, &TreeName::name);
        if (at == m_possible.end() || at->name != file)
            return;
        weights.bytes += counts ? at->bytes : 0;
        m_component.weightFiles.push_back(asFile(*at));
    };
    for (const auto& file : set.files)
        take(file, true);
    if (!set.index.empty())
        take(set.index, false);
    for (const auto& file : set.leftover)
        m_pipeline.leftOut.push_back({m_component.name + "/" + file, 0, "a shard of another numbering"});
    weights.set = std::move(set);
    m_component.weights.push_back(std::move(weights));
}

void ComponentReader::nameSets() {
    std::set<std::string> taken;
    for (auto& weights : m_component.weights) {
        const auto& variant = weights.set.variant;
        auto name = weights.pickled   ? "bin" + (variant.empty() ? "" : "." + variant)
                    : variant.empty() ? std::string("plain")
                                      : variant;
        if (taken.contains(name))
            name += ":" + weights.set.stem;
        const auto base = name;
        for (std::size_t n = 2; taken.contains(name); ++n)
            name = base + "#" + std::to_string(n);
        taken.insert(name);
        weights.name = std::move(name);
    }
}

void ComponentReader::judge() {
    const auto& weights = m_component.weights;
    if (!m_component.hasConfig())
        note(rules::diffusers::NoConfig, {m_component.name}, m_component.name);
    if (weights.empty()) {
        if (m_component.findFile("config.json") != nullptr)
            note(rules::diffusers::NoWeights, {m_component.name}, m_component.name);
        return;
    }
    if (std::ranges::all_of(weights, &ComponentWeights::pickled))
        note(rules::diffusers::PickledOnly,
             {m_component.name, weights.front().set.files.empty() ? weights.front().set.index
                                                                  : weights.front().set.files.front()},
             m_component.name);
}

} // namespace shardlens::diffusers
