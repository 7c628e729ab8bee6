// SPDX-License-Identifier: Apache-2.0
#include "formats/hub/pickled_sets.h"

#include "formats/hub/shard_name.h"
#include "formats/hub/weight_index.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

namespace shardlens::hub {

namespace {

constexpr std::string_view Pickled = ".bin", Plain = ".safetensors";

/// transformers names pickles like safetensors files but for the ending, so that one set of rules serves
/// both.
std::string swapEnding(std::string_view file, std::string_view from, std::string_view to) {
    std::string out(file);
    const auto index = out.find(std::string(from) + ".index");
    const auto at = index != std::string::npos ? index
                    : file.ends_with(from)     ? file.size() - from.size()
                                               : std::string::npos;
    // A numbering may follow the ending: `pytorch_model.bin-00001-of-00002.bin` has two.
    if (at != std::string::npos)
        out.replace(at, from.size(), to);
    return out;
}

/// Which files each index names, read once.
class PickledIndexes {
public:
    PickledIndexes(const FileTree& folder, const JobContext& context)
        : m_folder(folder)
        , m_context(context) {}

    bool names(const std::string& index, const std::string& file) {
        auto [known, isNew] = m_files.try_emplace(index);
        if (isNew) {
            const auto source = m_folder.open(swapEnding(index, Plain, Pickled));
            auto read =
                source ? readWeightIndex(**source, m_context) : Result<WeightIndex>(Failure(source.error()));
            if (read)
                known->second = std::move(read->files);
        }
        return std::ranges::find(known->second, swapEnding(file, Plain, Pickled)) != known->second.end();
    }

private:
    const FileTree& m_folder;
    const JobContext& m_context;
    std::map<std::string, std::vector<std::string>> m_files;
};

bool standsAlone(std::string_view file) {
    return file.ends_with(".pt") || file.ends_with(".pth") || file.ends_with(".ckpt");
}

} // namespace

bool isPickledIndex(std::string_view file) {
    return file.find(".bin.index") != std::string_view::npos && file.ends_with(".json");
}

std::vector<WeightSet> findPickledSets(const FileTree& folder, std::span<const TreeName> names,
                                       const JobContext& context) {
    std::vector<TreeName> mapped;
    std::vector<WeightSet> alone;
    for (const auto& name : names) {
        if (name.kind != NameKind::File)
            continue;
        if (name.name.ends_with(Pickled) || isPickledIndex(name.name)) {
            mapped.push_back(name);
            mapped.back().name = swapEnding(name.name, Pickled, Plain);
        } else if (standsAlone(name.name)) {
            WeightSet set;
            set.stem = name.name;
            set.files = {name.name};
            alone.push_back(std::move(set));
        }
    }
    std::ranges::sort(mapped, {}, &TreeName::name);
    PickledIndexes indexes(folder, context);
    auto sets = findWeightSets(mapped, [&](const std::string& index, const std::string& file) {
        return indexes.names(index, file);
    });
    const auto back = [](std::vector<std::string>& files) {
        for (auto& file : files)
            file = swapEnding(file, Plain, Pickled);
    };
    for (auto& set : sets) {
        back(set.files);
        back(set.leftover);
        if (!set.index.empty())
            set.index = swapEnding(set.index, Plain, Pickled);
    }
    std::ranges::move(alone, std::back_inserter(sets));
    return sets;
}

} // namespace shardlens::hub
