// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "data/tensor_reader.h"
#include "jobs/job_context.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <span>
#include <vector>

namespace shardlens {

/// How far two elements lie apart.
struct Gap {
    bool differs = false; ///< by more than the tolerance, or in bits that a double does not show
    double absolute = 0;  ///< |a - b|, of complex values the larger part's; infinite beside a NaN
    double relative = 0;  ///< |a - b| / max(|a|, |b|)
};

/// A run of elements of two tensors, decoded. Spans live as long as the call that gets them.
struct PairBlock {
    std::uint64_t first = 0; ///< row-major place of the first element
    std::uint64_t count = 0;
    std::uint64_t parts = 1;      ///< doubles an element: 2 where both are complex
    std::span<const double> a, b; ///< count * parts
    std::span<const std::byte> exactA,
        exactB; ///< 64-bit integers of one type: 8 bytes an element; else empty
    double tolerance = 0;

    Gap gap(std::uint64_t i) const;
    /// Both parts are zero.
    static bool isZero(std::span<const double> values, std::uint64_t parts, std::uint64_t i) {
        return values[i * parts] == 0 && values[i * parts + parts - 1] == 0;
    }
};

/// Walks two tensors of one shape side by side, in row-major order, in bounded memory. Runs whose bytes are equal
/// are passed over.
class PairWalk {
public:
    PairWalk(const TensorReader& a, const TensorReader& b, double tolerance)
        : m_a(a)
        , m_b(b)
        , m_tolerance(tolerance) {}

    /// Progress in bytes of A.
    Result<void> run(const JobContext& context, const std::function<void(const PairBlock&)>& visit);

    bool identical() const { return m_identical; } ///< dtype and bytes are equal
    bool allZeroA() const { return m_allZeroA; }
    bool allZeroB() const { return m_allZeroB; }

private:
    void decodeAll(ElementRange range, const std::function<void(const PairBlock&)>& visit);

    const TensorReader& m_a;
    const TensorReader& m_b;
    double m_tolerance;
    bool m_identical = true, m_allZeroA = true, m_allZeroB = true;
    std::vector<std::byte> m_bytesA, m_bytesB;
    std::vector<double> m_valuesA, m_valuesB;
};

inline Gap PairBlock::gap(std::uint64_t i) const {
    Gap out;
    for (auto part = i * parts; part < (i + 1) * parts; ++part) {
        const auto x = a[part], y = b[part];
        if (x == y || (std::isnan(x) && std::isnan(y)))
            continue;
        const auto apart =
            std::isnan(x) || std::isnan(y) ? std::numeric_limits<double>::infinity() : std::abs(x - y);
        out.differs = out.differs || apart > tolerance;
        out.absolute = std::max(out.absolute, apart);
        const auto scale = std::max(std::abs(x), std::abs(y));
        out.relative =
            std::max(out.relative, std::isfinite(apart) && std::isfinite(scale) ? apart / scale : apart);
    }
    // As doubles they lose digits: their bits decide whether they differ.
    if (!exactA.empty() && !out.differs)
        out.differs = !std::equal(exactA.begin() + static_cast<std::ptrdiff_t>(i * 8),
                                  exactA.begin() + static_cast<std::ptrdiff_t>(i * 8 + 8),
                                  exactB.begin() + static_cast<std::ptrdiff_t>(i * 8));
    return out;
}

} // namespace shardlens
