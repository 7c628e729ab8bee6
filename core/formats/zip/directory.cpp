// SPDX-License-Identifier: Apache-2.0
#include "formats/zip/directory.h"

#include "base/checked.h"
#include "base/endian.h"
#include "formats/zip/rules.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <span>

namespace shardlens::zip {

namespace {

using View = std::span<const std::byte>;

constexpr std::uint32_t CentralSignature = 0x02014b50, LocalSignature = 0x04034b50;
constexpr std::uint32_t EndSignature = 0x06054b50, End64Signature = 0x06064b50,
                        Locator64Signature = 0x07064b50;
constexpr std::size_t CentralBytes = 46, EndBytes = 22, Locator64Bytes = 20, End64Bytes = 56;
constexpr std::uint64_t MaxComment = 0xffff;
constexpr std::uint16_t Zip64Extra = 1;

std::uint16_t u16(View bytes, std::size_t at) {
    return loadLittle<std::uint16_t>(bytes.data() + at);
}
std::uint32_t u32(View bytes, std::size_t at) {
    return loadLittle<std::uint32_t>(bytes.data() + at);
}
std::uint64_t u64(View bytes, std::size_t at) {
    return loadLittle<std::uint64_t>(bytes.data() + at);
}

} // namespace

/// Works through the end records and the directory of one archive.
class DirectoryReader {
public:
    DirectoryReader(const ByteSource& source, const JobContext& context)
        : m_source(source)
        , m_context(context) {}

    Result<Directory> read() {
        SHARDLENS_CHECK(findEnd());
        SHARDLENS_CHECK(readZip64End());
        SHARDLENS_CHECK(placeDirectory());
        SHARDLENS_CHECK(readEntries());
        indexNames();
        return std::move(m_out);
    }

private:
    Location at(std::uint64_t offset, std::string_view item = {}) const {
        return {m_source.name(), offset, std::string(item)};
    }
    void note(const Rule& rule, Args args, std::uint64_t offset, std::string_view item = {}) {
        m_out.m_anomalies.push_back({&rule, std::move(args), at(offset, item)});
    }

    /// The end record is the last one whose comment ends with the file; one with bytes behind it serves where
    /// there is none such.
    Result<void> findEnd() {
        const auto size = m_source.size();
        const auto tailBytes = std::min<std::uint64_t>(size, EndBytes + MaxComment);
        std::vector<std::byte> tail(tailBytes);
        SHARDLENS_CHECK(m_source.readAt(size - tailBytes, tail));
        std::optional<std::size_t> exact, loose;
        bool ambiguous = false;
        for (std::size_t i = tail.size() < EndBytes ? 0 : tail.size() - EndBytes + 1; i-- > 0;) {
            if (u32(tail, i) != EndSignature)
                continue;
            const auto behind = tail.size() - i - EndBytes;
            const auto comment = u16(tail, i + 20);
            if (comment > behind)
                continue;
            // A second record that ends with the file, or one inside the chosen one's comment, would be taken
            // by other readers.
            if (comment == behind) {
                ambiguous = ambiguous || exact || loose;
                if (!exact)
                    exact = i;
            }
            if (!loose)
                loose = i;
        }
        if (!loose)
            return noEnd();
        const auto found = exact ? *exact : *loose;
        m_endOffset = size - tail.size() + found;
        std::copy_n(tail.begin() + static_cast<std::ptrdiff_t>(found), EndBytes, m_end.begin());
        const auto endsAt = m_endOffset + EndBytes + u16(m_end, 20);
        if (ambiguous)
            note(rules::ZipFakeEnd, {}, m_endOffset);
        if (endsAt < size)
            note(rules::ZipTrailing, {Bytes{size - endsAt}}, endsAt);
        m_out.m_end = {m_endOffset, endsAt};
        return {};
    }

    Result<void> noEnd() const {
        std::array<std::byte, 4> head{};
        if (m_source.size() >= head.size() && m_source.readAt(0, head) && u32(head, 0) == LocalSignature)
            return fail(rules::ZipTruncated, {Bytes{m_source.size()}}, at(m_source.size()));
        return fail(rules::ZipNotFound, {}, at(0));
    }

    Result<void> readZip64End() {
        m_entryCount = u16(m_end, 10);
        m_entriesHere = u16(m_end, 8);
        m_directoryBytes = u32(m_end, 12);
        m_directoryOffset = u32(m_end, 16);
        m_multiDisk = u16(m_end, 4) != 0 || u16(m_end, 6) != 0;
        m_directoryEnd = m_endOffset;
        if (m_endOffset >= Locator64Bytes)
            SHARDLENS_CHECK(followLocator());
        if (m_multiDisk || m_entriesHere != m_entryCount)
            return fail(rules::ZipMultiDisk, {}, at(m_endOffset));
        return {};
    }

