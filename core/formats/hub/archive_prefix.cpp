// SPDX-License-Identifier: Apache-2.0
#include "formats/hub/archive_prefix.h"

#include "base/checked.h"
#include "base/endian.h"
#include "formats/hub/rules.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace shardlens::hub {

namespace {

// APPNOTE 6.3.10: local header, central header, end of central directory.
constexpr std::uint32_t LocalSignature = 0x04034b50;
constexpr std::uint32_t CentralSignature = 0x02014b50;
constexpr std::uint32_t EndSignature = 0x06054b50;
constexpr std::size_t EndRecordBytes = 22;

class PrefixFinder {
public:
    PrefixFinder(const ByteSource& source, const JobContext& context)
        : m_source(source)
        , m_context(context)
        , m_end(std::min(source.size(), context.limits->archivePrefix)) {}

    Result<std::vector<ByteRange>> find() {
        std::vector<ByteRange> archives;
        std::uint64_t at = 0;
        while (true) {
            SHARDLENS_TRY(const auto signature, number(at));
            if (signature != LocalSignature)
                return archives;
            SHARDLENS_TRY(const auto end, endOfArchive(at));
            archives.push_back({at, end});
            at = end;
        }
    }

private:
    /// The four bytes there; 0 where the source ends before.
    Result<std::uint32_t> number(std::uint64_t at) const {
        std::array<std::byte, 4> bytes{};
        if (!rangeFits(at, bytes.size(), m_source.size()))
            return 0U;
        SHARDLENS_CHECK(m_source.readAt(at, bytes));
        return loadLittle<std::uint32_t>(bytes.data());
    }

    Result<std::uint64_t> endOfArchive(std::uint64_t begin) {
        constexpr std::size_t block = 1 << 20;
        std::vector<std::byte> buffer;
        for (std::uint64_t at = begin; at < m_end; at += block - EndRecordBytes) {
            SHARDLENS_CHECK(m_context.checkStop());
            buffer.resize(static_cast<std::size_t>(std::min<std::uint64_t>(block, m_end - at)));
            SHARDLENS_CHECK(m_source.readAt(at, buffer));
            const std::string_view text(reinterpret_cast<const char*>(buffer.data()), buffer.size());
            for (auto hit = text.find("PK\5\6"); hit != std::string_view::npos;
                 hit = text.find("PK\5\6", hit + 1)) {
                SHARDLENS_TRY(const bool ends, isEnd(begin, at + hit));
                if (ends)
                    return at + hit + EndRecordBytes;
            }
            if (buffer.size() < block)
                break;
        }
        return fail(rules::hub::BrokenPrefix, {m_source.name()},
                    {.file = m_source.name(), .offset = begin, .item = {}});
    }

    /// True where the end record there is that of the archive: its directory lies before it in the archive,
    /// and what follows is another archive, a safetensors header or nothing.
    Result<bool> isEnd(std::uint64_t begin, std::uint64_t at) const {
        std::array<std::byte, EndRecordBytes> record{};
        if (!rangeFits(at, record.size(), m_source.size()))
            return false;
        SHARDLENS_CHECK(m_source.readAt(at, record));
        const std::uint64_t bytes = loadLittle<std::uint32_t>(record.data() + 12);
        const std::uint64_t offset = loadLittle<std::uint32_t>(record.data() + 16);
        const auto comment = loadLittle<std::uint16_t>(record.data() + 20);
        constexpr std::uint64_t inZip64 = 0xffffffff;
        if (comment != 0 || (offset != inZip64 && !rangeFits(offset, bytes, at - begin)))
            return false;
        if (offset != inZip64) {
            SHARDLENS_TRY(const auto central, number(begin + offset));
            if (central != CentralSignature && bytes != 0)
                return false;
        }
        return startsPart(at + EndRecordBytes);
    }

    Result<bool> startsPart(std::uint64_t at) const {
        if (at == m_source.size())
            return true;
        SHARDLENS_TRY(const auto signature, number(at));
        if (signature == LocalSignature)
            return true;
        std::array<std::byte, 9> start{};
        if (!rangeFits(at, start.size(), m_source.size()))
            return false;
        SHARDLENS_CHECK(m_source.readAt(at, start));
        const auto length = loadLittle<std::uint64_t>(start.data());
        return start[8] == std::byte{'{'} && length <= m_source.size() - at - 8;
    }

    const ByteSource& m_source;
    const JobContext& m_context;
    std::uint64_t m_end;
};

} // namespace

Result<std::vector<ByteRange>> findArchivePrefix(const ByteSource& source, const JobContext& context) {
    return PrefixFinder(source, context).find();
}

} // namespace shardlens::hub
