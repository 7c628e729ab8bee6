// SPDX-License-Identifier: Apache-2.0
#include "formats/zip/entry_data.h"

#include "formats/zip/local_header.h"
#include "formats/zip/rules.h"
#include "io/rules.h"

#include <fmt/format.h>
#include <libdeflate.h>
#include <zlib.h>

#include <algorithm>
#include <memory>

namespace shardlens::zip {

namespace {

constexpr std::size_t BlockBytes = 1 << 20;

Location whereOf(const ByteSource& source, const Entry& entry) {
    return {source.name(), entry.headerOffset, std::string(entry.name)};
}

Result<void> checkReadable(const ByteSource& source, const Entry& entry) {
    if (entry.encrypted())
        return fail(rules::ZipEncrypted, {}, whereOf(source, entry));
    if (entry.method != Entry::Stored && entry.method != Entry::Deflated)
        return fail(rules::ZipMethodUnsupported, {std::uint64_t{entry.method}}, whereOf(source, entry));
    if (entry.stored() && entry.compressedBytes != entry.bytes)
        return fail(rules::ZipLocalHeaderDisagrees, {std::string("the stored and the real size")},
                    whereOf(source, entry));
    return {};
}

Result<void> compareCrc(const ByteSource& source, const Entry& entry, std::uint32_t found) {
    if (entry.crc32 == 0 || found == entry.crc32)
        return {};
    return fail(rules::ZipCrcMismatch, {fmt::format("{:08x}", found), fmt::format("{:08x}", entry.crc32)},
                whereOf(source, entry));
}

/// Inflates a stream piece by piece, since neither its size nor its claims are to be believed.
class Inflater {
public:
    Inflater() { m_ready = inflateInit2(&m_stream, -MAX_WBITS) == Z_OK; }
    ~Inflater() { inflateEnd(&m_stream); }
    Inflater(const Inflater&) = delete;
    Inflater& operator=(const Inflater&) = delete;

    /// Calls `sink(span)` for what comes out; false where the stream is damaged or the sink wants no more.
    template <typename Sink>
    bool feed(std::span<const std::byte> in, Sink&& sink) {
        if (!m_ready)
            return false;
        m_stream.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(in.data()));
        m_stream.avail_in = static_cast<uInt>(in.size());
        while (m_stream.avail_in > 0 && !m_ended) {
            m_stream.next_out = reinterpret_cast<Bytef*>(m_out.data());
            m_stream.avail_out = static_cast<uInt>(m_out.size());
            const auto status = inflate(&m_stream, Z_NO_FLUSH);
            if (status != Z_OK && status != Z_STREAM_END)
                return false;
            m_ended = status == Z_STREAM_END;
            if (!sink(std::span<const std::byte>(m_out).first(m_out.size() - m_stream.avail_out)))
                return false;
        }
        return true;
    }
    bool ended() const { return m_ended; }

private:
    z_stream m_stream{};
    std::vector<std::byte> m_out = std::vector<std::byte>(BlockBytes);
    bool m_ready = false, m_ended = false;
};

/// Walks the entry's content in order, decoded. `sink` returns false to stop early with an error of its own.
template <typename Sink, typename Step>
Result<void> walk(const ByteSource& source, const Entry& entry, ByteRange data, Sink&& sink, Step&& step) {
    std::vector<std::byte> block(std::min<std::uint64_t>(BlockBytes, data.size()));
    std::unique_ptr<Inflater> inflater = entry.stored() ? nullptr : std::make_unique<Inflater>();
    std::uint64_t decoded = 0;
    const auto take = [&](std::span<const std::byte> bytes) {
        decoded += bytes.size();
        return decoded <= entry.bytes && sink(bytes);
    };
    bool good = true;
    for (auto at = data.begin; at < data.end && good;) {
        const auto part = std::span(block).first(std::min<std::uint64_t>(block.size(), data.end - at));
        SHARDLENS_CHECK(source.readAt(at, part));
        good = inflater ? inflater->feed(part, take) : take(part);
        at += part.size();
        SHARDLENS_CHECK(step(part.size()));
    }
    if (!good || decoded != entry.bytes || (inflater && !inflater->ended() && entry.compressedBytes > 0))
        return fail(rules::ZipDirectoryBroken,
                    {std::string("an entry's data does not unpack to the size it claims")},
                    whereOf(source, entry));
    return {};
}

} // namespace

std::uint32_t updateCrc(std::uint32_t crc, std::span<const std::byte> bytes) {
    return libdeflate_crc32(crc, bytes.data(), bytes.size());
}

std::uint32_t combineCrc(std::uint32_t first, std::uint32_t second, std::uint64_t secondBytes) {
    return static_cast<std::uint32_t>(crc32_combine(first, second, static_cast<z_off_t>(secondBytes)));
}

Result<std::vector<std::byte>> readEntry(const ByteSource& source, const Directory& directory,
                                         const Entry& entry, std::uint64_t limit) {
    SHARDLENS_CHECK(checkReadable(source, entry));
    if (entry.bytes > limit)
        return fail(rules::TooLarge, {std::string(entry.name), Bytes{entry.bytes}, Bytes{limit}},
                    whereOf(source, entry));
    SHARDLENS_TRY(const auto local, readLocalHeader(source, directory, entry));
    std::vector<std::byte> out;
    out.reserve(std::min<std::uint64_t>(entry.bytes, entry.stored() ? local.data.size() : BlockBytes));
    const auto append = [&](std::span<const std::byte> bytes) {
        out.insert(out.end(), bytes.begin(), bytes.end());
        return true;
    };
    SHARDLENS_CHECK(walk(source, entry, local.data, append, [](std::uint64_t) { return Result<void>(); }));
    SHARDLENS_CHECK(compareCrc(source, entry, updateCrc(0, out)));
    return out;
}

Result<void> verifyEntry(const ByteSource& source, const Directory& directory, const Entry& entry,
                         const JobContext& context) {
    SHARDLENS_CHECK(checkReadable(source, entry));
    SHARDLENS_TRY(const auto local, readLocalHeader(source, directory, entry));
    std::uint32_t crc = 0;
    const auto check = [&](std::span<const std::byte> bytes) {
        crc = updateCrc(crc, bytes);
        return true;
    };
    const auto step = [&](std::uint64_t bytes) {
        context.add(bytes);
        return context.checkStop();
    };
    SHARDLENS_CHECK(walk(source, entry, local.data, check, step));
    return compareCrc(source, entry, crc);
}

} // namespace shardlens::zip
