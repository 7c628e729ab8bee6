// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/dtype.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace shardlens {

/// Counts of bit patterns. For dtypes of 16 bits or less a pattern is a value, so that every figure comes out
/// exact; for wider ones it is the leading bits of the value as a double (sign, exponent, 8 bits of
/// mantissa).
class PatternCounts {
public:
    explicit PatternCounts(DType dtype);

    bool exact() const { return m_exact; }
    DType dtype() const { return m_dtype; }
    /// Complete only after flush().
    std::span<const std::uint64_t> counts() const { return m_counts; }
    /// Empties the quick tables into the counts.
    void flush();

    /// Exact dtypes: counts `elements` packed elements, which begin at a byte.
    void addPacked(std::span<const std::byte> packed, std::uint64_t elements);
    /// Wide dtypes: counts values; NaN is left out.
    void addValues(std::span<const double> values);
    void add(const PatternCounts& other);

    /// The values of all patterns, for exact dtypes; for wide ones where each pattern's range begins.
    std::vector<double> values() const;

    static constexpr unsigned WideShift = 44; ///< a double's 64 bits down to 20
    static std::uint32_t wideKey(double value);

private:
    DType m_dtype;
    bool m_exact;
    std::vector<std::uint64_t> m_counts;
    std::vector<std::uint32_t> m_quick; // two interleaved tables, emptied into m_counts before they overflow
    std::uint64_t m_quickCount = 0;
    void addWords(std::span<const std::byte> packed);
    void addBytes(std::span<const std::byte> packed);
    void addSixBits(std::span<const std::byte> packed, std::uint64_t elements);
};

} // namespace shardlens
