// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/count_table.h"
#include "analysis/moments.h"
#include "analysis/value_groups.h"
#include "model/dtype.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace shardlens {

/// Counts of bit patterns. For dtypes of 16 bits or less a pattern is a value, so that every figure comes out
/// exact; for wider ones it is sign, exponent and 8 bits of the mantissa, of an F32 or of the value as a
/// double. One object counts one tensor after the other.
class PatternCounts {
public:
    explicit PatternCounts(DType dtype);

    static bool isExact(DType dtype);
    DType dtype() const { return m_dtype; }

    /// Says how much will be counted until the counts are taken: what is small must not pay for a whole table.
    void begin(std::uint64_t elements);

    /// Exact dtypes: counts packed elements, which begin at a byte.
    void addPacked(std::span<const std::byte> packed, std::uint64_t elements);
    /// F32.
    void addFloats(const std::byte* packed, std::size_t count);
    /// Other wide dtypes. All magnitudes lie between `least` and `most`, where that is known, or `least` is 0.
    void addDoubles(const double* values, std::size_t count, double least, double most);
    /// Adds what another object counted, which is empty then.
    void absorb(PatternCounts& other) { m_table.absorb(other.m_table); }

    /// Exact dtypes: all values but NaN, whose number goes to `nan`. The counts are empty then.
    ValueGroups takeValues(std::uint64_t& nan);
    /// Wide dtypes: ranges within what the figures of the same values say. The counts are empty then.
    ValueGroups takeRanges(const Moments& figures);

private:
    enum class Order : std::uint8_t { SignMagnitude, TwosComplement, Unsigned, Listed };
    void addWords(std::span<const std::byte> packed);
    void addBytes(std::span<const std::byte> packed);
    void addSixBits(std::span<const std::byte> packed, std::uint64_t elements);
    void listValues();
    template <typename Visit>
    void visitRising(const Visit& visit);
    ValueGroups takeListed(std::uint64_t& nan);
    ValueGroup rangeOf(std::size_t key, std::uint64_t count) const;

    DType m_dtype;
    Order m_order;
    bool m_whole = false; ///< values are whole numbers
    bool m_sparse = true; ///< touched rows are marked while counting
    CountTable m_table;
    struct Listed {
        double value;
        std::uint8_t pattern;
    };
    std::vector<Listed> m_listed; // rising; of dtypes with at most 256 patterns
};

} // namespace shardlens
