// SPDX-License-Identifier: Apache-2.0
#include "formats/dcp/backend.h"

#include "base/limits.h"
#include "base/units.h"
#include "formats/dcp/dims_reading.h"
#include "formats/dcp/item.h"
#include "formats/dcp/rules.h"
#include "formats/pickle/to_value.h"
#include "formats/torch/archive.h"
#include "formats/zip/local_header.h"
#include "io/rules.h"
#include "model/rules.h"

namespace shardlens::dcp {

namespace {

// Values of trainers take kilobytes; a megabyte of a file can unpack to a gigabyte, and what is read from it takes as
// much again.
constexpr std::uint64_t MaxUnpackedValue = 32 * Limits::MiB;

Location at(const Checkpoint& checkpoint, FileId file, std::uint64_t offset, std::string item) {
    Location where;
    if (file.valid()) {
        where.file = checkpoint.file(file).path;
        where.offset = offset;
    }
    where.item = std::move(item);
    return where;
}

Result<ItemPlace> placeOf(const Checkpoint& checkpoint, FileId file, ByteRange range, std::uint32_t detail) {
    ItemPlace place;
    SHARDLENS_TRY(place.source, checkpoint.source(file));
    if (range.end > place.source->size())
        return fail(rules::dcp::ValuePastEnd, {std::uint64_t{1}, checkpoint.file(file).path});
    place.range = range;
    place.layers = static_cast<std::uint8_t>(detail);
    return place;
}

/// A torch.save archive that can be looked into.
bool isArchive(const Checkpoint& checkpoint, FileId file, std::uint32_t detail) {
    return file.valid() && detail <= stored::MaxLayers && !checkpoint.file(file).missing;
}

/// The records of one archive that have a CRC. A compressed one is decoded into memory; above the job's
/// budget it is left to its reader, which goes through it piece by piece.
Result<std::vector<StoredChecksum>> checksumsOf(const Checkpoint& checkpoint, FileId file, ByteRange range,
                                                std::uint32_t detail, const JobContext& context) {
    std::vector<StoredChecksum> out;
    if (!isArchive(checkpoint, file, detail) || range.empty() || range.end > checkpoint.file(file).bytes)
        return out; // findings say so already
    SHARDLENS_TRY(const auto place, placeOf(checkpoint, file, range, detail));
    auto item = openItem(place, context.memory / context.threadCount());
    if (!item && item.error().rule == &rules::TooLarge)
        return out;
    const auto archive =
        item ? torch::Archive::open(*item, context) : Result<torch::Archive>(Failure(item.error()));
    if (!archive)
        return Failure(inFile(archive.error(), place, {}));
    for (const zip::Entry& entry : archive->directory().entries()) {
        if (entry.crc32 == 0 || !entry.stored() || entry.encrypted()) // 0: the writer computed none
            continue;
        const auto local = zip::readLocalHeader(**item, archive->directory(), entry);
        if (!local)
            return Failure(inFile(local.error(), place, {}));
        ByteRange inStore = place.range;
        if (place.layers == 0)
            inStore = {range.begin + local->data.begin, range.begin + local->data.end};
        out.push_back({*item, local->data, entry.crc32, std::string(entry.name), file, inStore});
    }
    return out;
}

} // namespace

Error inFile(Error error, const ItemPlace& place, const std::string& item) {
    error.where.file = place.source->name();
    // Offsets within compressed items mean nothing in the file.
    if (place.layers > 0)
        error.where.offset = place.range.begin;
    else if (error.where.offset)
        *error.where.offset += place.range.begin;
    error.where.item = item;
    return error;
}

Result<DecodedValue> decodeValue(const ItemPlace& place, const std::string& name, std::uint64_t limit,
                                 const JobContext& context, pickle::GlobalFindings* globals) {
    const auto decode = [&]() -> Result<DecodedValue> {
        SHARDLENS_TRY(auto source, openItem(place, limit));
        const auto bytes = source->size();
        SHARDLENS_TRY(const auto archive, torch::Archive::open(std::move(source), context));
        SHARDLENS_TRY(const auto pickle, archive.readPickle(context));
        if (globals != nullptr) {
            Location where;
            where.file = place.source->name();
            where.item = name;
            where.offset = place.range.begin;
            globals->add(*pickle, where);
        }
        DecodedValue out;
        out.bytes = bytes;
        out.typeName =
            torch::isTensor(*pickle, pickle->root()) ? "torch.Tensor" : typeName(*pickle, pickle->root());
        pickle::ToValueOptions options;
        options.tensor = torch::describeTensor;
        SHARDLENS_TRY(out.value, toValue(pickle, pickle->root(), context, options));
        return out;
    };
    auto out = decode();
    if (!out)
        return Failure(inFile(std::move(out).error(), place, name));
    return out;
}

Result<Payload> Backend::payload(const Checkpoint& checkpoint, SliceId id) const {
    const Slice slice = checkpoint.slice(id);
    if (slice.detail == stored::Raw || !slice.file.valid())
        return CheckpointBackend::payload(checkpoint, id);
    const std::string name(checkpoint.tensor(slice.tensor).name());
    const Location where = at(checkpoint, slice.file, slice.stored.begin, name);
    if (slice.detail > stored::MaxLayers)
        return fail(rules::dcp::UnknownTransform, {std::uint64_t{1}, std::string("unknown")}, where);
    if (elementCount(slice.box.size) == 0) {
        Payload empty;
        empty.file = slice.file;
        empty.bytes = {slice.stored.begin, slice.stored.begin};
        empty.dtype = slice.dtype;
        return empty;
    }
    SHARDLENS_TRY(const auto place, placeOf(checkpoint, slice.file, slice.stored, slice.detail));
    const auto item = readTensorItem(place, {});
    if (!item)
        return Failure(inFile(item.error(), place, name));
    if (!equal(item->recipe.shape, slice.box.size))
        return fail(rules::dcp::SizeDiffers,
                    {name, offsetText(slice.box.offset), formatShape(item->recipe.shape),
                     formatShape(slice.box.size)},
                    where);
    return payloadOf(*item, place, slice.file);
}

Result<Value> Backend::value(const Checkpoint& checkpoint, EntryId id) const {
    const EntryRecord& entry = checkpoint.entry(id);
    if (!entry.file.valid())
        return fail(rules::dcp::ValueWithoutBytes, {std::uint64_t{1}, entry.name},
                    at(checkpoint, {}, 0, entry.name));
    if (entry.detail > stored::MaxLayers)
        return fail(rules::dcp::UnknownTransform, {std::uint64_t{1}, std::string("unknown")},
                    at(checkpoint, entry.file, entry.stored.begin, entry.name));
    SHARDLENS_TRY(const auto place, placeOf(checkpoint, entry.file, entry.stored, entry.detail));
    const auto most = entry.detail > 0 ? MaxUnpackedValue : defaultLimits().document;
    SHARDLENS_TRY(auto decoded, decodeValue(place, entry.name, most, {}, nullptr));
    return std::move(decoded.value);
}

ChecksumWork Backend::checksumWork(const Checkpoint& checkpoint) const {
    ChecksumWork work;
    work.steps = std::size_t{checkpoint.sliceCount()} + checkpoint.entryCount();
    for (std::uint32_t i = 0; i < checkpoint.sliceCount(); ++i)
        if (const auto slice = checkpoint.slice(SliceId(i)); isArchive(checkpoint, slice.file, slice.detail))
            work.bytes += slice.stored.size();
    for (std::uint32_t i = 0; i < checkpoint.entryCount(); ++i)
        if (const auto& entry = checkpoint.entry(EntryId(i)); isArchive(checkpoint, entry.file, entry.detail))
            work.bytes += entry.stored.size();
    return work;
}

Result<std::vector<StoredChecksum>> Backend::checksums(const Checkpoint& checkpoint, std::size_t step,
                                                       const JobContext& context) const {
    if (step < checkpoint.sliceCount()) {
        const Slice slice = checkpoint.slice(SliceId(step));
        auto found = checksumsOf(checkpoint, slice.file, slice.stored, slice.detail, context);
        // Whoever reads the slice's elements says why it cannot be opened.
        return found ? std::move(found) : std::vector<StoredChecksum>();
    }
    const EntryRecord& entry = checkpoint.entry(EntryId(step - checkpoint.sliceCount()));
    auto found = checksumsOf(checkpoint, entry.file, entry.stored, entry.detail, context);
    if (!found)
        found.error().where.item = entry.name;
    return found;
}

} // namespace shardlens::dcp
