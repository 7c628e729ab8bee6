// SPDX-License-Identifier: Apache-2.0
#include "analysis/pair_walk.h"

#include "data/decode.h"

#include <cstring>

namespace shardlens {

namespace {

constexpr std::size_t BlockValues = 4096;

bool isComplex(DType dtype) {
    return info(dtype).kind == DTypeKind::Complex;
}

bool isInteger64(DType dtype) {
    return bitsOf(dtype) == 64 && info(dtype).kind != DTypeKind::Float && !isComplex(dtype);
}

DType partOf(DType dtype) {
    return dtype == DType::C128  ? DType::F64
           : dtype == DType::C64 ? DType::F32
           : dtype == DType::C32 ? DType::F16
                                 : dtype;
}

bool allZero(std::span<const std::byte> bytes) {
    return bytes.empty() || (bytes.front() == std::byte{0} &&
                             std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0);
}

Result<void> load(const TensorReader& reader, ElementRange range, std::vector<std::byte>& into) {
    into.resize(packedBytes(reader.dtype(), range.size()).value_or(0));
    return reader.read(range, into);
}

void decode(DType dtype, std::span<const std::byte> bytes, std::uint64_t first, std::uint64_t count,
            std::uint64_t parts, std::vector<double>& out) {
    const auto type = parts == 2 ? partOf(dtype) : dtype;
    decodeToDouble(type, bytes, first * parts * bitsOf(type), std::span(out).first(count * parts));
}

} // namespace

Result<void> PairWalk::run(const JobContext& context, const std::function<void(const PairBlock&)>& visit) {
    const auto total = m_a.elements();
    m_identical = m_a.dtype() == m_b.dtype();
    m_allZeroA = m_allZeroB = total > 0;
    // Whole bytes on both sides: sub-byte types are read in multiples of 8 elements.
    const auto step =
        std::max<std::uint64_t>(std::min(m_a.preferredRange(), m_b.preferredRange()) / 8 * 8, 8);
    for (std::uint64_t begin = 0; begin < total;) {
        SHARDLENS_CHECK(context.checkStop());
        const ElementRange range{begin, begin + std::min(step, total - begin)};
        SHARDLENS_CHECK(load(m_a, range, m_bytesA));
        SHARDLENS_CHECK(load(m_b, range, m_bytesB));
        const bool sameBytes = m_a.dtype() == m_b.dtype() && m_bytesA == m_bytesB;
        m_identical = m_identical && sameBytes;
        m_allZeroA = m_allZeroA && allZero(m_bytesA);
        m_allZeroB = m_allZeroB && allZero(m_bytesB);
        if (!sameBytes)
            decodeAll(range, visit);
        context.add(m_bytesA.size());
        begin = range.end;
    }
    return {};
}

void PairWalk::decodeAll(ElementRange range, const std::function<void(const PairBlock&)>& visit) {
    PairBlock block;
    block.parts = isComplex(m_a.dtype()) && isComplex(m_b.dtype()) ? 2 : 1;
    block.tolerance = m_tolerance;
    m_valuesA.resize(BlockValues * block.parts);
    m_valuesB.resize(BlockValues * block.parts);
    const bool exact = m_a.dtype() == m_b.dtype() && isInteger64(m_a.dtype());
    for (std::uint64_t at = 0; at < range.size(); at += BlockValues) {
        block.first = range.begin + at;
        block.count = std::min<std::uint64_t>(BlockValues, range.size() - at);
        decode(m_a.dtype(), m_bytesA, at, block.count, block.parts, m_valuesA);
        decode(m_b.dtype(), m_bytesB, at, block.count, block.parts, m_valuesB);
        block.a = std::span(m_valuesA).first(block.count * block.parts);
        block.b = std::span(m_valuesB).first(block.count * block.parts);
        if (exact) {
            block.exactA = std::span(m_bytesA).subspan(at * 8, block.count * 8);
            block.exactB = std::span(m_bytesB).subspan(at * 8, block.count * 8);
        }
        visit(block);
    }
}

} // namespace shardlens
