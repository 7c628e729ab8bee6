// SPDX-License-Identifier: Apache-2.0
#include "formats/zip/archive_layout.h"

#include "base/checked.h"
#include "formats/zip/rules.h"

#include <algorithm>
#include <concepts>
#include <limits>
#include <optional>

namespace shardlens::zip {

namespace {

constexpr std::uint32_t LocalSignature = 0x04034b50, CentralSignature = 0x02014b50;
constexpr std::uint32_t EndSignature = 0x06054b50, End64Signature = 0x06064b50,
                        Locator64Signature = 0x07064b50;
constexpr std::uint64_t LocalBytes = 30, CentralBytes = 46, EndBytes = 22, End64Bytes = 56,
                        Locator64Bytes = 20;
constexpr std::uint16_t Version = 45; // ZIP64
constexpr std::uint16_t Unix = 3;
constexpr std::uint32_t PrivateFile = 0600U << 16;
constexpr std::uint16_t FirstDay = 0x0021; // 1980-01-01
constexpr std::uint16_t FlagUtf8 = 0x0800;
constexpr std::uint16_t Zip64Id = 1, PaddingId = 0xd935;
constexpr std::uint32_t Saturated32 = 0xffffffff;
constexpr std::uint64_t Zip64Limit = 0x7fffffff, CountLimit = 0xffff; // where CPython begins to use ZIP64
constexpr std::uint64_t Zip64ExtraBytes = 4 + 16;
constexpr std::uint64_t LeastPadding = 6; // id, length and the alignment
constexpr std::uint64_t MiB = 1024 * 1024;

template <std::unsigned_integral T>
void put(std::string& out, T value) {
    for (std::size_t i = 0; i < sizeof value; ++i)
        out += static_cast<char>((value >> (8 * i)) & 0xff);
}

std::uint16_t low16(std::uint64_t value) {
    return static_cast<std::uint16_t>(std::min<std::uint64_t>(value, 0xffff));
}
std::uint32_t low32(std::uint64_t value) {
    return static_cast<std::uint32_t>(std::min<std::uint64_t>(value, Saturated32));
}

std::uint64_t alignmentOf(std::uint64_t bytes) {
    return bytes >= MiB ? 4096 : 64;
}

/// Flags say UTF-8 only where it makes a difference.
std::uint16_t flagsOf(std::string_view name) {
    const bool ascii = std::ranges::all_of(name, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
    return ascii ? 0 : FlagUtf8;
}

/// Bytes of the padding extra that moves the data, which would begin at `offset`, to its alignment; none or
/// at least LeastPadding.
std::optional<std::uint64_t> paddingAt(std::uint64_t offset, std::uint64_t alignment) {
    auto aligned = checkedAlignUp(offset, alignment);
    if (aligned && *aligned != offset && *aligned - offset < LeastPadding)
        aligned = checkedAlignUp(offset + LeastPadding, alignment);
    return aligned ? std::optional(*aligned - offset) : std::nullopt;
}

std::uint64_t extraNumbers(const EntryToWrite& entry, const PlacedEntry& place) {
    return (entry.bytes > Zip64Limit ? 2U : 0U) + (place.headerOffset > Zip64Limit ? 1U : 0U);
}

std::uint64_t centralBytes(const EntryToWrite& entry, const PlacedEntry& place) {
    const auto numbers = extraNumbers(entry, place);
    return CentralBytes + entry.name.size() + (numbers == 0 ? 0 : 4 + 8 * numbers);
}

bool needsZip64End(const ArchiveLayout& layout) {
    return layout.entries.size() > CountLimit || layout.directoryOffset > Zip64Limit ||
           layout.directoryBytes > Zip64Limit;
}

Failure tooLarge() {
    return fail(rules::ZipCannotWrite, {std::string("it would have more than 2^63 bytes")});
}

} // namespace

Result<ArchiveLayout> layOutArchive(std::span<const EntryToWrite> entries) {
    constexpr auto Largest = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    ArchiveLayout layout;
    layout.entries.reserve(entries.size());
    std::uint64_t at = 0;
    for (const auto& entry : entries) {
        if (entry.name.empty() || entry.name.size() > 0xffff)
            return fail(rules::ZipCannotWrite, {std::string("a name is empty or longer than 65,535 bytes")},
                        {{}, {}, entry.name});
        PlacedEntry place;
        place.headerOffset = at;
        const auto begin = at + LocalBytes + entry.name.size() + Zip64ExtraBytes;
        const auto padding = paddingAt(begin, alignmentOf(entry.bytes));
        const auto end = padding ? checkedAdd(begin + *padding, entry.bytes) : std::nullopt;
        if (!end || *end > Largest)
            return tooLarge();
        place.dataOffset = begin + *padding;
        at = *end;
        layout.directoryBytes += centralBytes(entry, place);
        layout.entries.push_back(place);
    }
    layout.directoryOffset = at;
    layout.endBytes = EndBytes + (needsZip64End(layout) ? End64Bytes + Locator64Bytes : 0);
    const auto whole = checkedAdd(at, layout.directoryBytes + layout.endBytes);
    if (!whole || *whole > Largest)
        return tooLarge();
    layout.bytes = *whole;
    return layout;
}

SplitHeader localHeader(const EntryToWrite& entry, const PlacedEntry& place) {
    const auto padding =
        place.dataOffset - place.headerOffset - LocalBytes - entry.name.size() - Zip64ExtraBytes;
    SplitHeader out;
    put(out.beforeCrc, LocalSignature);
    put(out.beforeCrc, Version);
    put(out.beforeCrc, flagsOf(entry.name));
    put(out.beforeCrc, std::uint16_t{0}); // stored
    put(out.beforeCrc, std::uint16_t{0}); // midnight
    put(out.beforeCrc, FirstDay);
    put(out.afterCrc, Saturated32);
    put(out.afterCrc, Saturated32);
    put(out.afterCrc, low16(entry.name.size()));
    put(out.afterCrc, low16(Zip64ExtraBytes + padding));
    out.afterCrc += entry.name;
    put(out.afterCrc, Zip64Id);
    put(out.afterCrc, std::uint16_t{16});
    put(out.afterCrc, entry.bytes);
    put(out.afterCrc, entry.bytes);
    if (padding != 0) {
        put(out.afterCrc, PaddingId);
        put(out.afterCrc, low16(padding - 4));
        put(out.afterCrc, low16(alignmentOf(entry.bytes)));
        out.afterCrc.append(padding - LeastPadding, '\0');
    }
    return out;
}

SplitHeader centralHeader(const EntryToWrite& entry, const PlacedEntry& place) {
    const auto numbers = extraNumbers(entry, place);
    const bool farSize = entry.bytes > Zip64Limit, farPlace = place.headerOffset > Zip64Limit;
    const auto size = farSize ? Saturated32 : low32(entry.bytes);
    SplitHeader out;
    put(out.beforeCrc, CentralSignature);
    put(out.beforeCrc, static_cast<std::uint16_t>(Unix << 8 | Version));
    put(out.beforeCrc, Version);
    put(out.beforeCrc, flagsOf(entry.name));
    put(out.beforeCrc, std::uint16_t{0});
    put(out.beforeCrc, std::uint16_t{0});
    put(out.beforeCrc, FirstDay);
    put(out.afterCrc, size);
    put(out.afterCrc, size);
    put(out.afterCrc, low16(entry.name.size()));
    put(out.afterCrc, low16(numbers == 0 ? 0 : 4 + 8 * numbers));
    put(out.afterCrc, std::uint16_t{0}); // comment
    put(out.afterCrc, std::uint16_t{0}); // disk
    put(out.afterCrc, std::uint16_t{0}); // internal attributes
    put(out.afterCrc, PrivateFile);
    put(out.afterCrc, farPlace ? Saturated32 : low32(place.headerOffset));
    out.afterCrc += entry.name;
    if (numbers != 0) {
        put(out.afterCrc, Zip64Id);
        put(out.afterCrc, low16(8 * numbers));
        if (farSize) {
            put(out.afterCrc, entry.bytes);
            put(out.afterCrc, entry.bytes);
        }
        if (farPlace)
            put(out.afterCrc, place.headerOffset);
    }
    return out;
}

std::string endRecords(const ArchiveLayout& layout) {
    const std::uint64_t count = layout.entries.size();
    std::string out;
    if (needsZip64End(layout)) {
        put(out, End64Signature);
        put(out, End64Bytes - 12); // what follows this number
        put(out, Version);
        put(out, Version);
        put(out, std::uint32_t{0});
        put(out, std::uint32_t{0});
        put(out, count);
        put(out, count);
        put(out, layout.directoryBytes);
        put(out, layout.directoryOffset);
        put(out, Locator64Signature);
        put(out, std::uint32_t{0});
        put(out, layout.directoryOffset + layout.directoryBytes);
        put(out, std::uint32_t{1});
    }
    put(out, EndSignature);
    put(out, std::uint16_t{0});
    put(out, std::uint16_t{0});
    put(out, low16(count));
    put(out, low16(count));
    put(out, low32(layout.directoryBytes));
    put(out, low32(layout.directoryOffset));
    put(out, std::uint16_t{0});
    return out;
}

} // namespace shardlens::zip
