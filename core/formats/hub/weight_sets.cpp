// SPDX-License-Identifier: Apache-2.0
#include "formats/hub/weight_sets.h"

#include "formats/hub/shard_name.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <tuple>
#include <utility>

namespace shardlens::hub {

namespace {

struct NamedFile {
    std::string file;
    ShardName name;
};
using NamedFiles = std::vector<const NamedFile*>;

bool mayBeFile(const TreeName& name) {
    // A link that leads nowhere is a file that is missing: somebody wanted it to be here.
    return name.kind == NameKind::File || (name.kind == NameKind::Other && name.isLink);
}

void append(WeightSet& set, const NamedFile& file) {
    set.files.push_back(file.file);
    set.slices |= file.name.isSliceFile();
}

/// Of shards with one stem, those of one numbering: a complete one before others, then the one of most files.
void takeNumbered(WeightSet& set, const NamedFiles& shards) {
    std::map<std::uint32_t, std::set<std::uint32_t>> numbers; // by count
    for (const auto* shard : shards)
        numbers[shard->name.count].insert(shard->name.number.value_or(0));
    auto best = numbers.begin();
    const auto merit = [](const auto& entry) {
        return std::pair(entry.second.size() >= entry.first, entry.second.size());
    };
    for (auto it = numbers.begin(); it != numbers.end(); ++it)
        if (merit(*it) > merit(*best))
            best = it;
    for (const auto* shard : shards)
        if (shard->name.count == best->first)
            append(set, *shard);
        else
            set.leftover.push_back(shard->file);
    set.count = best->first;
}

/// Puts the files of one variant that no index claims into sets.
class FreeFiles {
public:
    FreeFiles(std::string variant, bool besideIndex, std::vector<WeightSet>& sets)
        : m_variant(std::move(variant))
        , m_besideIndex(besideIndex)
        , m_sets(sets) {}

    void add(const NamedFile& file) {
        if (file.name.isSliceFile())
            m_slices.push_back(&file);
        else if (file.name.number)
            m_numbered[file.name.stem].push_back(&file);
        else
            m_loose.push_back(&file);
    }

    void group() {
        if (!m_besideIndex && !m_slices.empty())
            return together(m_slices.front()->name.stem);
        if (!m_slices.empty())
            addSlices();
        if (!m_besideIndex && m_numbered.size() == 1 && !std::ranges::any_of(m_loose, [&](const auto* file) {
                return file->name.stem == m_numbered.begin()->first || isCanonicalStem(file->name.stem);
            }))
            return together(m_numbered.begin()->first);
        if (!m_besideIndex && m_numbered.empty() && canonicalStems() < 2)
            return loose();
        for (const auto& [stem, shards] : m_numbered)
            takeNumbered(fresh(stem), shards);
        for (const auto* file : m_loose)
            append(fresh(file->name.stem), *file);
    }

private:
    WeightSet& fresh(const std::string& stem) {
        auto& set = m_sets.emplace_back();
        set.stem = stem;
        set.variant = m_variant;
        return set;
    }

    std::size_t canonicalStems() const {
        return static_cast<std::size_t>(std::ranges::count_if(
            m_loose, [](const auto* file) { return isCanonicalStem(file->name.stem); }));
    }

    void addSlices() {
        auto& set = fresh(m_slices.front()->name.stem);
        for (const auto* file : m_slices)
            append(set, *file);
    }

    void together(const std::string& stem) {
        auto& set = fresh(stem);
        for (const auto* file : m_slices)
            append(set, *file);
        for (const auto& [name, shards] : m_numbered)
            takeNumbered(set, shards);
        if (!m_slices.empty())
            set.count = 0; // a rank's files need not have every number
        for (const auto* file : m_loose)
            append(set, *file);
    }

    void loose() {
        if (m_loose.empty())
            return;
        const auto telling =
            std::ranges::find_if(m_loose, [](const auto* file) { return isCanonicalStem(file->name.stem); });
        auto& set = fresh((telling == m_loose.end() ? m_loose.front() : *telling)->name.stem);
        for (const auto* file : m_loose)
            append(set, *file);
        set.loose = set.files.size() > 1;
    }

    std::string m_variant;
    bool m_besideIndex;
    std::vector<WeightSet>& m_sets;
    NamedFiles m_slices, m_loose;
    std::map<std::string, NamedFiles> m_numbered; // by stem
};

/// The index's set that a file belongs to, or null.
WeightSet* claimingSet(std::span<WeightSet> sets, const NamedFile& file, const IndexNames& indexNames) {
    WeightSet* like = nullptr;
    for (auto& set : sets) {
        const bool sameName = set.stem == file.name.stem && set.variant == file.name.variant;
        if (sameName && file.name.number && !file.name.isSliceFile())
            like = &set;
    }
    if (like)
        return like;
    for (auto& set : sets)
        if (indexNames(set.index, file.file))
            return &set;
    return nullptr;
}

/// Smaller comes first: plain variants, whole tensors before slices, the stems that models have, single files
/// before shards (as transformers looks for them).
auto obviousness(const WeightSet& set) {
    constexpr std::array<std::string_view, 3> first{"model", "diffusion_pytorch_model", "pytorch_model"};
    constexpr std::array<std::string_view, 3> last{"adapter_model", "consolidated", "optimizer"};
    const auto inFirst = std::ranges::find(first, set.stem) - first.begin();
    const auto inLast = std::ranges::find(last, set.stem);
    const auto stem = inLast == last.end() ? inFirst : 10 + (inLast - last.begin());
    const bool empty = set.files.empty();
    return std::tuple(!set.variant.empty(), empty, set.slices, stem,
                      set.files.size() > 1 || !set.index.empty());
}

} // namespace

std::vector<WeightSet> findWeightSets(std::span<const TreeName> names, const IndexNames& indexNames) {
    std::vector<WeightSet> sets;
    std::vector<NamedFile> files;
    for (const auto& name : names) {
        if (!mayBeFile(name))
            continue;
        if (auto shard = parseShardName(name.name)) {
            files.push_back({name.name, std::move(*shard)});
        } else if (auto index = parseIndexName(name.name)) {
            auto& set = sets.emplace_back();
            set.stem = std::move(index->stem);
            set.variant = std::move(index->variant);
            set.index = name.name;
        }
    }
    const std::size_t indexes = sets.size();
    std::map<std::string, std::vector<const NamedFile*>> unclaimed; // by variant
    for (const auto& file : files)
        if (auto* set = claimingSet(std::span(sets).first(indexes), file, indexNames))
            append(*set, file);
        else
            unclaimed[file.name.variant].push_back(&file);
    std::set<std::string> indexed;
    for (const auto& set : sets)
        indexed.insert(set.variant);
    for (const auto& [variant, group] : unclaimed) {
        FreeFiles grouping(variant, indexed.contains(variant), sets);
        for (const auto* file : group)
            grouping.add(*file);
        grouping.group();
    }
    for (auto& set : sets)
        std::ranges::sort(set.files);
    std::ranges::stable_sort(sets, {}, obviousness);
    return sets;
}

const WeightSet* findSetOf(std::span<const WeightSet> sets, std::string_view file) {
    for (const auto& set : sets)
        if (set.index == file || std::ranges::find(set.files, file) != set.files.end() ||
            std::ranges::find(set.leftover, file) != set.leftover.end())
            return &set;
    return nullptr;
}

} // namespace shardlens::hub
