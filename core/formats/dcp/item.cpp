// SPDX-License-Identifier: Apache-2.0
#include "formats/dcp/item.h"

#include "base/checked.h"
#include "base/endian.h"
#include "formats/pickle/parse.h"
#include "formats/torch/archive.h"
#include "formats/torch/rules.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace shardlens::dcp {

namespace {

// data.pkl of a lone tensor and the small records take less than 1 KiB at torch's alignment of 64.
constexpr std::uint64_t FrontBytes = 2 * Limits::KiB;
constexpr std::uint64_t EncodedFrontBytes = 64 * Limits::KiB;
constexpr std::size_t MaxSmallRecord = 64; // .format_version, .storage_alignment, byteorder

/// A local file header (APPNOTE 4.3.7) in the front of an item.
struct LocalHeader {
    std::string_view name; // below the top folder
    std::size_t content = 0;
    std::size_t size = 0; // 0 where a descriptor follows
    bool stored = false;
};

std::string_view textAt(std::span<const std::byte> bytes, std::size_t offset, std::size_t length) {
    return {reinterpret_cast<const char*>(bytes.data()) + offset, length};
}

std::optional<LocalHeader> headerAt(std::span<const std::byte> bytes, std::size_t at) {
    constexpr std::size_t Fixed = 30;
    if (!rangeFits(at, Fixed, bytes.size()) || textAt(bytes, at, 4) != "PK\x03\x04")
        return std::nullopt;
    const auto flags = loadLittle<std::uint16_t>(bytes.data() + at + 6);
    const auto method = loadLittle<std::uint16_t>(bytes.data() + at + 8);
    const auto nameBytes = loadLittle<std::uint16_t>(bytes.data() + at + 26);
    const auto extraBytes = loadLittle<std::uint16_t>(bytes.data() + at + 28);
    if (!rangeFits(at + Fixed, std::size_t{nameBytes} + extraBytes, bytes.size()))
        return std::nullopt;
    LocalHeader header;
    header.name = textAt(bytes, at + Fixed, nameBytes);
    const std::size_t slash = header.name.find('/');
    if (slash == std::string_view::npos)
        return std::nullopt;
    header.name.remove_prefix(slash + 1);
    header.content = at + Fixed + nameBytes + extraBytes;
    header.stored = method == 0 && (flags & 1U) == 0;
    header.size = (flags & 8U) != 0 ? 0 : loadLittle<std::uint32_t>(bytes.data() + at + 18);
    return header;
}

/// Where the next header lies behind content that ends at `end`: at once, or behind a data descriptor of 16
/// bytes, 24 with ZIP64 sizes.
std::optional<std::size_t> nextHeader(std::span<const std::byte> bytes, std::size_t end) {
    for (const std::size_t gap : {std::size_t{16}, std::size_t{24}, std::size_t{0}})
        if (rangeFits(end + gap, 4, bytes.size()) && textAt(bytes, end + gap, 4) == "PK\x03\x04")
            return end + gap;
    return std::nullopt;
}

/// The end of a small record whose size stands in the descriptor behind it.
std::optional<std::size_t> smallRecordEnd(std::span<const std::byte> bytes, const LocalHeader& header) {
    if (header.size > 0)
        return header.size <= MaxSmallRecord ? std::optional(header.content + header.size) : std::nullopt;
    const std::size_t there = std::min(MaxSmallRecord + 4, bytes.size() - header.content);
    const std::size_t found = textAt(bytes, header.content, there).find("PK\x07\x08");
    return found == std::string_view::npos ? std::nullopt : std::optional(header.content + found);
}

std::optional<ByteOrder> orderNamed(std::string_view text) {
    if (text == "little")
        return ByteOrder::Little;
    return text == "big" ? std::optional(ByteOrder::Big) : std::nullopt;
}

/// The item in torch's own layout: data.pkl, small records, the tensor's storage. Nothing where it is laid
/// out otherwise or `front` is too short; the directory is asked then.
std::optional<TensorItem> readFront(std::shared_ptr<std::vector<std::byte>> front,
                                    const JobContext& context) {
    const std::span<const std::byte> bytes(*front);
    auto header = headerAt(bytes, 0);
    if (!header || header->name != "data.pkl" || !header->stored)
        return std::nullopt;
    auto parsed = pickle::parse({front, bytes.subspan(header->content), {}}, context);
    if (!parsed || !torch::isTensor(**parsed, (*parsed)->root()))
        return std::nullopt;
    TensorItem item;
    item.pickle = std::move(*parsed);
    auto recipe = torch::readTensor(*item.pickle, item.pickle->root());
    const auto storageBytes = recipe ? recipe->storage.bytes() : std::nullopt;
    if (!storageBytes || !recipe->plain())
        return std::nullopt;
    item.recipe = std::move(*recipe);
    item.dataBytes = *storageBytes;
    const std::string wanted = "data/" + std::string(item.recipe.storage.key);
    std::size_t end = header->content + static_cast<std::size_t>(item.pickle->end());
    for (;;) {
        const auto next = nextHeader(bytes, end);
        header = next ? headerAt(bytes, *next) : std::nullopt;
        if (!header || !header->stored)
            return std::nullopt;
        if (header->name == wanted)
            break;
        const auto recordEnd = smallRecordEnd(bytes, *header);
        if (!recordEnd)
            return std::nullopt;
        if (header->name == "byteorder") {
            const auto order = orderNamed(textAt(bytes, header->content, *recordEnd - header->content));
            if (!order)
                return std::nullopt;
            item.order = *order;
        }
        end = *recordEnd;
    }
    item.dataBegin = header->content;
    return item;
}

Result<TensorItem> readByDirectory(const ItemPlace& place, const JobContext& context) {
    SHARDLENS_TRY(auto source, openItem(place, context.memory));
    SHARDLENS_TRY(const auto archive, torch::Archive::open(std::move(source), context));
    TensorItem item;
    SHARDLENS_TRY(item.pickle, archive.readPickle(context));
    SHARDLENS_TRY(item.recipe, torch::readTensor(*item.pickle, item.pickle->root()));
    if (!item.recipe.plain())
        return fail(rules::torch::NotPlain, {item.recipe.description, item.recipe.reason});
    const std::string key(item.recipe.storage.key);
    SHARDLENS_TRY(const ByteRange record, archive.recordRange("data/" + key));
    const auto wanted = item.recipe.storage.bytes();
    if (!wanted || *wanted > record.size())
        return fail(rules::torch::StorageSize, {key, Bytes{record.size()}, Bytes{wanted.value_or(0)}});
    item.order = archive.byteOrder();
    item.dataBegin = record.begin;
    item.dataBytes = *wanted;
    return item;
}

/// The storage lies in the item, and the tensor in the storage.
Result<void> checkBounds(const TensorItem& item, const ItemPlace& place) {
    const torch::TensorRecipe& recipe = item.recipe;
    if (place.layers == 0 && !rangeFits(item.dataBegin, item.dataBytes, place.range.size()))
        return fail(rules::torch::StorageSize,
                    {std::string(recipe.storage.key),
                     Bytes{place.range.size() - std::min(item.dataBegin, place.range.size())},
                     Bytes{item.dataBytes}});
    const auto extent = recipe.extent();
    const auto bits = extent ? checkedMul<std::uint64_t>(*extent, bitsOf(recipe.dtype)) : std::nullopt;
    const std::uint64_t elements = bitsOf(recipe.dtype) == 0 ? 0 : item.dataBytes * 8 / bitsOf(recipe.dtype);
    if (!bits || *bits / 8 + (*bits % 8 != 0 ? 1 : 0) > item.dataBytes)
        return fail(rules::torch::OutsideStorage, {extent.value_or(0), elements});
    return {};
}

} // namespace

