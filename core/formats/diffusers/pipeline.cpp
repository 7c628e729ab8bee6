// SPDX-License-Identifier: Apache-2.0
#include "formats/diffusers/pipeline.h"

#include "formats/diffusers/component_reader.h"
#include "formats/diffusers/rules.h"
#include "formats/file_damage.h"
#include "formats/hub/opened_shard.h"
#include "formats/hub/side_files.h"
#include "formats/json/parse.h"
#include "io/path_guard.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

namespace shardlens::diffusers {

namespace {

constexpr std::array<std::string_view, 4> ComponentConfigs{
    "config.json", "tokenizer_config.json", "preprocessor_config.json", "scheduler_config.json"};

bool isPair(const Value& value) {
    if (value.kind() != Value::Kind::List || value.size() != 2)
        return false;
    const auto first = value.at(0).kind(), second = value.at(1).kind();
    return (first == Value::Kind::String || first == Value::Kind::Null) &&
           (second == Value::Kind::String || second == Value::Kind::Null);
}

Result<Value> readIndex(const FileTree& tree, const JobContext& context) {
    const std::string name(IndexName);
    if (!tree.find(name))
        return fail(rules::diffusers::IndexMissing, {tree.displayName()},
                    {.file = name, .offset = {}, .item = {}});
    SHARDLENS_TRY(const auto source, tree.open(name));
    SHARDLENS_TRY(const auto bytes, readAll(*source, context.limits->document));
    SHARDLENS_CHECK(
        checkHead(std::span(bytes).first(std::min<std::size_t>(bytes.size(), 4096)), bytes.size(), name));
    SHARDLENS_TRY(auto document,
                  json::parse({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, name, context));
    if (document.value.kind() != Value::Kind::Dict)
        return fail(rules::diffusers::IndexNotObject, {}, {.file = name, .offset = 0, .item = {}});
    return std::move(document.value);
}

/// Goes through the index and the folders beside it.
class PipelineReader {
public:
    PipelineReader(const FileTree& tree, const JobContext& context) : m_tree(tree), m_context(context) {}

    Result<Pipeline> read() {
        SHARDLENS_TRY(m_out.index, readIndex(m_tree, m_context));
        SHARDLENS_TRY(m_names, m_tree.list());
        readKeys();
        for (auto& component : m_out.components)
            SHARDLENS_CHECK(ComponentReader(m_tree, component, m_out, m_context).read());
        SHARDLENS_CHECK(readRoot());
        reportLinks();
        std::ranges::sort(m_out.leftOut, {}, &LeftOut::path);
        return std::move(m_out);
    }

private:
    void note(const Rule& rule, Args args, std::string item) {
        m_out.findings.push_back(
            {Error{&rule,
                   std::move(args),
                   {.file = std::string(IndexName), .offset = {}, .item = std::move(item)}},
             {},
             {}});
    }

    void readKeys() {
        const auto& index = m_out.index;
        for (std::size_t i = 0; i < index.size(); ++i) {
            const std::string key(index.key(i).text());
            const auto value = index.at(i);
            if (key == "_class_name")
                m_out.className = value.text();
            else if (key == "_diffusers_version")
                m_out.version = value.text();
            if (key.starts_with("_"))
                continue;
            if (value.kind() != Value::Kind::List) {
                m_out.options.push_back(key);
            } else if (!isPair(value)) {
                m_out.options.push_back(key);
                note(rules::diffusers::ComponentValue, {key}, key);
            } else {
                addComponent(key, value);
            }
        }
    }

    void addComponent(const std::string& key, const Value& pair) {
        if (auto plain = checkPlainName(key); !plain) {
            const auto& args = plain.error().args;
            const auto* reason = args.size() > 1 ? std::get_if<std::string>(&args[1]) : nullptr;
            note(rules::diffusers::ComponentName, {key, reason ? *reason : message(plain.error())}, key);
            return;
        }
        auto& component = m_out.components.emplace_back();
        component.name = key;
        component.library = pair.at(0).text();
        component.className = pair.at(1).text();
        // diffusers leaves a component out where its class is null; the library is null then too.
        component.absent = pair.at(1).kind() == Value::Kind::Null;
    }

    /// What lies beside the index: other folders, single-file checkpoints, documents.
    Result<void> readRoot() {
        std::vector<std::string> unnamed;
        for (const auto& name : m_names) {
            SHARDLENS_CHECK(m_context.checkStop());
            if (name.name == IndexName)
                continue;
            if (name.kind == NameKind::Folder) {
                const auto* component = m_out.find(name.name);
                if (component != nullptr && !component->absent)
                    continue;
                if (component == nullptr && !name.name.starts_with("."))
                    unnamed.push_back(name.name);
                SHARDLENS_CHECK(leaveOut(name.name, component != nullptr
                                                        ? "the index says that the pipeline has none"
                                                        : "model_index.json does not name this folder"));
            } else if (name.kind == NameKind::Other) {
                reportUnreadable(m_out, name.name, name);
            } else {
                addRootFile(name);
            }
        }
        if (!unnamed.empty()) {
            std::string list;
            for (std::size_t i = 0; i < std::min<std::size_t>(unnamed.size(), 20); ++i)
                list += (i == 0 ? "" : ", ") + unnamed[i];
            if (unnamed.size() > 20)
                list += ", …";
            note(rules::diffusers::FolderNotIndexed, {std::uint64_t{unnamed.size()}, list}, unnamed.front());
        }
        return {};
    }

    void addRootFile(const TreeName& name) {
        const auto kind = hub::sideFileKind(name.name);
        if (kind == EntryRecord::Kind::Json || name.name.ends_with(".txt")) {
            m_out.rootFiles.push_back(asFile(name));
            return;
        }
        const bool weights = name.name.ends_with(".safetensors") || name.name.ends_with(".ckpt") ||
                             name.name.ends_with(".bin") || name.name.ends_with(".pt") ||
                             name.name.ends_with(".pth");
        m_out.leftOut.push_back(
            {name.name, name.bytes,
             weights ? "a single-file checkpoint beside the components" : "no part of a pipeline"});
    }

    /// A whole folder, file by file, as deep as archives go.
    Result<void> leaveOut(const std::string& folder, const std::string& reason) {
        auto names = m_tree.list(folder);
        if (!names) {
            if (hub::endsJob(names.error()))
                return Failure(std::move(names).error());
            m_out.leftOut.push_back({folder + "/", 0, reason});
            return {};
        }
        for (const auto& name : *names)
            m_out.leftOut.push_back(
                {folder + "/" + name.name + (name.kind == NameKind::Folder ? "/" : ""), name.bytes, reason});
        if (names->empty())
            m_out.leftOut.push_back({folder + "/", 0, reason});
        return {};
    }

    void reportLinks() {
        std::uint64_t count = 0;
        std::string first;
        const auto look = [&](const PipelineFile& file, const std::string& folder) {
            if (file.leavesFolder && count++ == 0)
                first = folder + file.name;
        };
        for (const auto& name : m_names)
            if (name.name == IndexName)
                look(asFile(name), {});
        for (const auto& component : m_out.components) {
            for (const auto& file : component.sideFiles)
                look(file, component.name + "/");
            for (const auto& file : component.weightFiles)
                look(file, component.name + "/");
        }
        if (count > 0)
            m_out.findings.push_back({Error{&rules::diffusers::LinkLeaves,
                                            {count, first},
                                            {.file = first, .offset = {}, .item = {}}},
                                      {},
                                      {}});
    }

    const FileTree& m_tree;
    const JobContext& m_context;
    std::vector<TreeName> m_names;
    Pipeline m_out;
};

bool isTrainingVariant(std::string_view variant) {
    return variant == "non_ema" || variant == "ema" || variant == "no_ema";
}

} // namespace

bool ComponentWeights::forTraining() const {
    return isTrainingVariant(set.variant);
}

bool Component::hasConfig() const {
    return std::ranges::any_of(sideFiles, [](const auto& file) { return isComponentConfig(file.name); });
}

const PipelineFile* Component::findFile(std::string_view file) const {
    for (const auto* files : {&sideFiles, &weightFiles}) {
        const auto found = std::ranges::lower_bound(*files, file, {}, &PipelineFile::name);
        if (found != files->end() && found->name == file)
            return &*found;
    }
    return nullptr;
}

const Component* Pipeline::find(std::string_view component) const {
    const auto found = std::ranges::find(components, component, &Component::name);
    return found == components.end() ? nullptr : &*found;
}

std::vector<std::string> Pipeline::variants() const {
    std::set<std::string> found;
    for (const auto& component : components)
        for (const auto& weights : component.weights)
            if (!weights.pickled && !weights.set.variant.empty())
                found.insert(weights.set.variant);
    return {found.begin(), found.end()};
}

Result<Pipeline> readPipeline(const FileTree& tree, const JobContext& context) {
    return PipelineReader(tree, context).read();
}

std::optional<std::size_t> chooseWeights(const Component& component, std::string_view variant) {
    std::optional<std::size_t> plain, only;
    std::size_t usable = 0;
    for (std::size_t i = 0; i < component.weights.size(); ++i) {
        const auto& weights = component.weights[i];
        if (weights.pickled || weights.set.files.empty())
            continue;
        if (!variant.empty() && weights.set.variant == variant)
            return i;
        if (weights.set.variant.empty() && !plain)
            plain = i;
        if (!weights.forTraining() && usable++ == 0)
            only = i;
    }
    if (plain)
        return plain;
    return usable == 1 ? only : std::nullopt;
}

bool isComponentConfig(std::string_view file) {
    return std::ranges::find(ComponentConfigs, file) != ComponentConfigs.end();
}

} // namespace shardlens::diffusers
