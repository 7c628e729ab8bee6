// SPDX-License-Identifier: Apache-2.0
#include "formats/dcp/metadata_value.h"

#include "formats/pickle/shape.h"
#include "formats/pickle/to_value.h"
#include "model/value_graph.h"

#include <memory>
#include <string_view>
#include <utility>

namespace shardlens::dcp {

namespace {

using pickle::Kind;
using pickle::Node;
using pickle::Pickle;
using Pairs = std::vector<std::pair<ValueGraph::Node, ValueGraph::Node>>;

/// Names of a table that are shown: a million of them would take as long as opening the checkpoint.
constexpr std::size_t MaxShown = 20'000;

class FactsGraph {
public:
    FactsGraph(const std::vector<MetadataFile>& metadata, const JobContext& context)
        : m_metadata(metadata)
        , m_context(context)
        , m_graph(std::make_shared<ValueGraph>()) {}

    Result<Value> run() {
        const MetadataFile& first = m_metadata.front();
        const Pickle& p = *first.pickle;
        Pairs root;
        SHARDLENS_CHECK(add(root, "version", p, first.version));
        if (p.is(first.storageMeta, Kind::Object))
            SHARDLENS_CHECK(addStorageMeta(root, first));
        SHARDLENS_CHECK(addTable(root, "planner_data", p, first.planner));
        SHARDLENS_CHECK(addTable(root, "mcore_data", p, first.mcoreData));
        if (const auto plans = p.attribute(p.root(), "all_local_plans"); plans && p.size(*plans) > 0)
            put(root, "all_local_plans", m_graph->addInt(static_cast<std::int64_t>(p.size(*plans))));
        put(root, "class", text(p.global(p.root()) == nullptr ? "" : p.global(p.root())->qualified()));
        put(root, "pickle protocol", m_graph->addInt(p.protocol()));
        Pairs files;
        for (const MetadataFile& file : m_metadata)
            put(files, file.name, m_graph->addInt(static_cast<std::int64_t>(file.bytes)));
        put(root, "metadata files", m_graph->addDict(files));
        const auto node = m_graph->addDict(root);
        return Value(m_graph, node);
    }

private:
    ValueGraph::Node text(std::string_view content) { return m_graph->addText(Value::Kind::String, content); }

    void put(Pairs& pairs, std::string_view key, ValueGraph::Node value) {
        pairs.emplace_back(text(key), value);
    }

    Result<void> add(Pairs& pairs, std::string_view key, const Pickle& pickle, Node node) {
        if (pickle.is(node, Kind::None))
            return {};
        SHARDLENS_TRY(const auto made, addToGraph(*m_graph, pickle, node, m_context));
        put(pairs, key, made);
        return {};
    }

    Result<void> addStorageMeta(Pairs& root, const MetadataFile& file) {
        const Pickle& p = *file.pickle;
        Pairs pairs;
        const auto state = p.state(file.storageMeta);
        const auto items = state ? p.items(*state) : std::span<const Node>();
        for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
            const std::string_view key = p.text(items[i]);
            if (key == "checkpoint_id")
                put(pairs, key, text(trainersPath(file)));
            else
                SHARDLENS_CHECK(add(pairs, key, p, items[i + 1]));
        }
        put(root, "storage_meta", m_graph->addDict(pairs));
        return {};
    }

    Result<void> addTable(Pairs& root, std::string_view key, const Pickle& pickle, Node table) {
        if (!pickle.is(table, Kind::Dict))
            return {};
        const auto items = pickle.items(table);
        const std::size_t count = items.size() / 2;
        if (count > MaxShown) {
            put(root, key, text(std::to_string(count) + " names, too many to show here"));
            return {};
        }
        return add(root, key, pickle, table);
    }

    const std::vector<MetadataFile>& m_metadata;
    const JobContext& m_context;
    std::shared_ptr<ValueGraph> m_graph;
};

} // namespace

Result<Value> metadataValue(const std::vector<MetadataFile>& metadata, const JobContext& context) {
    return FactsGraph(metadata, context).run();
}

std::string trainersPath(const MetadataFile& metadata) {
    const Pickle& p = *metadata.pickle;
    const auto id = p.attribute(metadata.storageMeta, "checkpoint_id");
    if (!id)
        return {};
    return pickle::pathText(p, *id).value_or(std::string(p.text(*id)));
}

std::vector<Fact> metadataFacts(const MetadataFile& metadata) {
    const Pickle& p = *metadata.pickle;
    std::vector<Fact> facts;
    const auto add = [&facts](std::string_view name, std::string_view text) {
        if (!text.empty())
            facts.emplace_back(name, text);
    };
    const auto ofStorage = [&](std::string_view name) {
        return p.text(p.attribute(metadata.storageMeta, name).value_or(Node()));
    };
    add("version", p.text(metadata.version));
    add("saved to", trainersPath(metadata));
    add("save id", ofStorage("save_id"));
    add("load id", ofStorage("load_id"));
    std::string modules;
    for (const Node module : p.items(p.attribute(metadata.storageMeta, "modules").value_or(Node())))
        modules += (modules.empty() ? "" : ", ") + std::string(p.text(module));
    add("modules", modules);
    return facts;
}

} // namespace shardlens::dcp