    Result<void> followLocator() {
        std::array<std::byte, Locator64Bytes> locator{};
        SHARDLENS_CHECK(m_source.readAt(m_endOffset - Locator64Bytes, locator));
        if (u32(locator, 0) != Locator64Signature)
            return {};
        const auto locatorOffset = m_endOffset - Locator64Bytes;
        // Where data stands before the archive the offset is short by its length; the record then lies just
        // before the locator, in the size that every writer gives it.
        auto offset = u64(locator, 8);
        std::array<std::byte, End64Bytes> record{};
        if (!readRecord(offset, locatorOffset, record)) {
            offset = locatorOffset < End64Bytes ? 0 : locatorOffset - End64Bytes;
            if (!readRecord(offset, locatorOffset, record))
                return fail(rules::ZipDirectoryBroken,
                            {std::string("the ZIP64 end record is not where it should be")},
                            at(locatorOffset));
        }
        m_out.m_zip64 = true;
        m_out.m_end.begin = offset;
        m_directoryEnd = offset;
        mergeZip64(record);
        m_multiDisk = m_multiDisk || u32(locator, 4) != 0 || u32(locator, 16) > 1 || u32(record, 16) != 0 ||
                      u32(record, 20) != 0;
        return {};
    }

    bool readRecord(std::uint64_t offset, std::uint64_t end, std::span<std::byte> record) const {
        return rangeFits(offset, record.size(), end) && m_source.readAt(offset, record) &&
               u32(record, 0) == End64Signature;
    }

    /// Classic fields that are not saturated keep their real values beside the record's; both must agree.
    void mergeZip64(View record) {
        const auto merge = [&](std::uint64_t& value, std::uint64_t saturated, std::uint64_t wide,
                               const char* what) {
            if (value != saturated && value != wide)
                note(rules::ZipDirectoryBroken, {std::string("the two end records disagree about ") + what},
                     m_endOffset);
            value = wide;
        };
        merge(m_entriesHere, 0xffff, u64(record, 24), "the number of entries");
        merge(m_entryCount, 0xffff, u64(record, 32), "the number of entries");
        merge(m_directoryBytes, 0xffffffff, u64(record, 40), "the directory's size");
        merge(m_directoryOffset, 0xffffffff, u64(record, 48), "the directory's place");
        if (m_multiDisk && u16(m_end, 4) == 0xffff && u16(m_end, 6) == 0xffff)
            m_multiDisk = false;
    }

    Result<void> placeDirectory() {
        if (m_directoryBytes > m_directoryEnd)
            return fail(rules::ZipDirectoryBroken, {std::string("it is larger than the file")},
                        at(m_endOffset));
        const auto begin = m_directoryEnd - m_directoryBytes;
        if (m_directoryOffset > begin)
            return fail(rules::ZipDirectoryBroken, {std::string("it would begin behind its own end")},
                        at(m_endOffset));
        m_out.m_begin = begin - m_directoryOffset;
        if (m_out.m_begin > 0)
            note(rules::ZipPrepended, {Bytes{m_out.m_begin}}, 0);
        m_out.m_directory = {begin, m_directoryEnd};
        if (m_directoryBytes > m_context.limits->zipDirectory || m_entryCount > m_context.limits->zipEntries)
            return fail(rules::ZipDirectoryTooLarge, {m_entryCount, Bytes{m_directoryBytes}}, at(begin));
        return {};
    }

    Result<void> readEntries() {
        auto bytes = std::make_shared<std::vector<std::byte>>(m_directoryBytes);
        SHARDLENS_CHECK(m_source.readAt(m_out.m_directory.begin, *bytes));
        m_out.m_bytes = bytes;
        m_out.m_entries.reserve(std::min<std::uint64_t>(m_entryCount, m_directoryBytes / CentralBytes));
        std::size_t position = 0;
        while (bytes->size() - position >= CentralBytes && u32(*bytes, position) == CentralSignature) {
            if (m_out.m_entries.size() % 1024 == 0)
                SHARDLENS_CHECK(m_context.checkStop());
            SHARDLENS_TRY(position, readEntry(View(*bytes), position));
        }
        if (position != bytes->size() && m_out.m_entries.size() < m_entryCount)
            return fail(rules::ZipDirectoryBroken, {std::string("an entry's record is damaged")},
                        at(m_out.m_directory.begin + position));
        if (m_out.m_entries.size() != m_entryCount)
            note(rules::ZipCountDisagrees, {m_entryCount, std::uint64_t{m_out.m_entries.size()}},
                 m_endOffset);
        return {};
    }

