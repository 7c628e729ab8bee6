// SPDX-License-Identifier: Apache-2.0
#include "formats/dcp/item_source.h"

#include "formats/dcp/rules.h"
#include "io/rules.h"

#include <zstd.h>

#include <algorithm>
#include <memory>
#include <span>

namespace shardlens::dcp {

namespace {

constexpr std::uint64_t InputStep = 64 * Limits::KiB;
constexpr std::uint64_t SmallItem = 64 * Limits::KiB; // read at once rather than piece by piece

/// Bytes from front to back.
class Stream {
public:
    virtual ~Stream() = default;
    /// Fills a part of `out`; 0 at the end.
    virtual Result<std::size_t> read(std::span<std::byte> out) = 0;
};

class PlainStream final : public Stream {
public:
    PlainStream(ByteSourcePtr source, ByteRange range) : m_source(std::move(source)), m_at(range) {}

    Result<std::size_t> read(std::span<std::byte> out) override {
        const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), m_at.size()));
        SHARDLENS_CHECK(m_source->readAt(m_at.begin, out.first(count)));
        m_at.begin += count;
        return count;
    }

private:
    ByteSourcePtr m_source;
    ByteRange m_at;
};

class ZstdStream final : public Stream {
public:
    ZstdStream(std::unique_ptr<Stream> inner, std::string file)
        : m_inner(std::move(inner))
        , m_file(std::move(file))
        , m_decoder(ZSTD_createDStream())
        , m_buffer(static_cast<std::size_t>(InputStep)) {}

    Result<std::size_t> read(std::span<std::byte> out) override {
        if (m_decoder == nullptr)
            return fail(rules::OutOfMemory, {std::string("a Zstandard decoder")});
        ZSTD_outBuffer output{out.data(), out.size(), 0};
        while (output.pos < output.size) {
            // A call that filled its output may have left decoded bytes inside: they need no new input.
            if (m_input.pos == m_input.size && !m_mayHoldMore) {
                SHARDLENS_TRY(const std::size_t got, m_inner->read(m_buffer));
                if (got == 0)
                    return ended(output.pos);
                m_input = {m_buffer.data(), got, 0};
            }
            m_state = ZSTD_decompressStream(m_decoder.get(), &output, &m_input);
            if (ZSTD_isError(m_state) != 0)
                return broken(ZSTD_getErrorName(m_state));
            m_mayHoldMore = output.pos == output.size;
        }
        return output.pos;
    }

private:
    struct Free {
        void operator()(ZSTD_DStream* stream) const { ZSTD_freeDStream(stream); }
    };

    Result<std::size_t> ended(std::size_t have) {
        if (have > 0 || m_state == 0)
            return have;
        return broken("it ends in the middle of a frame");
    }

    Failure broken(std::string reason) const {
        Location where;
        where.file = m_file;
        return fail(rules::ReadFailed, {m_file, "Zstandard: " + reason}, std::move(where));
    }

    std::unique_ptr<Stream> m_inner;
    std::string m_file;
    std::unique_ptr<ZSTD_DStream, Free> m_decoder;
    std::vector<std::byte> m_buffer;
    ZSTD_inBuffer m_input{nullptr, 0, 0};
    std::size_t m_state = 0;
    bool m_mayHoldMore = false;
};

std::unique_ptr<Stream> makeStream(const ItemPlace& place) {
    std::unique_ptr<Stream> stream = std::make_unique<PlainStream>(place.source, place.range);
    for (std::uint8_t i = 0; i < place.layers; ++i)
        stream = std::make_unique<ZstdStream>(std::move(stream), place.source->name());
    return stream;
}

/// Reads until `count` bytes are there or the stream ends. The buffer grows with what comes out, never with
/// what is claimed.
Result<std::vector<std::byte>> readUpTo(Stream& stream, std::uint64_t count) {
    std::vector<std::byte> bytes;
    while (bytes.size() < count) {
        const std::size_t have = bytes.size();
        const std::uint64_t step =
            std::min<std::uint64_t>(count - have, std::max<std::uint64_t>(InputStep, have));
        bytes.resize(have + static_cast<std::size_t>(step));
        SHARDLENS_TRY(const std::size_t got, stream.read(std::span(bytes).subspan(have)));
        bytes.resize(have + got);
        if (got == 0)
            break;
    }
    return bytes;
}

} // namespace

Result<std::vector<std::byte>> readItemFront(const ItemPlace& place, std::uint64_t count) {
    const auto stream = makeStream(place);
    return readUpTo(*stream, count);
}

Result<ByteSourcePtr> openItem(const ItemPlace& place, std::uint64_t limit) {
    if (place.layers == 0 && place.range.size() > SmallItem)
        return windowSource(place.source, place.range.begin, place.range.size(), place.source->name());
    SHARDLENS_TRY(auto bytes, readItemFront(place, limit + 1));
    if (bytes.size() > limit)
        return fail(rules::TooLarge, {place.source->name(), Bytes{bytes.size()}, Bytes{limit}});
    return memorySource(place.source->name(), std::move(bytes));
}

} // namespace shardlens::dcp
