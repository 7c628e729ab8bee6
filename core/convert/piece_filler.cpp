// SPDX-License-Identifier: Apache-2.0
#include "convert/piece_filler.h"

#include "data/cast.h"

#include <algorithm>
#include <cstring>

namespace shardlens::convert {

Result<void> PieceFiller::fill(const Piece& piece, std::uint64_t begin, std::span<std::byte> out,
                               const TensorReader* reader) {
    if (const auto* literal = std::get_if<Literal>(&piece.what)) {
        std::memcpy(out.data(), literal->bytes.data() + begin, out.size());
        return {};
    }
    if (const auto* padding = std::get_if<Padding>(&piece.what)) {
        std::memset(out.data(), padding->fill, out.size());
        return {};
    }
    if (const auto* range = std::get_if<FileRange>(&piece.what))
        return range->source->readAt(range->offset + begin, out);
    const auto* tensor = std::get_if<TensorRange>(&piece.what);
    if (tensor == nullptr) { // a checksum, written when what it sums is
        std::memset(out.data(), 0, out.size());
        return {};
    }
    if (reader != nullptr)
        return fillTensor(*tensor, *reader, begin, out);
    SHARDLENS_TRY(const auto opened,
                  TensorReader::open(m_plan.sources[tensor->source], tensor->tensor, m_context));
    return fillTensor(*tensor, *opened, begin, out);
}

Result<void> PieceFiller::fillTensor(const TensorRange& tensor, const TensorReader& reader,
                                     std::uint64_t begin, std::span<std::byte> out) {
    const std::uint64_t bits = bitsOf(tensor.dtype);
    const ElementRange range{begin * 8 / bits, (begin + out.size()) * 8 / bits};
    if (reader.dtype() == tensor.dtype)
        return reader.read(range, out);
    m_uncast.resize(static_cast<std::size_t>(range.size() * bitsOf(reader.dtype()) / 8));
    SHARDLENS_CHECK(reader.read(range, m_uncast));
    m_overflows += castElements(reader.dtype(), tensor.dtype, m_uncast, out);
    return {};
}

} // namespace shardlens::convert