    Result<std::size_t> readEntry(View all, std::size_t position) {
        const auto record = all.subspan(position);
        const std::size_t name = u16(record, 28), extra = u16(record, 30), comment = u16(record, 32);
        const auto offset = m_out.m_directory.begin + position;
        if (name + extra + comment > record.size() - CentralBytes)
            return fail(rules::ZipDirectoryBroken, {std::string("an entry's record is cut off")}, at(offset));
        Entry entry;
        entry.name = {reinterpret_cast<const char*>(record.data()) + CentralBytes, name};
        entry.versionMadeBy = u16(record, 4);
        entry.versionNeeded = u16(record, 6);
        entry.flags = u16(record, 8);
        entry.method = u16(record, 10);
        entry.crc32 = u32(record, 16);
        entry.compressedBytes = u32(record, 20);
        entry.bytes = u32(record, 24);
        entry.externalAttributes = u32(record, 38);
        entry.headerOffset = u32(record, 42);
        entry.directoryOffset = offset;
        readExtra(entry, record.subspan(CentralBytes + name, extra));
        if (u16(record, 34) != 0 && u16(record, 34) != 0xffff)
            note(rules::ZipMultiDisk, {}, offset, entry.name);
        const auto shifted = checkedAdd(entry.headerOffset, m_out.m_begin);
        if (!shifted || !rangeFits(*shifted, 0, m_out.m_directory.begin))
            note(rules::ZipPastEnd, {Bytes{entry.compressedBytes}, entry.headerOffset}, offset, entry.name);
        entry.headerOffset = shifted.value_or(m_source.size());
        m_out.m_entries.push_back(entry);
        return position + CentralBytes + name + extra + comment;
    }

    /// Only the fields that are saturated stand in the ZIP64 extra, in this order.
    void readExtra(Entry& entry, View extra) {
        std::size_t position = 0;
        bool wide = false;
        while (extra.size() - position >= 4) {
            const auto id = u16(extra, position);
            const std::size_t length = u16(extra, position + 2);
            position += 4;
            if (length > extra.size() - position) {
                note(rules::ZipExtraBroken, {std::string("a field is longer than the rest")},
                     entry.directoryOffset, entry.name);
                return;
            }
            if (id == Zip64Extra && !wide) {
                wide = true;
                readZip64Extra(entry, extra.subspan(position, length));
            }
            position += length;
        }
    }

    void readZip64Extra(Entry& entry, View field) {
        std::size_t position = 0;
        for (auto* value : {&entry.bytes, &entry.compressedBytes, &entry.headerOffset}) {
            if (*value != 0xffffffff)
                continue;
            if (field.size() - position < 8) {
                note(rules::ZipExtraBroken, {std::string("a 64-bit number is missing")},
                     entry.directoryOffset, entry.name);
                return;
            }
            *value = u64(field, position);
            position += 8;
        }
    }

    void indexNames() {
        auto& byName = m_out.m_byName;
        const auto& entries = m_out.m_entries;
        byName.resize(entries.size());
        std::iota(byName.begin(), byName.end(), 0U);
        std::sort(byName.begin(), byName.end(), [&](std::uint32_t a, std::uint32_t b) {
            const auto order = entries[a].name.compare(entries[b].name);
            return order != 0 ? order < 0 : a < b;
        });
        for (std::size_t i = 1; i < byName.size(); ++i)
            if (entries[byName[i]].name == entries[byName[i - 1]].name)
                note(rules::ZipDuplicateName, {}, entries[byName[i]].directoryOffset,
                     entries[byName[i]].name);
    }

    const ByteSource& m_source;
    const JobContext& m_context;
    Directory m_out;
    std::array<std::byte, EndBytes> m_end{};
    std::uint64_t m_endOffset = 0, m_directoryEnd = 0;
    std::uint64_t m_entryCount = 0, m_entriesHere = 0, m_directoryBytes = 0, m_directoryOffset = 0;
    bool m_multiDisk = false;
};

Result<Directory> Directory::read(const ByteSource& source, const JobContext& context) {
    return DirectoryReader(source, context).read();
}

const Entry* Directory::find(std::string_view name) const {
    const auto found = std::upper_bound(
        m_byName.begin(), m_byName.end(), name,
        [&](std::string_view wanted, std::uint32_t i) { return wanted < m_entries[i].name; });
    if (found == m_byName.begin() || m_entries[*(found - 1)].name != name)
        return nullptr;
    return &m_entries[*(found - 1)];
}

} // namespace shardlens::zip
