// SPDX-License-Identifier: Apache-2.0
#include "data/forward_stream.h"

#include "data/rules.h"

#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <array>
#include <vector>

namespace shardlens {

/// Gives decoded bytes from front to back. Fewer than asked for only at the end of the stream.
class ForwardStream::Stage {
public:
    virtual ~Stage() = default;
    virtual Result<std::size_t> next(std::span<std::byte> out) = 0;
};

namespace {

constexpr std::size_t InputBlock = 256 * 1024;

using Stage = ForwardStream::Stage;

class StoredStage final : public Stage {
public:
    StoredStage(ByteSourcePtr source, ByteRange range) : m_source(std::move(source)), m_range(range) {}

    Result<std::size_t> next(std::span<std::byte> out) override {
        const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), m_range.size()));
        if (size == 0)
            return 0;
        SHARDLENS_CHECK(m_source->readAt(m_range.begin, out.first(size)));
        m_range.begin += size;
        return size;
    }

private:
    ByteSourcePtr m_source;
    ByteRange m_range;
};

/// A stage that decodes what another gives, block by block.
class DecoderStage : public Stage {
public:
    DecoderStage(std::unique_ptr<Stage> inner, std::string tensor)
        : m_inner(std::move(inner))
        , m_tensor(std::move(tensor))
        , m_block(InputBlock) {}

protected:
    /// Makes `m_input` non-empty, or leaves it empty at the end of the inner stream.
    Result<void> fill() {
        if (!m_input.empty())
            return {};
        SHARDLENS_TRY(const auto size, m_inner->next(m_block));
        m_input = std::span<const std::byte>(m_block).first(size);
        return {};
    }

    Failure damaged(std::string why) const {
        return fail(rules::DataDecodeFailed, {m_tensor, std::move(why)});
    }

    std::span<const std::byte> m_input;

private:
    std::unique_ptr<Stage> m_inner;
    std::string m_tensor;
    std::vector<std::byte> m_block;
};

class ZstdStage final : public DecoderStage {
public:
    ZstdStage(std::unique_ptr<Stage> inner, std::string tensor)
        : DecoderStage(std::move(inner), std::move(tensor))
        , m_context(ZSTD_createDCtx()) {
        if (m_context == nullptr)
            throw std::bad_alloc();
    }
    ~ZstdStage() override { ZSTD_freeDCtx(m_context); }
    ZstdStage(const ZstdStage&) = delete;
    ZstdStage& operator=(const ZstdStage&) = delete;

    // A writer may end a frame and begin another wherever it flushes: the frames make one stream.
    Result<std::size_t> next(std::span<std::byte> out) override {
        std::size_t have = 0;
        while (have < out.size()) {
            SHARDLENS_CHECK(fill());
            ZSTD_inBuffer input{m_input.data(), m_input.size(), 0};
            ZSTD_outBuffer output{out.data(), out.size(), have};
            if (input.size == 0 && m_frameEnded)
                break;
            const auto state = ZSTD_decompressStream(m_context, &output, &input);
            if (ZSTD_isError(state) != 0)
                return damaged(ZSTD_getErrorName(state));
            const bool moved = output.pos != have || input.pos != 0;
            m_frameEnded = state == 0;
            have = output.pos;
            m_input = m_input.subspan(input.pos);
            if (!moved && input.size == 0)
                break; // cut off inside a frame
        }
        return have;
    }

private:
    ZSTD_DCtx* m_context;
    bool m_frameEnded = true;
};

class DeflateStage final : public DecoderStage {
public:
    DeflateStage(std::unique_ptr<Stage> inner, std::string tensor)
        : DecoderStage(std::move(inner), std::move(tensor)) {
        if (inflateInit2(&m_stream, -MAX_WBITS) != Z_OK) // raw deflate, as ZIP archives hold it
            throw std::bad_alloc();
    }
    ~DeflateStage() override { inflateEnd(&m_stream); }
    DeflateStage(const DeflateStage&) = delete;
    DeflateStage& operator=(const DeflateStage&) = delete;

    Result<std::size_t> next(std::span<std::byte> out) override {
        std::size_t have = 0;
        while (have < out.size() && !m_ended) {
            SHARDLENS_CHECK(fill());
            const auto room = std::min<std::size_t>(out.size() - have, 1u << 30);
            m_stream.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(m_input.data()));
            m_stream.avail_in = static_cast<uInt>(m_input.size());
            m_stream.next_out = reinterpret_cast<Bytef*>(out.data() + have);
            m_stream.avail_out = static_cast<uInt>(room);
            const int state = inflate(&m_stream, Z_NO_FLUSH);
            if (state != Z_OK && state != Z_STREAM_END && state != Z_BUF_ERROR)
                return damaged(m_stream.msg != nullptr ? m_stream.msg : "the deflate stream makes no sense");
            const auto wrote = room - m_stream.avail_out;
            const auto took = m_input.size() - m_stream.avail_in;
            m_ended = state == Z_STREAM_END;
            have += wrote;
            m_input = m_input.subspan(took);
            if (wrote == 0 && took == 0)
                break; // cut off
        }
        return have;
    }

private:
    z_stream m_stream{};
    bool m_ended = false;
};

} // namespace

ForwardStream::ForwardStream(ByteSourcePtr source, ByteRange stored, Encoding encoding, std::string tensor)
    : m_source(std::move(source))
    , m_stored(stored)
    , m_encoding(encoding)
    , m_tensor(std::move(tensor)) {}

ForwardStream::~ForwardStream() = default;

Result<void> ForwardStream::restart() {
    m_top = std::make_unique<StoredStage>(m_source, m_stored);
    m_position = 0;
    if (m_encoding.kind == Encoding::Kind::Deflate)
        m_top = std::make_unique<DeflateStage>(std::move(m_top), m_tensor);
    if (m_encoding.kind == Encoding::Kind::Zstd)
        for (unsigned i = 0; i != m_encoding.layers; ++i)
            m_top = std::make_unique<ZstdStage>(std::move(m_top), m_tensor);
    return skipTo(m_encoding.skip);
}

Result<void> ForwardStream::skipTo(std::uint64_t count) {
    std::array<std::byte, 64 * 1024> thrown;
    std::uint64_t done = 0;
    while (done != count) {
        const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(thrown.size(), count - done));
        SHARDLENS_TRY(const auto got, m_top->next(std::span(thrown).first(size)));
        if (got == 0)
            return fail(rules::DataDecodedShort,
                        {m_tensor, Bytes{done}, Bytes{m_encoding.skip + m_encoding.decoded}});
        done += got;
    }
    return {};
}

Result<void> ForwardStream::read(std::uint64_t offset, std::span<std::byte> out) {
    if (!m_top || offset < m_position)
        SHARDLENS_CHECK(restart());
    SHARDLENS_CHECK(skipTo(offset - m_position));
    m_position = offset;
    std::size_t have = 0;
    while (have != out.size()) {
        auto got = m_top->next(out.subspan(have));
        if (!got || *got == 0)
            m_top.reset(); // whoever tries again begins anew
        if (!got)
            return Failure(std::move(got).error());
        if (*got == 0)
            return fail(rules::DataDecodedShort, {m_tensor, Bytes{offset + have}, Bytes{m_encoding.decoded}});
        have += *got;
    }
    m_position = offset + out.size();
    return {};
}

} // namespace shardlens
