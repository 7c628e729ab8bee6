// SPDX-License-Identifier: Apache-2.0
#include "analysis/value_map.h"

#include "data/decode.h"
#include "jobs/parallel_for.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

namespace shardlens {

namespace {

constexpr double UsualShare = 0.98;
/// Elements that fill whole bytes for every dtype: four F6 take three bytes.
constexpr std::uint64_t WholeBytes = 8;

std::optional<DType> partOf(DType dtype) {
    switch (dtype) {
    case DType::C32:
        return DType::F16;
    case DType::C64:
        return DType::F32;
    case DType::C128:
        return DType::F64;
    default:
        return std::nullopt;
    }
}

/// What one point gathers.
struct Point {
    double value = std::numeric_limits<double>::quiet_NaN();
    double magnitude = -1;
    std::uint8_t marks = 0;

    void add(std::span<const double> values) {
        double best = magnitude, at = value;
        bool odd = false;
        for (const double x : values) {
            const double size = std::abs(x);
            const bool finite = size <= std::numeric_limits<double>::max();
            odd |= !finite;
            if (finite && size > best) {
                best = size;
                at = x;
            }
        }
        magnitude = best;
        value = at;
        if (odd)
            for (const double x : values)
                mark(x);
    }

private:
    void mark(double x) {
        unsigned more = 0;
        if (std::isnan(x))
            more = ValueMap::HasNan;
        else if (std::isinf(x))
            more = x > 0 ? ValueMap::HasPositiveInfinity : ValueMap::HasNegativeInfinity;
        marks = static_cast<std::uint8_t>(marks | more);
    }
};

class Mapper {
public:
    Mapper(const TensorReader& reader, ValueMap& map, const JobContext& context)
        : m_reader(reader)
        , m_map(map)
        , m_context(context)
        , m_step(std::max(reader.preferredRange() / WholeBytes * WholeBytes, WholeBytes)) {}

    /// One row of points. Rows of points share no element.
    Result<void> row(std::uint32_t row) const {
        const auto& plane = m_map.plane;
        const auto begin = plane.firstElement + m_map.rowAt(row) * plane.columns;
        const auto end = plane.firstElement + m_map.rowAt(row + 1) * plane.columns;
        std::vector<Point> points(m_map.columns);
        std::vector<std::byte> packed;
        std::vector<double> values;
        for (auto at = begin; at < end;) {
            SHARDLENS_CHECK(m_context.checkStop());
            const auto until = std::min(end, (at / WholeBytes) * WholeBytes + m_step);
            const auto from = at / WholeBytes * WholeBytes;
            const auto to = std::min((until + WholeBytes - 1) / WholeBytes * WholeBytes, m_reader.elements());
            const auto bits = std::uint64_t{bitsOf(m_reader.dtype())};
            packed.resize(static_cast<std::size_t>(((to - from) * bits + 7) / 8));
            SHARDLENS_CHECK(m_reader.read({from, to}, packed));
            values.resize(static_cast<std::size_t>(until - at));
            decodeMagnitudesOrValues(m_reader.dtype(), packed, (at - from) * bits, values);
            spread(values, (at - plane.firstElement) % plane.columns, points);
            m_context.add(packed.size());
            at = until;
        }
        store(row, points);
        return {};
    }

private:
    void spread(std::span<const double> values, std::uint64_t column, std::vector<Point>& points) const {
        while (!values.empty()) {
            auto point = static_cast<std::uint32_t>(column * m_map.columns / m_map.plane.columns);
            while (m_map.columnAt(point + 1) <= column)
                ++point;
            const auto run = std::min<std::uint64_t>(values.size(), m_map.columnAt(point + 1) - column);
            points[point].add(values.first(static_cast<std::size_t>(run)));
            values = values.subspan(static_cast<std::size_t>(run));
            column = (column + run) % m_map.plane.columns;
        }
    }

    void store(std::uint32_t row, const std::vector<Point>& points) const {
        for (std::uint32_t column = 0; column < m_map.columns; ++column) {
            const auto index = m_map.index(row, column);
            m_map.values[index] = points[column].value;
            m_map.marks[index] = points[column].marks;
        }
    }

    const TensorReader& m_reader;
    ValueMap& m_map;
    const JobContext& m_context;
    std::uint64_t m_step;
};

void finish(ValueMap& map) {
    std::vector<double> magnitudes;
    for (const double value : map.values) {
        if (std::isnan(value))
            continue;
        magnitudes.push_back(std::abs(value));
        map.negative = map.negative || value < 0;
    }
    if (magnitudes.empty())
        return;
    map.largest = *std::ranges::max_element(magnitudes);
    const auto usual = magnitudes.begin() +
                       static_cast<std::ptrdiff_t>(UsualShare * static_cast<double>(magnitudes.size() - 1));
    std::ranges::nth_element(magnitudes, usual);
    map.usual = *usual > 0 ? *usual : map.largest;
}

} // namespace

std::uint64_t ValueMap::share(std::uint64_t all, std::uint64_t part, std::uint64_t parts) {
    if (parts == 0)
        return 0;
    return all / parts * part + all % parts * part / parts; // no product overflows
}

void decodeMagnitudesOrValues(DType dtype, std::span<const std::byte> packed, std::uint64_t firstBit,
                              std::span<double> out) {
    const auto part = partOf(dtype);
    if (!part)
        return decodeToDouble(dtype, packed, firstBit, out);
    std::vector<double> parts(out.size() * 2);
    decodeToDouble(*part, packed, firstBit, parts);
    for (std::size_t i = 0; i < out.size(); ++i)
        out[i] = std::isnan(parts[2 * i]) || std::isnan(parts[2 * i + 1])
                     ? std::numeric_limits<double>::quiet_NaN()
                     : std::hypot(parts[2 * i], parts[2 * i + 1]);
}

Result<ValueMap> mapValues(const TensorReader& reader, const ValuePlane& plane, std::uint32_t most,
                           const JobContext& context) {
    ValueMap map;
    map.plane = plane;
    if (plane.rows == 0 || plane.columns == 0)
        return map;
    map.rows = static_cast<std::uint32_t>(std::min<std::uint64_t>(plane.rows, most));
    map.columns = static_cast<std::uint32_t>(std::min<std::uint64_t>(plane.columns, most));
    map.values.resize(std::size_t{map.rows} * map.columns);
    map.marks.resize(map.values.size());
    context.begin("reading values", plane.rows * plane.columns * bitsOf(reader.dtype()) / 8);
    const Mapper mapper(reader, map, context);
    auto with = context;
    if (!reader.randomAccess())
        with.threads = 1;
    SHARDLENS_CHECK(parallelFor(
        with, map.rows, [&](std::size_t row) { return mapper.row(static_cast<std::uint32_t>(row)); }));
    finish(map);
    return map;
}

} // namespace shardlens
