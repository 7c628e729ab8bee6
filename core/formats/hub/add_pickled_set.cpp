// SPDX-License-Identifier: Apache-2.0
#include "formats/hub/add_pickled_set.h"

#include "formats/hub/hub_backend.h"
#include "formats/hub/opened_shard.h"
#include "formats/hub/rules.h"
#include "formats/hub/weight_index.h"
#include "formats/torch/add_torch_file.h"
#include "formats/torch/torch_file.h"
#include "formats/torch/torch_reader.h"
#include "io/path_guard.h"
#include "jobs/parallel_for.h"

#include <algorithm>
#include <map>
#include <unordered_map>
#include <utility>

namespace shardlens::hub {

namespace {

/// Pickles answer for their own entries, the hub for side files.
class PickledBackend final : public torch::TorchBackend {
public:
    Result<Value> value(const Checkpoint& checkpoint, EntryId entry) const override {
        if (checkpoint.entry(entry).kind != EntryRecord::Kind::Value)
            return m_sideFiles.value(checkpoint, entry);
        return TorchBackend::value(checkpoint, entry);
    }

private:
    HubBackend m_sideFiles;
};

struct OpenedPickle {
    std::string name;
    ByteSourcePtr source;
    std::shared_ptr<const torch::TorchFile> file;
    std::optional<Error> problem;
};

class Adder {
public:
    Adder(CheckpointBuilder& builder, const FileTree& folder, const WeightSet& set, const JobContext& context)
        : m_builder(builder)
        , m_folder(folder)
        , m_set(set)
        , m_context(context)
        , m_backend(std::make_shared<PickledBackend>()) {}

    Result<AddedPickles> run() {
        SHARDLENS_CHECK(readIndex());
        SHARDLENS_CHECK(readFiles());
        AddedPickles out;
        for (const auto& opened : m_opened) {
            SHARDLENS_CHECK(addFile(opened));
            if (opened.file) {
                if (out.files++ == 0)
                    out.writer = torch::writerOf(*opened.file);
            }
        }
        reportMissing();
        reportIndex();
        if (m_index)
            out.metadata = m_index->metadata;
        out.backend = m_backend;
        return out;
    }

private:
    Result<void> readIndex() {
        if (m_set.index.empty())
            return {};
        auto source = m_folder.open(m_set.index);
        auto index =
            source ? readWeightIndex(**source, m_context) : Result<WeightIndex>(Failure(source.error()));
        if (!index) {
            if (endsJob(index.error()))
                return Failure(std::move(index).error());
            m_builder.addFinding({std::move(index).error(), {}, {}});
            return {};
        }
        m_index = std::move(*index);
        std::vector<std::uint32_t> counts(m_index->files.size());
        std::vector<std::uint32_t> firsts(m_index->files.size(), ~std::uint32_t{0});
        for (std::uint32_t i = 0; i < m_index->count(); ++i) {
            const auto file = m_index->fileOf[i];
            ++counts[file];
            firsts[file] = std::min(firsts[file], i);
        }
        for (std::size_t i = 0; i < m_index->files.size(); ++i) {
            const auto& file = m_index->files[i];
            const std::string first(m_index->names.at(firsts[i]));
            if (const auto safe = checkPlainName(file); !safe) {
                const auto reason = std::get<std::string>(safe.error().args[1]);
                m_builder.addFinding(rules::hub::WeightMapPath,
                                     {file, std::uint64_t{counts[i]}, first, reason},
                                     {m_set.index, m_index->at[firsts[i]], first});
                continue;
            }
            m_claims.emplace(file, std::pair(std::uint64_t{counts[i]}, first));
        }
        return {};
    }

    /// What the index names and what lies there and belongs to the set by its name, sorted.
    Result<void> readFiles() {
        std::vector<std::string> files = m_set.files;
        for (const auto& [file, claim] : m_claims)
            if (std::ranges::find(files, file) == files.end())
                files.push_back(file);
        std::ranges::sort(files);
        if (files.size() > m_context.limits->files)
            return fail(rules::hub::TooManyFiles, {m_context.limits->files}, {m_set.index, std::nullopt, {}});
        m_opened.resize(files.size());
        return parallelFor(m_context, files.size(), [&](std::size_t i) -> Result<void> {
            auto& opened = m_opened[i];
            opened.name = files[i];
            auto source = m_folder.open(files[i]);
            if (!source) {
                if (m_claims.contains(files[i]))
                    return {}; // reported as missing
                opened.problem = std::move(source).error();
                return {};
            }
            opened.source = std::move(*source);
            auto read = torch::readTorchFile(opened.source, m_context);
            if (read)
                opened.file = std::make_shared<const torch::TorchFile>(std::move(*read));
            else if (endsJob(read.error()))
                return Failure(std::move(read).error());
            else
                opened.problem = std::move(read).error();
            return {};
        });
    }

