// SPDX-License-Identifier: Apache-2.0
#include "convert/dduf_weight_map.h"

#include "convert/dduf_names.h"
#include "convert/dduf_rules.h"
#include "convert/metadata_files.h"
#include "formats/hub/shard_name.h"
#include "formats/hub/weight_index.h"
#include "formats/safetensors/header.h"
#include "formats/safetensors/writer.h"
#include "model/value_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace shardlens::convert {

namespace {

using Map = std::vector<std::pair<std::string_view, std::string>>; // tensor, file in the component's folder

/// JSON as huggingface_hub writes it: indent 2, no final newline.
std::string indexText(const std::string& metadata, const Map& map) {
    std::string out = "{\n  \"metadata\": " + metadata + ",\n  \"weight_map\": {";
    for (std::size_t i = 0; i != map.size(); ++i) {
        out += i == 0 ? "\n    " : ",\n    ";
        safetensors::appendJsonString(out, map[i].first);
        out += ": ";
        safetensors::appendJsonString(out, map[i].second);
    }
    return out + (map.empty() ? "}\n}" : "\n  }\n}");
}

/// A nested value's lines, moved in by one level.
std::string indented(std::string text) {
    for (std::size_t at = 0; (at = text.find('\n', at)) != text.npos; at += 3)
        text.insert(at + 1, "  ");
    return text;
}

/// Counts what is wrong and remembers the first.
struct Count {
    std::uint64_t number = 0;
    std::string first;

    void add(std::string_view name) {
        if (number++ == 0)
            first = name;
    }
};

class Fitter {
public:
    Fitter(Draft& draft, const DraftWeights& weights, const JobContext& context)
        : m_draft(draft)
        , m_weights(weights)
        , m_context(context) {}

    Result<void> fit() {
        for (const auto& name : m_weights.files)
            if (const auto* entry = m_draft.find(name))
                for (const auto& tensor : entry->tensors)
                    m_fileOf.emplace(tensor, baseName(entry->name));
        return m_weights.index.empty() ? withoutIndex() : withIndex();
    }

private:
    Result<void> withIndex() {
        auto* entry = m_draft.find(m_weights.index);
        if (entry == nullptr || !entry->source)
            return {};
        auto read = hub::readWeightIndex(*entry->source, m_context);
        if (!read) {
            if (read.error().rule->id == rules::JobCancelled.id)
                return Failure(std::move(read).error());
            Finding finding;
            finding.what = std::move(read).error();
            m_draft.plan.write.notes.push_back(std::move(finding));
            return {};
        }
        const auto& index = *read;
        noteMissingFiles(index);
        Map map;
        const bool same = compare(index, map);
        if (same && m_weights.variant.empty())
            return {};
        const auto metadata =
            index.metadata.kind() == Value::Kind::Dict ? indented(toJson(index.metadata)) : std::string("{}");
        entry->text = indexText(metadata, map);
        m_draft.plan.write.inputs.push_back(std::move(entry->source));
        entry->source = nullptr;
        return {};
    }

    void noteMissingFiles(const hub::WeightIndex& index) {
        for (const auto& file : index.files) {
            const auto plain = m_weights.component + "/" + plainWeightName(file);
            if (std::ranges::find(m_weights.files, plain) == m_weights.files.end())
                m_draft.note(rules::ExportShardMissing,
                             {m_weights.component, m_weights.component + "/" + file}, m_weights.index);
        }
    }

    /// The map as it must be; true where it is the index's own.
    bool compare(const hub::WeightIndex& index, Map& map) {
        Count absent, wrong, unmapped;
        std::set<std::string_view> named;
        for (std::uint32_t i = 0; i != index.count(); ++i) {
            const auto tensor = index.names.at(i);
            if (!named.insert(tensor).second)
                continue;
            const auto found = m_fileOf.find(tensor);
            if (found == m_fileOf.end()) {
                absent.add(tensor);
                continue;
            }
            if (found->second != plainWeightName(index.files[index.fileOf[i]]))
                wrong.add(tensor);
            map.emplace_back(found->first, found->second);
        }
        for (const auto& [tensor, file] : m_fileOf)
            if (!named.contains(tensor) && (unmapped.number == 0 || tensor < unmapped.first))
                unmapped.first = tensor;
        unmapped.number = m_fileOf.size() - map.size();
        note(rules::ExportTensorMissing, absent);
        note(rules::ExportMapCorrected, wrong);
        note(rules::ExportUnmapped, unmapped);
        return wrong.number == 0;
    }

    void note(const Rule& rule, const Count& count) {
        if (count.number != 0)
            m_draft.note(rule, {m_weights.index, count.number, count.first}, m_weights.index);
    }

    /// Shards that their names number, and nothing else ties together.
    Result<void> withoutIndex() {
        noteMissingNumbers();
        if (m_weights.files.size() < 2)
            return {};
        Map map;
        std::uint64_t bytes = 0;
        for (const auto& name : m_weights.files) {
            const auto* entry = m_draft.find(name);
            if (entry == nullptr || !entry->source)
                return {};
            SHARDLENS_TRY(const auto header, safetensors::readHeader(*entry->source, m_context));
            bytes += header.data.size();
            for (const auto& tensor : entry->tensors)
                map.emplace_back(tensor, baseName(name));
        }
        std::ranges::sort(map);
        DraftEntry index;
        index.name = m_weights.component + "/" + m_weights.stem + ".safetensors.index.json";
        index.role = PlannedFile::Role::Index;
        index.text = indexText(fmt::format("{{\n    \"total_size\": {}\n  }}", bytes), map);
        m_draft.entries.push_back(std::move(index));
        m_draft.note(rules::ExportIndexMade, {m_weights.component}, m_weights.component);
        return {};
    }

    void noteMissingNumbers() {
        std::set<std::uint32_t> there;
        for (const auto& name : m_weights.files)
            if (const auto shard = hub::parseShardName(baseName(name)); shard && shard->number)
                there.insert(*shard->number);
        if (there.empty() || there.size() >= m_weights.count)
            return;
        std::uint32_t first = 1;
        while (there.contains(first))
            ++first;
        m_draft.note(rules::ExportShardMissing,
                     {m_weights.component, fmt::format("shard {} of {}", first, m_weights.count)},
                     m_weights.component);
    }

    Draft& m_draft;
    const DraftWeights& m_weights;
    const JobContext& m_context;
    std::unordered_map<std::string_view, std::string> m_fileOf; // views into the entries' tensors
};

} // namespace

Result<void> fitWeightMaps(Draft& draft, const JobContext& context) {
    // Room for the indexes that are made, so that no entry moves while others look at its names.
    draft.entries.reserve(draft.entries.size() + draft.weights.size());
    for (const auto& weights : draft.weights) {
        SHARDLENS_CHECK(context.checkStop());
        SHARDLENS_CHECK(Fitter(draft, weights, context).fit());
    }
    return {};
}

} // namespace shardlens::convert
