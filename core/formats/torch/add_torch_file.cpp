// SPDX-License-Identifier: Apache-2.0
#include "formats/torch/add_torch_file.h"

#include "base/checked.h"
#include "base/escape.h"
#include "base/units.h"
#include "formats/pickle/findings.h"
#include "formats/pickle/rules.h"
#include "formats/pickle/to_value.h"
#include "formats/torch/rules.h"

#include <algorithm>
#include <map>
#include <unordered_map>
#include <utility>

namespace shardlens::torch {

namespace {

/// The bytes of its storage that a tensor touches, for maps.
ByteRange touchedBytes(const TensorRecipe& recipe, ByteRange storage) {
    const auto bits = bitsOf(recipe.dtype);
    const auto extent = recipe.extent().value_or(0);
    if (extent <= recipe.start)
        return {storage.begin, storage.begin};
    return {storage.begin + recipe.start * bits / 8, storage.begin + (extent * bits + 7) / 8};
}

class Adder {
public:
    Adder(CheckpointBuilder& builder, const std::shared_ptr<const TorchFile>& file, FileId id,
          TorchBackend& backend, const JobContext& context)
        : m_builder(builder)
        , m_file(file)
        , m_id(id)
        , m_backend(backend)
        , m_context(context)
        , m_name(file->source->name()) {}

    Result<std::vector<TensorId>> run() {
        for (auto region : m_file->regions) {
            region.file = m_id;
            m_builder.addRegion(std::move(region));
        }
        m_backend.addChecksums(m_file, m_id);
        std::size_t step = 0;
        for (const auto& leaf : m_file->state.leaves) {
            if (++step % 1024 == 0)
                SHARDLENS_CHECK(m_context.checkStop());
            if (leaf.tensor)
                SHARDLENS_CHECK(addTensorLeaf(leaf));
            else
                addValue(leaf);
        }
        report();
        return std::move(m_tensors);
    }

private:
    Subject fileSubject() const { return {Subject::Kind::File, m_id.value()}; }

    Result<void> addTensorLeaf(const Leaf& leaf) {
        auto recipe = readTensor(*m_file->pickle, leaf.node);
        if (recipe && !recipe->plain()) {
            addDescribed(leaf, *recipe);
            return {};
        }
        SHARDLENS_TRY(const auto id, newTensor(leaf));
        if (!recipe) {
            auto error = std::move(recipe).error();
            error.where = {m_name, std::nullopt, leaf.name};
            m_builder.addFinding({std::move(error), {Subject::Kind::Tensor, id.value()}, {id}});
            return {};
        }
        m_builder.setDType(id, recipe->dtype);
        m_builder.setShape(id, recipe->shape);
        m_builder.setFacts(id, factsOf(*recipe));
        addSlice(id, leaf, *recipe);
        return {};
    }

    /// A storage is told where the tensor is not all of it.
    std::vector<Fact> factsOf(const TensorRecipe& recipe) const {
        auto facts = recipe.facts;
        const auto found = m_file->storages.find(recipe.storage.key);
        if (found == m_file->storages.end() || !found->second.usable)
            return facts;
        const auto& [bytes, usable, problem, users] = found->second;
        if (users == 1 && touchedBytes(recipe, bytes) == bytes)
            return facts;
        std::string text = std::string(recipe.storage.key) + ", " + formatBytes(bytes.size());
        if (users > 1)
            text += ", " + std::to_string(users) + " tensors";
        facts.emplace_back("storage", std::move(text));
        return facts;
    }

    Result<TensorId> newTensor(const Leaf& leaf) {
        auto name = leaf.name;
        SHARDLENS_TRY(auto added, m_builder.addTensor(name));
        for (int suffix = 2; !added.isNew; ++suffix) {
            name = leaf.name + "#" + std::to_string(suffix);
            SHARDLENS_TRY(added, m_builder.addTensor(name));
        }
        if (name != leaf.name)
            m_builder.addFinding(rules::torch::NameCollision, {leaf.name, name}, {m_name, std::nullopt, name},
                                 {Subject::Kind::Tensor, added.id.value()}, {added.id});
        const auto dots = static_cast<std::size_t>(std::count(name.begin(), name.end(), '.'));
        if (dots != leaf.separators.size())
            m_builder.setCuts(added.id, leaf.separators);
        m_tensors.push_back(added.id);
        return added.id;
    }

    void addSlice(TensorId id, const Leaf& leaf, const TensorRecipe& recipe) {
        const auto found = m_file->storages.find(recipe.storage.key);
        const auto detail = m_backend.add(m_file, leaf.node);
        if (found == m_file->storages.end() || !found->second.usable) {
            m_broken[recipe.storage.key].push_back(id);
            m_builder.addWholeSlice(id, recipe.dtype, m_id, {}, detail);
            return;
        }
        const auto& place = found->second;
        const auto held = place.bytes.size() * 8 / bitsOf(recipe.dtype);
        const auto extent = recipe.extent();
        if (!extent || *extent > held) {
            m_builder.addFinding(rules::torch::OutsideStorage, {extent.value_or(~0ULL), held},
                                 {m_name, place.bytes.begin, leaf.name}, {Subject::Kind::Tensor, id.value()},
                                 {id});
            m_builder.addWholeSlice(id, recipe.dtype, m_id, {}, detail);
            return;
        }
        m_builder.addWholeSlice(id, recipe.dtype, m_id, touchedBytes(recipe, place.bytes), detail);
        if (place.users > 1) {
            m_builder.setStorage(id, storageNumber(recipe.storage.key));
            m_tied.push_back(id);
        }
        if (m_file->order == ByteOrder::Big && recipe.storage.untyped && bitsOf(recipe.dtype) > 8)
            m_untypedBig.push_back(id);
    }