    Result<void> addFile(const OpenedPickle& opened) {
        FileRecord record;
        record.path = opened.name;
        record.missing = opened.source == nullptr;
        record.bytes = opened.source ? opened.source->size() : 0;
        record.source = opened.source;
        const auto id = m_builder.addFile(std::move(record));
        if (opened.problem)
            m_builder.addFinding({*opened.problem, {Subject::Kind::File, id.value()}, {}});
        if (!opened.file)
            return {};
        SHARDLENS_TRY(const auto tensors,
                      torch::addTorchFile(m_builder, opened.file, id, *m_backend, m_context));
        for (const auto tensor : tensors)
            m_fileOf.emplace(std::string(m_builder.name(tensor)), opened.name);
        return {};
    }

    void reportMissing() {
        for (const auto& opened : m_opened) {
            if (opened.source || opened.problem)
                continue;
            const auto& [count, first] = m_claims.at(opened.name);
            m_builder.addFinding(rules::hub::FileMissing, {opened.name, count, first},
                                 {opened.name, std::nullopt, {}});
        }
        if (m_index || m_set.count <= m_set.files.size())
            return;
        m_builder.addFinding(rules::hub::NumberMissing,
                             {std::uint64_t{m_set.count} - m_set.files.size(), std::uint64_t{m_set.count},
                              firstAbsentNumber()},
                             {m_set.files.empty() ? std::string() : m_set.files.front(), std::nullopt, {}});
    }

    std::uint64_t firstAbsentNumber() const {
        for (std::uint64_t number = 1; number <= m_set.count; ++number) {
            auto digits = std::to_string(number);
            digits.insert(0, digits.size() < 5 ? 5 - digits.size() : 0, '0');
            const auto marker = "-" + digits + "-of-";
            if (std::ranges::none_of(
                    m_set.files, [&](const auto& file) { return file.find(marker) != std::string::npos; }))
                return number;
        }
        return m_set.count;
    }

    /// Names that the index has and the files lack, or have elsewhere, and the other way round.
    void reportIndex() {
        if (!m_index)
            return;
        struct Group {
            std::uint64_t count = 0;
            std::string first, other;
        };
        std::map<std::string, Group> absent, elsewhere, unmapped;
        std::unordered_map<std::string_view, bool> mapped;
        const auto count = [](Group& group, std::string_view first, const std::string& other) {
            if (group.count++ == 0)
                group = {1, std::string(first), other};
        };
        for (std::uint32_t i = 0; i < m_index->count(); ++i) {
            const auto name = m_index->names.at(i);
            const auto& file = m_index->files[m_index->fileOf[i]];
            mapped.emplace(name, true);
            const auto found = m_fileOf.find(std::string(name));
            if (found != m_fileOf.end() && found->second != file)
                count(elsewhere[file], name, found->second);
            else if (found == m_fileOf.end() && wasRead(file))
                count(absent[file], name, {});
        }
        for (const auto& [name, file] : m_fileOf)
            if (!mapped.contains(name))
                count(unmapped[file], name, {});
        for (const auto& [file, group] : absent)
            m_builder.addFinding(rules::hub::TensorAbsent, {file, group.count, group.first},
                                 {file, std::nullopt, {}});
        for (const auto& [file, group] : elsewhere)
            m_builder.addFinding(rules::hub::TensorElsewhere, {file, group.count, group.first, group.other},
                                 {file, std::nullopt, {}});
        for (const auto& [file, group] : unmapped)
            m_builder.addFinding(rules::hub::TensorUnmapped, {file, group.count, group.first},
                                 {file, std::nullopt, {}});
    }

    bool wasRead(const std::string& file) const {
        return std::ranges::any_of(
            m_opened, [&](const OpenedPickle& opened) { return opened.name == file && opened.file; });
    }

    CheckpointBuilder& m_builder;
    const FileTree& m_folder;
    const WeightSet& m_set;
    const JobContext& m_context;
    std::shared_ptr<PickledBackend> m_backend;
    std::optional<WeightIndex> m_index;
    std::map<std::string, std::pair<std::uint64_t, std::string>> m_claims; // file: tensors, the first
    std::vector<OpenedPickle> m_opened;
    std::map<std::string, std::string> m_fileOf; // tensor: file
};

} // namespace

Result<AddedPickles> addPickledSet(CheckpointBuilder& builder, const FileTree& folder, const WeightSet& set,
                                   const JobContext& context) {
    return Adder(builder, folder, set, context).run();
}

} // namespace shardlens::hub
