// SPDX-License-Identifier: Apache-2.0
#include "data/slice_reader.h"

#include "base/checked.h"
#include "data/bit_copy.h"
#include "data/rules.h"

#include <algorithm>
#include <new>

namespace shardlens {

namespace {

/// Runs at least this long are read where they belong; shorter ones come out of a block that is read whole.
constexpr std::uint64_t DirectRunBytes = 64 * 1024;
/// Such a block: fits the L2 cache together with what it is laid out into.
constexpr std::uint64_t BlockBytes = 512 * 1024;

/// Memory that a thread keeps for blocks: allocating it anew each time costs more than the copying.
std::span<std::byte> scratch(std::size_t bytes) {
    thread_local std::vector<std::byte> buffer;
    if (buffer.size() < bytes)
        buffer.resize(bytes);
    return std::span(buffer).first(bytes);
}

} // namespace

Result<std::unique_ptr<SliceReader>> SliceReader::open(const CheckpointPtr& checkpoint, SliceId id,
                                                       const JobContext& context) {
    const auto slice = checkpoint->slice(id);
    const auto tensor = checkpoint->tensor(slice.tensor);
    SHARDLENS_TRY(auto payload, checkpoint->payload(id));
    std::unique_ptr<SliceReader> reader(
        new SliceReader(std::move(payload), BoxLayout(tensor.shape(), slice.box)));
    reader->m_tensor = tensor.name();
    reader->m_bits = bitsOf(tensor.dtype());
    reader->m_memory = context.memory;
    reader->m_fixup = {tensor.dtype(), reader->m_payload.order, reader->m_payload.conj,
                       reader->m_payload.neg};
    if (reader->m_payload.dtype != tensor.dtype())
        return fail(rules::DataDTypeDisagrees, {reader->m_tensor, std::string(name(reader->m_payload.dtype)),
                                                std::string(tensor.dtypeName())});
    SHARDLENS_TRY(reader->m_source, checkpoint->source(reader->m_payload.file));
    SHARDLENS_CHECK(reader->check(tensor.name(), slice));
    const auto& strides = reader->m_payload.strides;
    if (!strides.empty())
        reader->m_strided.emplace(slice.box.size, strides, reader->m_payload.start, reader->m_bits);
    return reader;
}

std::uint64_t SliceReader::available() const {
    const auto& encoding = m_payload.encoding;
    if (encoding.kind != Encoding::Kind::Plain)
        return encoding.decoded;
    return m_payload.bytes.size() - std::min(encoding.skip, m_payload.bytes.size());
}

Result<void> SliceReader::check(std::string_view tensor, const Slice& slice) const {
    const std::string title(tensor);
    const Location where{.file = m_source->name(), .offset = m_payload.bytes.begin, .item = title};
    if (m_payload.bytes.begin > m_payload.bytes.end || m_payload.bytes.end > m_source->size())
        return fail(rules::DataPastEnd, {title, m_payload.bytes.end, Bytes{m_source->size()}}, where);
    if (m_payload.conj && !ElementFixup::canConjugate(m_payload.dtype))
        return fail(rules::DataCannotNegate,
                    {title, std::string("conjugated"), std::string(name(m_payload.dtype))}, where);
    if (m_payload.neg && !ElementFixup::canNegate(m_payload.dtype))
        return fail(rules::DataCannotNegate,
                    {title, std::string("negated"), std::string(name(m_payload.dtype))}, where);
    StrideReach reach{0, static_cast<std::int64_t>(m_layout.elements() - 1)};
    const auto start = static_cast<std::int64_t>(m_payload.start);
    bool inside = m_payload.start <= static_cast<std::uint64_t>(INT64_MAX) &&
                  m_layout.elements() - 1 <= static_cast<std::uint64_t>(INT64_MAX);
    if (!m_payload.strides.empty()) {
        if (m_payload.strides.size() != slice.box.size.size())
            return fail(
                rules::DataStridesDisagree,
                {title, std::uint64_t{m_payload.strides.size()}, std::uint64_t{slice.box.size.size()}},
                where);
        const auto strided = strideReach(slice.box.size, m_payload.strides);
        inside = inside && strided.has_value();
        reach = strided.value_or(reach);
    }
    const auto last = checkedAdd(start, reach.highest);
    const auto bits =
        last ? checkedMul<std::uint64_t>(static_cast<std::uint64_t>(*last) + 1, m_bits) : std::nullopt;
    inside = inside && last && start + reach.lowest >= 0 && bits && (*bits + 7) / 8 <= available();
    if (!inside) {
        const auto from =
            inside || start + reach.lowest < 0 ? 0 : static_cast<std::uint64_t>(start + reach.lowest);
        const auto to = bits ? (*bits + 7) / 8 : UINT64_MAX;
        return fail(rules::DataOutsideStorage, {title, from * m_bits / 8, to, Bytes{available()}}, where);
    }
    return {};
}

Result<void> SliceReader::fetch(std::uint64_t offset, std::span<std::byte> out) const {
    if (!randomAccess())
        return fetchEncoded(offset, out);
    return m_source->readAt(m_payload.bytes.begin + m_payload.encoding.skip + offset, out);
}

Result<void> SliceReader::fetchEncoded(std::uint64_t offset, std::span<std::byte> out) const {
    const std::scoped_lock lock(m_mutex);
    if (!m_stream)
        m_stream = std::make_unique<ForwardStream>(m_source, m_payload.bytes, m_payload.encoding, m_tensor);
    if (!m_strided)
        return m_stream->read(offset, out);
    if (m_decoded.empty()) { // another order than the stream's: only the whole helps
        if (available() > m_memory)
            return fail(rules::DataTooLargeToPermute, {m_tensor, Bytes{available()}});
        std::vector<std::byte> whole;
        try {
            whole.resize(static_cast<std::size_t>(available()));
        } catch (const std::bad_alloc&) {
            return fail(rules::DataTooLargeToPermute, {m_tensor, Bytes{available()}});
        }
        SHARDLENS_CHECK(m_stream->read(0, whole));
        m_decoded = std::move(whole);
    }
    std::copy_n(m_decoded.begin() + static_cast<std::ptrdiff_t>(offset), out.size(), out.begin());
    return {};
}

Result<void> SliceReader::read(std::uint64_t begin, std::uint64_t end, std::byte* out) const {
    const auto first = m_layout.countBefore(begin);
    const auto last = m_layout.countBefore(end);
    if (first == last)
        return {};
    if (m_bits % 8 != 0)
        return readBits(first, last, begin, out);
    const auto run = m_layout.runLength();
    if (first / run == (last - 1) / run) {
        const auto bytes = m_bits / 8u;
        std::byte* to = out + (m_layout.positionOf(first) - begin) * bytes;
        return readPacked(first, last, to);
    }
    if (run * (m_bits / 8u) >= DirectRunBytes && !m_strided)
        return readRuns(first, last, begin, out);
    return readBlocks(first, last, begin, out);
}

/// Elements [begin, end) of the slice's own order, packed; whole bytes each.
Result<void> SliceReader::readPacked(std::uint64_t begin, std::uint64_t end, std::byte* out) const {
    const auto bytes = m_bits / 8u;
    const std::span packed(out, static_cast<std::size_t>((end - begin) * bytes));
    if (m_strided) {
        const StridedGather::Fetch from = [this](std::uint64_t offset, std::span<std::byte> to) {
            return fetch(offset, to);
        };
        SHARDLENS_CHECK(m_strided->gather(begin, end, from, out));
    } else {
        SHARDLENS_CHECK(fetch((m_payload.start + begin) * bytes, packed));
    }
    if (m_fixup.needed())
        m_fixup.apply(packed);
    return {};
}

Result<void> SliceReader::readRuns(std::uint64_t first, std::uint64_t last, std::uint64_t begin,
                                   std::byte* out) const {
    while (first != last) {
        const auto run = m_layout.runAt(first);
        const auto count = std::min(run.length, last - first);
        SHARDLENS_CHECK(readPacked(first, first + count, out + (run.position - begin) * (m_bits / 8u)));
        first += count;
    }
    return {};
}

Result<void> SliceReader::readBlocks(std::uint64_t first, std::uint64_t last, std::uint64_t begin,
                                     std::byte* out) const {
    const auto bytes = m_bits / 8u;
    // Where the order is permuted a larger block saves passes over the storage.
    const auto block = m_strided ? last - first : std::max<std::uint64_t>(1, BlockBytes / bytes);
    std::vector<std::byte> large;
    while (first != last) {
        const auto count = std::min(block, last - first);
        const auto size = static_cast<std::size_t>(count * bytes);
        if (size > 2 * BlockBytes)
            large.resize(size);
        const auto packed = size > 2 * BlockBytes ? std::span(large).first(size) : scratch(size);
        SHARDLENS_CHECK(readPacked(first, first + count, packed.data()));
        m_layout.scatter(first, packed, bytes, begin, out);
        first += count;
    }
    return {};
}

/// The exact path for elements of less than a byte: runs may begin and end inside bytes.
Result<void> SliceReader::readBits(std::uint64_t first, std::uint64_t last, std::uint64_t begin,
                                   std::byte* out) const {
    constexpr std::uint64_t Block = BlockBytes; // elements
    while (first != last) {
        auto count = std::min(Block, last - first);
        const auto packed = scratch(static_cast<std::size_t>((count * m_bits + 7) / 8 + 1));
        std::uint64_t bit = 0;
        if (m_strided) {
            const StridedGather::Fetch from = [this](std::uint64_t offset, std::span<std::byte> to) {
                return fetch(offset, to);
            };
            SHARDLENS_CHECK(m_strided->gather(first, first + count, from, packed.data()));
        } else {
            const auto from = (m_payload.start + first) * m_bits;
            bit = from % 8;
            SHARDLENS_CHECK(
                fetch(from / 8, packed.first(static_cast<std::size_t>((bit + count * m_bits + 7) / 8))));
        }
        while (count != 0) {
            const auto run = m_layout.runAt(first);
            const auto length = std::min(run.length, count);
            copyBits(packed.data(), bit, out, (run.position - begin) * m_bits, length * m_bits);
            bit += length * m_bits;
            first += length;
            count -= length;
        }
    }
    return {};
}

std::optional<std::uint64_t> SliceReader::bitOf(std::uint64_t position) const {
    if (!randomAccess())
        return std::nullopt;
    auto element = m_layout.countBefore(position);
    std::uint64_t index = m_payload.start + element;
    if (m_strided)
        index = m_strided->storageIndex(element);
    return (m_payload.bytes.begin + m_payload.encoding.skip) * 8 + index * m_bits;
}

} // namespace shardlens
