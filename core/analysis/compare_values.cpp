// SPDX-License-Identifier: Apache-2.0
#include "analysis/compare_values.h"

#include "analysis/pair_walk.h"

#include <algorithm>
#include <array>

namespace shardlens {

namespace {

constexpr std::uint64_t MaxStrip = 64;

/// Differing elements along the first dim, in equal parts.
class StripCounter {
public:
    StripCounter(std::uint64_t elements, std::uint64_t rows)
        : m_rows(std::max<std::uint64_t>(rows, 1))
        , m_perRow(std::max<std::uint64_t>(elements / m_rows, 1))
        , m_parts(std::min(m_rows, MaxStrip)) {}

    void add(std::uint64_t place) {
        if (place >= m_end)
            moveTo(place / m_perRow);
        ++m_counts[m_part];
    }

    /// Each part as a share of its elements, 1 to 255 where any differs.
    std::vector<std::uint8_t> shares() const {
        std::vector<std::uint8_t> out(m_parts);
        for (std::uint64_t part = 0; part < m_parts; ++part) {
            const auto rows = firstRow(part + 1) - firstRow(part);
            const auto share = static_cast<double>(m_counts[part]) /
                               (static_cast<double>(rows) * static_cast<double>(m_perRow));
            out[part] = m_counts[part] == 0
                            ? std::uint8_t{0}
                            : static_cast<std::uint8_t>(std::clamp(share * 255.0, 1.0, 255.0));
        }
        return out;
    }

private:
    /// The first row of a part: ⌈part · rows / parts⌉ without a product that could overflow.
    std::uint64_t firstRow(std::uint64_t part) const {
        return m_rows / m_parts * part + (m_rows % m_parts * part + m_parts - 1) / m_parts;
    }
    void moveTo(std::uint64_t row) {
        while (m_part + 1 < m_parts && firstRow(m_part + 1) <= row)
            ++m_part;
        m_end = m_part + 1 < m_parts ? firstRow(m_part + 1) * m_perRow : ~std::uint64_t{0};
    }

    std::uint64_t m_rows, m_perRow, m_parts;
    std::uint64_t m_part = 0, m_end = 0;
    std::array<std::uint64_t, MaxStrip> m_counts{};
};

} // namespace

Result<ValueComparison> compareValues(const TensorReader& a, const TensorReader& b, std::uint64_t rows,
                                      double tolerance, Difference& out, const JobContext& context) {
    PairWalk walk(a, b, tolerance);
    StripCounter strip(a.elements(), rows);
    SHARDLENS_CHECK(walk.run(context, [&](const PairBlock& block) {
        for (std::uint64_t i = 0; i < block.count; ++i) {
            const auto gap = block.gap(i);
            out.maxAbs = std::max(out.maxAbs, gap.absolute);
            out.maxRel = std::max(out.maxRel, gap.relative);
            if (!gap.differs)
                continue;
            const auto place = block.first + i;
            if (out.count++ == 0)
                out.first = place;
            out.last = place;
            strip.add(place);
        }
    }));
    out.valuesCompared = true;
    out.allZeroA = walk.allZeroA();
    out.allZeroB = walk.allZeroB();
    if (out.count > 0)
        out.strip = strip.shares();
    return ValueComparison{out.count == 0, walk.identical()};
}

} // namespace shardlens