Result<TensorItem> readTensorItem(const ItemPlace& place, const JobContext& context) {
    const std::uint64_t wanted = place.layers == 0 ? FrontBytes : EncodedFrontBytes;
    SHARDLENS_TRY(auto bytes, readItemFront(place, wanted));
    auto item = readFront(std::make_shared<std::vector<std::byte>>(std::move(bytes)), context);
    if (!item) {
        SHARDLENS_TRY(item, readByDirectory(place, context));
    }
    SHARDLENS_CHECK(checkBounds(*item, place));
    return std::move(*item);
}

Result<Payload> payloadOf(const TensorItem& item, const ItemPlace& place, FileId file) {
    Payload out;
    out.file = file;
    out.dtype = item.recipe.dtype;
    out.order = item.order;
    out.start = item.recipe.start;
    out.strides = item.recipe.strides;
    out.conj = item.recipe.conj;
    out.neg = item.recipe.neg;
    out.encoding.decoded = item.dataBytes;
    if (place.layers == 0) {
        out.bytes = {place.range.begin + item.dataBegin, place.range.begin + item.dataBegin + item.dataBytes};
        return out;
    }
    out.bytes = place.range;
    out.encoding.kind = Encoding::Kind::Zstd;
    out.encoding.layers = place.layers;
    out.encoding.skip = item.dataBegin;
    return out;
}

} // namespace shardlens::dcp
