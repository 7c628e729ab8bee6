// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/difference_detail.h"

#include <bit>
#include <cstdint>
#include <vector>

namespace shardlens {

/// Counts positive finite numbers by size without knowing their range before: eight bins an octave, cut from the
/// number's own bits.
class GapHistogram {
public:
    GapHistogram() : m_counts(Bins) {}
    void add(double gap) { ++m_counts[std::bit_cast<std::uint64_t>(gap) >> Shift]; }
    /// The bins in use, joined until they are at most `most`.
    DifferenceDetail::Histogram summary(std::size_t most) const;

private:
    static constexpr unsigned Shift = 49; // the exponent and three bits of the mantissa stay
    static constexpr std::size_t Bins = std::size_t{1} << (64 - Shift - 1);
    std::vector<std::uint64_t> m_counts;
};

} // namespace shardlens
