// SPDX-License-Identifier: Apache-2.0
#include "convert/shard_layout.h"

#include "convert/name_pattern.h"
#include "convert/note.h"
#include "convert/rules.h"

#include <algorithm>
#include <numeric>
#include <string_view>
#include <unordered_map>

namespace shardlens::convert {

namespace {

constexpr std::uint64_t DefaultShardBytes = 5'000'000'000; // huggingface_hub 2.4's 5GB

/// The chosen tensors in the map's order, and each one's file.
struct Mapped {
    std::vector<std::size_t> order;
    std::vector<std::uint32_t> file;
};

void noteShapes(const Checkpoint& source, const Mapping& mapping, const std::vector<std::size_t>& order,
                Choice& choice) {
    if (!mapping.reference)
        return;
    std::vector<TensorId> differing;
    for (const auto i : order) {
        const auto& chosen = choice.tensors[i];
        const auto id = mapping.reference->findTensor(chosen.name);
        if (id && !equal(mapping.reference->tensor(*id).shape(), source.tensor(chosen.tensor).shape()))
            differing.push_back(chosen.tensor);
    }
    if (!differing.empty())
        addNote(choice.notes, rules::ConvertShapeDiffers,
                {std::uint64_t{differing.size()}, mapping.title,
                 std::string(source.tensor(differing.front()).name())},
                differing);
}

Mapped applyMapping(const Checkpoint& source, const Mapping& mapping, Choice& choice) {
    std::unordered_map<std::string_view, std::size_t> byName;
    for (std::size_t i = 0; i != choice.tensors.size(); ++i)
        byName.emplace(choice.tensors[i].name, i);
    std::unordered_map<std::string_view, bool>
        known; // names that need no tensor: aliases, and what was left out on purpose
    for (const auto& alias : choice.aliases)
        known.emplace(alias.dropped, true);
    for (const auto& skipped : choice.skipped)
        known.emplace(skipped.name, true);
    Mapped mapped;
    std::vector<bool> placed(choice.tensors.size());
    std::vector<std::string> absent, unmapped;
    for (const auto& [name, file] : mapping.files) {
        const auto found = byName.find(name);
        if (found == byName.end()) {
            if (!known.contains(name))
                absent.push_back(name);
        } else if (!placed[found->second]) {
            placed[found->second] = true;
            mapped.order.push_back(found->second);
            mapped.file.push_back(file);
        }
    }
    std::vector<TensorId> lost;
    for (std::size_t i = 0; i != placed.size(); ++i)
        if (!placed[i]) {
            lost.push_back(choice.tensors[i].tensor);
            unmapped.push_back(choice.tensors[i].name);
        }
    if (!absent.empty())
        addNote(choice.notes, rules::ConvertMappedAbsent,
                {std::uint64_t{absent.size()}, mapping.title, firstNames(absent)});
    if (!lost.empty())
        addNote(choice.notes, rules::ConvertUnmapped,
                {std::uint64_t{lost.size()}, mapping.title, firstNames(unmapped)}, lost);
    noteShapes(source, mapping, mapped.order, choice);
    return mapped;
}

void nameBySize(ShardLayout& layout, const std::vector<std::vector<std::size_t>>& parts,
                const std::string& pattern) {
    for (std::size_t i = 0; i != parts.size(); ++i)
        layout.shards.push_back(
            {parts.size() == 1 ? plainName(pattern) : numberedName(pattern, i + 1, parts.size()), parts[i]});
    layout.index = parts.size() > 1;
}

/// Files that no tensor goes to are not written; numbered ones close up.
void nameByMapping(ShardLayout& layout, const Mapping& mapping, const Mapped& mapped,
                   const std::string& pattern, Choice& choice) {
    std::vector<Shard> all(mapping.fileNames.size());
    for (std::size_t i = 0; i != mapped.order.size(); ++i)
        all[mapped.file[i]].tensors.push_back(mapped.order[i]);
    const auto empty = [](const Shard& shard) {
        return shard.tensors.empty();
    };
    const auto count = all.size() - static_cast<std::size_t>(std::ranges::count_if(all, empty));
    std::size_t number = 0;
    for (std::size_t i = 0; i != all.size(); ++i) {
        if (empty(all[i]))
            continue;
        all[i].name = mapping.numbered ? numberedName(pattern, ++number, count) : mapping.fileNames[i];
        layout.shards.push_back(std::move(all[i]));
    }
    layout.index = mapping.writesIndex;
    if (!mapping.numbered && !layout.shards.empty())
        layout.pattern = patternOf(layout.shards.front().name);
    layout.mapped = true;
    if (mapping.renumbered || (mapping.numbered && count != mapping.fileNames.size()))
        addNote(choice.notes, rules::ConvertRenumbered, {mapping.title, std::uint64_t{count}});
}

} // namespace

std::vector<std::vector<std::size_t>> splitBySize(const std::vector<Chosen>& tensors,
                                                  const std::vector<std::size_t>& order,
                                                  std::uint64_t maxBytes) {
    std::vector<std::vector<std::size_t>> parts;
    std::vector<std::size_t> current;
    std::uint64_t bytes = 0;
    for (const auto i : order) {
        const auto size = tensors[i].bytes;
        if (size > maxBytes) {
            parts.push_back({i});
            continue;
        }
        if (size > maxBytes - bytes) {
            parts.push_back(std::move(current));
            current.clear();
            bytes = 0;
        }
        current.push_back(i);
        bytes += size;
    }
    if (!current.empty())
        parts.push_back(std::move(current));
    return parts;
}

Result<ShardLayout> layOut(const Checkpoint& source, const std::optional<Mapping>& mapping,
                           const Options& options, const std::string& pattern, const std::string& onlyFile,
                           Choice& choice) {
    ShardLayout layout;
    layout.pattern = pattern;
    Mapped mapped;
    mapped.order.resize(choice.tensors.size());
    std::iota(mapped.order.begin(), mapped.order.end(), std::size_t{0});
    if (mapping)
        mapped = applyMapping(source, *mapping, choice);
    if (mapped.order.empty())
        return layout;
    if (!onlyFile.empty() || options.singleFile) {
        layout.shards.push_back({onlyFile.empty() ? plainName(pattern) : onlyFile, std::move(mapped.order)});
        layout.mapped = mapping.has_value();
    } else if (mapping && !mapping->ordersOnly) {
        nameByMapping(layout, *mapping, mapped, pattern, choice);
    } else {
        nameBySize(
            layout,
            splitBySize(choice.tensors, mapped.order, options.maxShardSize.value_or(DefaultShardBytes)),
            pattern);
        layout.mapped = mapping.has_value();
    }
    const bool named = mapping && !mapping->ordersOnly && !mapping->numbered;
    if (layout.shards.size() > 1 && !named && !hasSuffix(pattern))
        addNote(choice.notes, rules::ConvertManyFiles, {std::uint64_t{layout.shards.size()}, pattern});
    return layout;
}

} // namespace shardlens::convert
