// SPDX-License-Identifier: Apache-2.0
#include "analysis/compare_values.h"

#include "data/decode.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

namespace shardlens {

namespace {

constexpr std::uint64_t MaxStrip = 64;
constexpr std::size_t BlockValues = 4096;

bool isComplex(DType dtype) {
    return info(dtype).kind == DTypeKind::Complex;
}

DType partOf(DType dtype) {
    return dtype == DType::C128  ? DType::F64
           : dtype == DType::C64 ? DType::F32
           : dtype == DType::C32 ? DType::F16
                                 : dtype;
}

class Comparer {
public:
    Comparer(const TensorReader& a, const TensorReader& b, std::uint64_t rows, double tolerance,
             Difference& out)
        : m_a(a)
        , m_b(b)
        , m_tolerance(tolerance)
        , m_out(out)
        , m_perRow(rows > 0 ? a.elements() / rows : 0)
        , m_rows(rows) {
        m_out.strip.assign(std::min(std::max<std::uint64_t>(rows, 1), MaxStrip), 0);
        m_out.allZeroA = m_out.allZeroB = a.elements() > 0;
        m_out.valuesCompared = true;
    }

    Result<ValueComparison> run(const JobContext& context) {
        ValueComparison result;
        result.identical = m_a.dtype() == m_b.dtype();
        const auto total = m_a.elements();
        // Whole bytes on both sides: sub-byte types are read in multiples of 8 elements.
        const auto step =
            std::max<std::uint64_t>(std::min(m_a.preferredRange(), m_b.preferredRange()) / 8 * 8, 8);
        for (std::uint64_t begin = 0; begin < total;) {
            SHARDLENS_CHECK(context.checkStop());
            const ElementRange range{begin, begin + std::min(step, total - begin)};
            SHARDLENS_CHECK(load(m_a, range, m_bytesA));
            SHARDLENS_CHECK(load(m_b, range, m_bytesB));
            const bool sameBytes = m_a.dtype() == m_b.dtype() && m_bytesA == m_bytesB;
            result.identical = result.identical && sameBytes;
            block(range, sameBytes);
            context.add(m_bytesA.size());
            begin = range.end;
        }
        result.equal = m_out.count == 0;
        return result;
    }

private:
    static Result<void> load(const TensorReader& reader, ElementRange range, std::vector<std::byte>& into) {
        into.resize(packedBytes(reader.dtype(), range.size()).value_or(0));
        return reader.read(range, into);
    }

    static bool allZero(std::span<const std::byte> bytes) {
        return bytes.empty() || (bytes.front() == std::byte{0} &&
                                 std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0);
    }

    void block(ElementRange range, bool sameBytes) {
        m_out.allZeroA = m_out.allZeroA && allZero(m_bytesA);
        m_out.allZeroB = m_out.allZeroB && allZero(m_bytesB);
        if (sameBytes)
            return;
        // 64-bit integers of one type lose digits as doubles: their bits decide whether they differ.
        const bool exact = m_a.dtype() == m_b.dtype() && bitsOf(m_a.dtype()) == 64 && !isFloat(m_a.dtype());
        const std::uint64_t parts = isComplex(m_a.dtype()) && isComplex(m_b.dtype()) ? 2 : 1;
        m_valuesA.resize(BlockValues * parts);
        m_valuesB.resize(BlockValues * parts);
        for (std::uint64_t at = 0; at < range.size(); at += BlockValues) {
            const auto count = std::min<std::uint64_t>(BlockValues, range.size() - at);
            decode(m_a.dtype(), m_bytesA, at, count, parts, m_valuesA);
            decode(m_b.dtype(), m_bytesB, at, count, parts, m_valuesB);
            for (std::uint64_t i = 0; i < count; ++i)
                element(range.begin + at + i, i, parts, exact && bitsDiffer(at + i));
        }
    }

    static bool isFloat(DType dtype) {
        return info(dtype).kind == DTypeKind::Float || info(dtype).kind == DTypeKind::Complex;
    }
    bool bitsDiffer(std::uint64_t index) const {
        return std::memcmp(m_bytesA.data() + index * 8, m_bytesB.data() + index * 8, 8) != 0;
    }

    static void decode(DType dtype, std::span<const std::byte> bytes, std::uint64_t first,
                       std::uint64_t count, std::uint64_t parts, std::vector<double>& out) {
        const auto type = parts == 2 ? partOf(dtype) : dtype;
        decodeToDouble(type, bytes, first * parts * bitsOf(type), std::span(out).first(count * parts));
    }

    void element(std::uint64_t place, std::uint64_t i, std::uint64_t parts, bool forced) {
        double distance = 0, relative = 0;
        bool differs = forced;
        for (auto part = i * parts; part < (i + 1) * parts; ++part) {
            const auto x = m_valuesA[part], y = m_valuesB[part];
            if (x == y || (std::isnan(x) && std::isnan(y)))
                continue;
            const auto gap =
                std::isnan(x) || std::isnan(y) ? std::numeric_limits<double>::infinity() : std::abs(x - y);
            differs = differs || gap > m_tolerance;
            distance = std::max(distance, gap);
            const auto scale = std::max(std::abs(x), std::abs(y));
            relative = std::max(relative, std::isfinite(gap) && std::isfinite(scale) ? gap / scale : gap);
        }
        m_out.maxAbs = std::max(m_out.maxAbs, distance);
        m_out.maxRel = std::max(m_out.maxRel, relative);
        if (!differs)
            return;
        if (m_out.count++ == 0)
            m_out.first = place;
        m_out.last = place;
        const auto row = m_perRow > 0 ? place / m_perRow : 0;
        const auto bin =
            m_rows > 0 ? static_cast<std::uint64_t>(static_cast<double>(row) / static_cast<double>(m_rows) *
                                                    static_cast<double>(m_out.strip.size()))
                       : 0;
        ++m_out.strip[std::min<std::uint64_t>(bin, m_out.strip.size() - 1)];
    }

    const TensorReader& m_a;
    const TensorReader& m_b;
    double m_tolerance;
    Difference& m_out;
    std::uint64_t m_perRow, m_rows;
    std::vector<std::byte> m_bytesA, m_bytesB;
    std::vector<double> m_valuesA, m_valuesB;
};

} // namespace

Result<ValueComparison> compareValues(const TensorReader& a, const TensorReader& b, std::uint64_t rows,
                                      double tolerance, Difference& out, const JobContext& context) {
    return Comparer(a, b, rows, tolerance, out).run(context);
}

} // namespace shardlens
