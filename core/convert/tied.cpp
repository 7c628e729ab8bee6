// SPDX-License-Identifier: Apache-2.0
#include "convert/tied.h"

#include "convert/note.h"
#include "convert/rules.h"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>
#include <unordered_set>

namespace shardlens::convert {

namespace {

/// True where both are the same elements in the same order. Only for readable tensors of one slice, which is
/// what formats with storages have.
bool sameView(const Checkpoint& source, TensorId a, TensorId b) {
    const auto first = source.tensor(a), second = source.tensor(b);
    if (first.dtype() != second.dtype() || !equal(first.shape(), second.shape()) || first.sliceCount() != 1 ||
        second.sliceCount() != 1)
        return false;
    const auto one = source.payload(first.slice(0)), other = source.payload(second.slice(0));
    return one && other && one->file == other->file && one->bytes == other->bytes &&
           one->start == other->start && one->strides == other->strides && one->order == other->order &&
           one->conj == other->conj && one->neg == other->neg;
}

/// Groups of two and more chosen tensors that are the same view of one storage.
class StorageGroups {
public:
    StorageGroups(const Checkpoint& source, const std::vector<Chosen>& tensors) : m_source(source) {
        std::unordered_map<std::uint32_t, std::vector<TensorId>> byStorage;
        std::vector<std::uint32_t> order;
        for (const auto& chosen : tensors)
            if (const auto storage = source.tensor(chosen.tensor).storage()) {
                auto& members = byStorage[*storage];
                if (members.empty())
                    order.push_back(*storage);
                members.push_back(chosen.tensor);
            }
        for (const auto storage : order)
            if (byStorage[storage].size() > 1)
                split(byStorage[storage]);
    }

    std::vector<std::vector<TensorId>> same;
    std::vector<TensorId> differing; ///< share a storage and are no copies

private:
    void split(const std::vector<TensorId>& members) {
        std::vector<std::vector<TensorId>> groups;
        for (const auto id : members) {
            const auto at = std::ranges::find_if(
                groups, [&](const auto& group) { return sameView(m_source, group.front(), id); });
            if (at == groups.end())
                groups.push_back({id});
            else
                at->push_back(id);
        }
        for (auto& group : groups) {
            if (groups.size() > 1)
                differing.push_back(group.front());
            if (group.size() > 1)
                same.push_back(std::move(group));
        }
    }

    const Checkpoint& m_source;
};

/// Names of one tensor; the first that is not to be dropped is kept.
std::string keptName(const std::set<std::string>& names, const std::unordered_set<std::string>& drop) {
    const auto kept = std::ranges::find_if(names, [&drop](const auto& name) { return !drop.contains(name); });
    return kept == names.end() ? *names.begin() : *kept;
}

} // namespace

Result<void> resolveTied(const CheckpointPtr& source, const Options& options, const JobContext& context,
                         Choice& choice) {
    const std::unordered_set<std::string> drop(options.tiedDrop.begin(), options.tiedDrop.end());
    const StorageGroups groups(*source, choice.tensors);
    SHARDLENS_CHECK(context.checkStop());
    std::vector<std::string> differing;
    for (const auto id : groups.differing)
        differing.emplace_back(source->tensor(id).name());
    if (!differing.empty())
        addNote(choice.notes, rules::ConvertPartial,
                {std::uint64_t{differing.size()}, firstNames(differing)});
    if (options.tied == Tied::Keep) {
        std::unordered_set<std::uint32_t> gone;
        for (const auto& group : groups.same) {
            std::set<std::string> names;
            for (const auto id : group)
                names.emplace(source->tensor(id).name());
            const auto kept = keptName(names, drop);
            for (const auto id : group) {
                const std::string name(source->tensor(id).name());
                if (name == kept)
                    continue;
                gone.insert(id.value());
                choice.aliases.push_back({name, kept});
                choice.skipped.push_back({name, "the same tensor as " + kept, 0});
            }
        }
        std::erase_if(choice.tensors,
                      [&gone](const Chosen& chosen) { return gone.contains(chosen.tensor.value()); });
    }
    // What the source itself records. Its choice of the kept name stands unless the user drops it.
    std::map<std::string, std::set<std::string>, std::less<>> recorded;
    for (const auto& alias : source->aliases())
        if (!source->findTensor(alias.dropped))
            recorded[alias.kept].insert(alias.dropped);
    std::vector<Chosen> tensors;
    for (auto& chosen : choice.tensors) {
        const auto found = recorded.find(chosen.name);
        tensors.push_back(std::move(chosen));
        if (found == recorded.end())
            continue;
        auto names = found->second;
        if (options.tied == Tied::Duplicate) {
            const auto original = tensors.back();
            for (const auto& name : names)
                tensors.push_back({original.tensor, name, original.dtype, original.bytes});
            continue;
        }
        auto kept = tensors.back().name;
        if (drop.contains(kept)) {
            const auto before = kept;
            kept = keptName(names, drop);
            names.erase(kept);
            names.insert(before);
            tensors.back().name = kept;
            choice.renamed.emplace_back(before, kept);
        }
        for (const auto& name : names)
            choice.aliases.push_back({name, kept});
    }
    choice.tensors = std::move(tensors);
    return {};
}

} // namespace shardlens::convert
