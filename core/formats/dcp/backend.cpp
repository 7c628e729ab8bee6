// SPDX-License-Identifier: Apache-2.0
#include "formats/dcp/backend.h"

#include "base/units.h"
#include "formats/dcp/dims_reading.h"
#include "formats/dcp/item.h"
#include "formats/dcp/rules.h"
#include "formats/pickle/to_value.h"
#include "formats/torch/archive.h"
#include "model/rules.h"

namespace shardlens::dcp {

namespace {

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

Result<DecodedValue> decodeValue(const ItemPlace& place, const std::string& name, const JobContext& context,
                                 pickle::GlobalFindings* globals) {
    const auto decode = [&]() -> Result<DecodedValue> {
        SHARDLENS_TRY(auto source, openItem(place, context.limits->document));
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
    SHARDLENS_TRY(auto decoded, decodeValue(place, entry.name, {}, nullptr));
    return std::move(decoded.value);
}

} // namespace shardlens::dcp
