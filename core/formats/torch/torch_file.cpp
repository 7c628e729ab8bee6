// SPDX-License-Identifier: Apache-2.0
#include "formats/torch/torch_file.h"

#include "formats/pickle/nesting.h"
#include "formats/torch/archive.h"
#include "formats/torch/legacy.h"
#include "formats/torch/rules.h"
#include "formats/zip/entry_data.h"
#include "formats/zip/local_header.h"
#include "jobs/parallel_for.h"

#include <algorithm>
#include <array>

namespace shardlens::torch {

namespace {

constexpr std::size_t MaxAnomalies = 64;

bool isStorageRecord(std::string_view name) {
    return name.starts_with("data/") || name.starts_with("constants/");
}

/// Records as parts of the file. Storages are slices, so that only their headers are regions.
Result<void> addRegions(TorchFile& out, const Archive& archive, const JobContext& context) {
    const auto& entries = archive.directory().entries();
    std::vector<zip::LocalHeader> locals(entries.size());
    SHARDLENS_CHECK(parallelFor(context, entries.size(), [&](std::size_t i) -> Result<void> {
        if (auto local = zip::readLocalHeader(*archive.source(), archive.directory(), entries[i]))
            locals[i] = std::move(*local);
        return {};
    }));
    const auto note = [&out](std::vector<Error>& errors) {
        for (Error& error : errors)
            if (out.anomalies.size() < MaxAnomalies)
                out.anomalies.push_back(std::move(error));
    };
    auto overlaps = zip::findOverlaps(*archive.source(), archive.directory(), locals);
    note(overlaps);
    for (std::size_t i = 0; i < entries.size(); ++i) {
        note(locals[i].disagreements);
        if (locals[i].header.empty())
            continue;
        auto name = std::string(entries[i].name);
        const auto inner = std::string_view(name).substr(std::min(archive.topFolder().size(), name.size()));
        out.regions.push_back({{}, Region::Kind::Header, locals[i].header, name, std::nullopt});
        if (locals[i].data.empty())
            continue;
        if (!isStorageRecord(inner))
            out.regions.push_back({{}, Region::Kind::Record, locals[i].data, name, entries[i].crc32});
        else if (entries[i].crc32 != 0 && entries[i].stored()) // 0: the writer computed none
            out.checksums.push_back({locals[i].data, entries[i].crc32, std::move(name)});
    }
    const auto directory = archive.directory().directoryRange();
    out.regions.push_back({{},
                           Region::Kind::Directory,
                           {directory.begin, archive.directory().endRange().end},
                           "ZIP directory",
                           {}});
    return {};
}

void addFacts(TorchFile& out, const Archive& archive) {
    constexpr std::uint64_t longest = 256;
    const std::array<std::pair<const char*, const char*>, 4> records{
        {{"version", "archive version"},
         {".format_version", "format version"},
         {".storage_alignment", "storage alignment"},
         {"byteorder", "byte order"}}};
    for (const auto& [record, title] : records) {
        const auto* entry = archive.record(record);
        if (entry == nullptr)
            continue;
        if (const auto bytes = zip::readEntry(*archive.source(), archive.directory(), *entry, longest)) {
            std::string text(reinterpret_cast<const char*>(bytes->data()), bytes->size());
            while (!text.empty() && text.back() == '\n')
                text.pop_back();
            out.facts.emplace_back(title, text);
        }
    }
}

/// Every storage that a tensor of the state names, with its place.
Result<void> placeStorages(TorchFile& out, const Archive& archive, const JobContext& context) {
    std::vector<StorageRef> wanted;
    for (const auto& leaf : out.state.leaves) {
        if (!leaf.tensor)
            continue;
        const auto recipe = readTensor(*out.pickle, leaf.node);
        if (!recipe || !recipe->plain())
            continue;
        auto& place = out.storages[recipe->storage.key];
        if (place.users++ == 0)
            wanted.push_back(recipe->storage);
    }
    std::vector<StoragePlace*> places;
    places.reserve(wanted.size());
    for (const auto& storage : wanted)
        places.push_back(&out.storages[storage.key]);
    return parallelFor(context, wanted.size(), [&](std::size_t i) -> Result<void> {
        const auto& storage = wanted[i];
        auto range = archive.recordRange("data/" + std::string(storage.key));
        if (!range) {
            places[i]->usable = false;
            places[i]->problem = std::move(range).error();
            return {};
        }
        places[i]->bytes = *range;
        const auto claimed = storage.bytes();
        if (!claimed || *claimed != range->size()) {
            places[i]->usable = false;
            places[i]->problem = {
                &rules::torch::StorageSize,
                {std::string(storage.key), Bytes{range->size()}, Bytes{claimed.value_or(~0ULL)}},
                {archive.source()->name(), range->begin, {}}};
        }
        return {};
    });
}

Result<TorchFile> readArchive(ByteSourcePtr source, const JobContext& context) {
    TorchFile out;
    out.source = source;
    SHARDLENS_TRY(const auto archive, Archive::open(std::move(source), context));
    out.kind = archive.isScript() ? TorchFile::Kind::Script : TorchFile::Kind::Archive;
    out.order = archive.byteOrder();
    SHARDLENS_TRY(out.pickle, archive.readPickle(context, true));
    UnfoldOptions options;
    options.enterObjects = out.kind == TorchFile::Kind::Script;
    SHARDLENS_TRY(out.state, unfold(*out.pickle, out.pickle->root(), options, context));
    const auto& anomalies = archive.directory().anomalies();
    out.anomalies.assign(anomalies.begin(), anomalies.begin() + static_cast<std::ptrdiff_t>(std::min(
                                                                    anomalies.size(), MaxAnomalies)));
    if (auto nested = pickle::checkNesting(*out.pickle, {out.source->name(), {}, "data.pkl"}, context);
        !nested && nested.error().rule == &rules::JobCancelled)
        return Failure(std::move(nested).error());
    else if (!nested)
        out.anomalies.push_back(std::move(nested).error());
    SHARDLENS_CHECK(addRegions(out, archive, context));
    SHARDLENS_CHECK(placeStorages(out, archive, context));
    addFacts(out, archive);
    out.facts.emplace_back("pickle protocol", std::to_string(out.pickle->protocol()));
    return out;
}

} // namespace

Result<TorchFile> readTorchFile(ByteSourcePtr source, const JobContext& context) {
    std::array<std::byte, 16> head{};
    const auto length = std::min<std::uint64_t>(head.size(), source->size());
    SHARDLENS_CHECK(source->readAt(0, std::span(head).first(length)));
    if (isLegacyHead(std::span(head).first(length)))
        return readLegacyFile(std::move(source), context);
    return readArchive(std::move(source), context);
}

} // namespace shardlens::torch