    std::uint32_t storageNumber(std::string_view key) {
        // Unique over the files of a checkpoint: the number of the file stands above.
        const auto number = static_cast<std::uint32_t>(m_storageNumbers.size());
        return (m_id.value() << 20) + m_storageNumbers.try_emplace(key, number).first->second;
    }

    EntryId addEntry(const Leaf& leaf, std::string typeName) {
        EntryRecord entry;
        entry.name = leaf.name;
        entry.cuts = leaf.separators;
        entry.ownCuts = true;
        entry.typeName = std::move(typeName);
        entry.file = m_id;
        entry.detail = m_backend.add(m_file, leaf.node);
        return m_builder.addEntry(std::move(entry));
    }

    void addValue(const Leaf& leaf) {
        // A TorchScript module's attributes are the program's, not the checkpoint's.
        if (m_file->kind != TorchFile::Kind::Script)
            addEntry(leaf, pickle::typeName(*m_file->pickle, leaf.node));
    }

    void addDescribed(const Leaf& leaf, const TensorRecipe& recipe) {
        const auto id = addEntry(leaf, "torch.Tensor");
        m_builder.addFinding(rules::torch::NotPlain, {leaf.name, recipe.reason},
                             {m_name, std::nullopt, leaf.name}, {Subject::Kind::Entry, id.value()});
    }

    void report() {
        for (auto& [key, tensors] : m_broken) {
            const auto found = m_file->storages.find(key);
            auto problem =
                found != m_file->storages.end()
                    ? found->second.problem
                    : Error{&rules::torch::StorageMissing, {std::string(key)}, {m_name, std::nullopt, {}}};
            m_builder.addFinding({std::move(problem), fileSubject(), std::move(tensors)});
        }
        for (const auto& anomaly : m_file->anomalies)
            m_builder.addFinding({anomaly, fileSubject(), {}});
        for (auto& finding : pickle::globalFindings(*m_file->pickle, {m_name, std::nullopt, {}})) {
            // A script's own classes are its code, which is looked at by nobody here.
            if (m_file->kind == TorchFile::Kind::Script &&
                finding.what.rule == &rules::pickle::UnknownGlobals)
                continue;
            finding.subject = fileSubject();
            m_builder.addFinding(std::move(finding));
        }
        reportTied();
        if (m_file->kind == TorchFile::Kind::Legacy)
            m_builder.addFinding(rules::torch::LegacyFormat, {}, {m_name, 0, {}}, fileSubject());
        if (m_file->kind == TorchFile::Kind::Script)
            m_builder.addFinding(rules::torch::ScriptArchive, {}, {m_name, 0, {}}, fileSubject());
        if (m_file->state.truncated)
            m_builder.addFinding(rules::torch::TooManyValues, {std::uint64_t{m_file->state.leaves.size()}},
                                 {m_name, std::nullopt, {}}, fileSubject());
        if (!m_untypedBig.empty())
            m_builder.addFinding(rules::torch::BigEndianUntyped, {}, {m_name, std::nullopt, {}},
                                 fileSubject(), std::move(m_untypedBig));
    }

    void reportTied() {
        constexpr std::size_t named = 4;
        if (m_tied.empty())
            return;
        std::string names;
        for (std::size_t i = 0; i < std::min(named, m_tied.size()); ++i)
            names += (i > 0 ? ", " : "") + std::string(m_builder.name(m_tied[i]));
        m_builder.addFinding(rules::torch::TiedTensors,
                             {std::uint64_t{m_tied.size()}, std::uint64_t{m_storageNumbers.size()}, names},
                             {m_name, std::nullopt, {}}, fileSubject(), m_tied);
    }

    CheckpointBuilder& m_builder;
    const std::shared_ptr<const TorchFile>& m_file;
    FileId m_id;
    TorchBackend& m_backend;
    const JobContext& m_context;
    const std::string& m_name;
    std::vector<TensorId> m_tensors;
    std::map<std::string_view, std::vector<TensorId>> m_broken; // by storage
    std::unordered_map<std::string_view, std::uint32_t> m_storageNumbers;
    std::vector<TensorId> m_untypedBig;
    std::vector<TensorId> m_tied;
};

} // namespace

Result<std::vector<TensorId>> addTorchFile(CheckpointBuilder& builder,
                                           const std::shared_ptr<const TorchFile>& file, FileId id,
                                           TorchBackend& backend, const JobContext& context) {
    return Adder(builder, file, id, backend, context).run();
}

} // namespace shardlens::torch
