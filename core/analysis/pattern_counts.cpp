// SPDX-License-Identifier: Apache-2.0
#include "analysis/pattern_counts.h"

#include "base/endian.h"
#include "data/decode.h"

#include <algorithm>
#include <array>
#include <bit>
#include <limits>

namespace shardlens {

namespace {

constexpr std::size_t WordPatterns = 1 << 16, BytePatterns = 1 << 8;
constexpr unsigned WideBits = 64 - PatternCounts::WideShift;

std::size_t tableSize(DType dtype) {
    const auto bits = bitsOf(dtype);
    if (bits > 16 || info(dtype).kind == DTypeKind::Complex)
        return std::size_t{1} << WideBits;
    return std::size_t{1} << bits;
}

} // namespace

PatternCounts::PatternCounts(DType dtype)
    : m_dtype(dtype)
    , m_exact(bitsOf(dtype) <= 16 && info(dtype).kind != DTypeKind::Complex)
    , m_counts(tableSize(dtype)) {
    if (m_exact)
        m_quick.resize(2 * (bitsOf(dtype) == 16 ? WordPatterns : BytePatterns));
}

std::uint32_t PatternCounts::wideKey(double value) {
    return static_cast<std::uint32_t>(std::bit_cast<std::uint64_t>(value) >> WideShift);
}

void PatternCounts::addPacked(std::span<const std::byte> packed, std::uint64_t elements) {
    // A table's cell cannot overflow before this many elements were counted.
    if (m_quickCount > std::numeric_limits<std::uint32_t>::max() - elements)
        flush();
    m_quickCount += elements;
    switch (bitsOf(m_dtype)) {
    case 16:
        addWords(packed);
        break;
    case 6:
        addSixBits(packed, elements);
        break;
    default: // 8, and 4 by pairs
        addBytes(packed);
    }
}

/// Two tables, so that a run of equal values does not wait for its own stores.
void PatternCounts::addWords(std::span<const std::byte> packed) {
    auto* even = m_quick.data();
    auto* odd = even + WordPatterns;
    const auto* at = packed.data();
    const auto* end = at + packed.size() / 8 * 8;
    for (; at != end; at += 8) {
        const auto word = loadLittle<std::uint64_t>(at);
        ++even[word & 0xffff];
        ++odd[word >> 16 & 0xffff];
        ++even[word >> 32 & 0xffff];
        ++odd[word >> 48];
    }
    for (const auto* last = packed.data() + packed.size() / 2 * 2; at != last; at += 2)
        ++even[loadLittle<std::uint16_t>(at)];
}

void PatternCounts::addBytes(std::span<const std::byte> packed) {
    auto* even = m_quick.data();
    auto* odd = even + BytePatterns;
    std::size_t i = 0;
    for (; i + 1 < packed.size(); i += 2) {
        ++even[std::to_integer<std::size_t>(packed[i])];
        ++odd[std::to_integer<std::size_t>(packed[i + 1])];
    }
    if (i < packed.size())
        ++even[std::to_integer<std::size_t>(packed[i])];
}

void PatternCounts::addSixBits(std::span<const std::byte> packed, std::uint64_t elements) {
    for (std::uint64_t i = 0; i < elements; ++i) {
        const auto bit = i * 6;
        auto word = std::to_integer<unsigned>(packed[bit / 8]);
        if (bit / 8 + 1 < packed.size())
            word |= std::to_integer<unsigned>(packed[bit / 8 + 1]) << 8;
        ++m_quick[word >> bit % 8 & 63];
    }
}

void PatternCounts::flush() {
    const auto half = m_quick.size() / 2;
    const bool pairs = bitsOf(m_dtype) == 4;
    for (std::size_t i = 0; i < half; ++i) {
        const auto count = std::uint64_t{m_quick[i]} + m_quick[half + i];
        if (count == 0)
            continue;
        if (pairs) {
            m_counts[i & 15] += count;
            m_counts[i >> 4] += count;
        } else {
            m_counts[i] += count;
        }
    }
    std::fill(m_quick.begin(), m_quick.end(), 0U);
    m_quickCount = 0;
}

void PatternCounts::addValues(std::span<const double> values) {
    for (const auto value : values)
        if (value == value)
            ++m_counts[wideKey(value)];
}

void PatternCounts::add(const PatternCounts& other) {
    for (std::size_t i = 0; i < m_counts.size(); ++i)
        m_counts[i] += other.m_counts[i];
}

std::vector<double> PatternCounts::values() const {
    std::vector<double> out(m_counts.size());
    if (!m_exact) {
        for (std::size_t i = 0; i < out.size(); ++i)
            out[i] = std::bit_cast<double>(std::uint64_t{i} << WideShift);
        return out;
    }
    const auto bits = bitsOf(m_dtype);
    for (std::size_t i = 0; i < out.size(); ++i) {
        std::array<std::byte, 2> packed{std::byte(i), std::byte(i >> 8)};
        decodeToDouble(m_dtype, std::span(packed).first(bits == 16 ? 2 : 1), 0, std::span(&out[i], 1));
    }
    return out;
}

} // namespace shardlens
