// SPDX-License-Identifier: Apache-2.0
#include "formats/zip/local_header.h"

#include "base/checked.h"
#include "base/endian.h"
#include "formats/zip/rules.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <string>

namespace shardlens::zip {

namespace {

constexpr std::uint32_t Signature = 0x04034b50;
constexpr std::size_t FixedBytes = 30;

struct Fields {
    std::uint16_t flags, method, nameBytes, extraBytes;
    std::uint32_t crc32;
    std::uint64_t compressedBytes, bytes;
    std::size_t zip64Bytes = 0; // of the whole field, 0 where there is none
};

Fields parseFixed(std::span<const std::byte> bytes) {
    const auto* at = bytes.data();
    return {.flags = loadLittle<std::uint16_t>(at + 6),
            .method = loadLittle<std::uint16_t>(at + 8),
            .nameBytes = loadLittle<std::uint16_t>(at + 26),
            .extraBytes = loadLittle<std::uint16_t>(at + 28),
            .crc32 = loadLittle<std::uint32_t>(at + 14),
            .compressedBytes = loadLittle<std::uint32_t>(at + 18),
            .bytes = loadLittle<std::uint32_t>(at + 22)};
}

/// A local ZIP64 extra holds both sizes (CPython 3.10 writes it beside real 32-bit sizes).
void applyZip64(Fields& fields, std::span<const std::byte> extra) {
    while (extra.size() >= 4) {
        const auto id = loadLittle<std::uint16_t>(extra.data());
        const std::size_t length = loadLittle<std::uint16_t>(extra.data() + 2);
        extra = extra.subspan(4);
        if (length > extra.size())
            return;
        if (id == 1) {
            fields.zip64Bytes = length + 4;
            std::size_t position = 0;
            for (auto* value : {&fields.bytes, &fields.compressedBytes}) {
                if (*value == 0xffffffff && length - position >= 8) {
                    *value = loadLittle<std::uint64_t>(extra.data() + position);
                    position += 8;
                }
            }
            return;
        }
        extra = extra.subspan(length);
    }
}

} // namespace

Result<LocalHeader> readLocalHeader(const ByteSource& source, const Directory& directory,
                                    const Entry& entry) {
    const Location where{source.name(), entry.headerOffset, std::string(entry.name)};
    const auto limit = directory.directoryRange().begin;
    std::array<std::byte, FixedBytes> fixed{};
    if (!rangeFits(entry.headerOffset, FixedBytes, limit))
        return fail(rules::ZipLocalHeaderBroken, {}, where);
    SHARDLENS_CHECK(source.readAt(entry.headerOffset, fixed));
    if (loadLittle<std::uint32_t>(fixed.data()) != Signature)
        return fail(rules::ZipLocalHeaderBroken, {}, where);
    auto fields = parseFixed(fixed);
    const auto variable = std::size_t{fields.nameBytes} + fields.extraBytes;
    const auto variableOffset = entry.headerOffset + FixedBytes;
    if (!rangeFits(variableOffset, variable, limit))
        return fail(rules::ZipLocalHeaderBroken, {}, where);
    std::vector<std::byte> rest(variable);
    SHARDLENS_CHECK(source.readAt(variableOffset, rest));
    applyZip64(fields, std::span(rest).subspan(fields.nameBytes));

    LocalHeader out;
    const auto dataOffset = variableOffset + variable;
    out.header = {entry.headerOffset, dataOffset};
    out.paddingBytes = fields.extraBytes - fields.zip64Bytes;
    out.zip64 = fields.zip64Bytes > 0;
    if (!rangeFits(dataOffset, entry.compressedBytes, limit))
        return fail(rules::ZipPastEnd, {Bytes{entry.compressedBytes}, dataOffset}, where);
    out.data = {dataOffset, dataOffset + entry.compressedBytes};

    const auto disagree = [&](const char* what) {
        out.disagreements.push_back({&rules::ZipLocalHeaderDisagrees, {std::string(what)}, where});
    };
    const std::string_view name(reinterpret_cast<const char*>(rest.data()), fields.nameBytes);
    if (name != entry.name)
        disagree("the name");
    if (fields.method != entry.method)
        disagree("the method");
    if (((fields.flags ^ entry.flags) & Entry::FlagEncrypted) != 0)
        disagree("encryption");
    // With a descriptor behind the data, CRC and sizes here may be zero, or right.
    const bool descriptor = (fields.flags & Entry::FlagDescriptor) != 0;
    if (fields.crc32 != entry.crc32 && !(descriptor && fields.crc32 == 0))
        disagree("the CRC");
    if (fields.bytes != entry.bytes && !(descriptor && fields.bytes == 0))
        disagree("the size");
    if (fields.compressedBytes != entry.compressedBytes && !(descriptor && fields.compressedBytes == 0))
        disagree("the stored size");
    return out;
}

std::vector<Error> findOverlaps(const ByteSource& source, const Directory& directory,
                                const std::vector<LocalHeader>& headers) {
    const auto& entries = directory.entries();
    std::vector<std::uint32_t> order(entries.size());
    std::iota(order.begin(), order.end(), 0U);
    std::sort(order.begin(), order.end(),
              [&](auto a, auto b) { return headers[a].header.begin < headers[b].header.begin; });
    std::vector<Error> out;
    std::uint32_t furthest = 0; // the entry whose data reaches the furthest so far
    bool any = false;
    for (const auto i : order) {
        if (headers[i].header.empty())
            continue;
        if (any && headers[i].header.begin < headers[furthest].data.end)
            out.push_back({&rules::ZipOverlap,
                           {std::string(entries[furthest].name)},
                           {source.name(), headers[i].header.begin, std::string(entries[i].name)}});
        if (!any || headers[i].data.end > headers[furthest].data.end)
            furthest = i;
        any = true;
    }
    return out;
}

} // namespace shardlens::zip
