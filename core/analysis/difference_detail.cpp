// SPDX-License-Identifier: Apache-2.0
#include "analysis/difference_detail.h"

#include "analysis/gap_histogram.h"
#include "analysis/pair_walk.h"
#include "analysis/rules.h"
#include "data/decode.h"
#include "data/tensor_reader.h"

#include <algorithm>
#include <cmath>

namespace shardlens {

namespace {

constexpr std::uint32_t MaxMapRows = 128, MaxMapColumns = 224;
constexpr std::size_t MaxExamples = 6, MaxBins = 64;

/// Grows a box around places that come in rising order.
class Bounds {
public:
    explicit Bounds(DimsView shape) : m_shape(shape.begin(), shape.end()), m_at(shape.size()) {}

    void add(std::uint64_t place) {
        const bool next =
            m_any && place == m_place + 1 && !m_shape.empty() && m_at.back() + 1 < m_shape.back();
        m_place = place;
        if (next) { // along the innermost dim: nothing else moves
            ++m_at.back();
            end.back() = std::max(end.back(), m_at.back() + 1);
            return;
        }
        for (auto dim = m_shape.size(); dim-- > 0; place /= m_shape[dim])
            m_at[dim] = place % m_shape[dim];
        if (!m_any) {
            begin = end = m_at;
            for (auto& edge : end)
                ++edge;
        }
        m_any = true;
        for (std::size_t dim = 0; dim < m_at.size(); ++dim) {
            begin[dim] = std::min(begin[dim], m_at[dim]);
            end[dim] = std::max(end[dim], m_at[dim] + 1);
        }
    }
    const Dims& index() const { return m_at; }

    Dims begin, end;

private:
    Dims m_shape, m_at;
    std::uint64_t m_place = 0;
    bool m_any = false;
};

/// The largest gap a point of a small picture of the tensor.
class GapMap {
public:
    GapMap(std::uint64_t elements, DimsView shape)
        : m_rows(shape.size() < 2 ? 1 : shape[0])
        , m_columns(std::max<std::uint64_t>(elements / std::max<std::uint64_t>(m_rows, 1), 1))
        , rows(static_cast<std::uint32_t>(std::min<std::uint64_t>(m_rows, MaxMapRows)))
        , columns(static_cast<std::uint32_t>(std::min<std::uint64_t>(m_columns, MaxMapColumns)))
        , points(std::size_t{rows} * columns) {}

    void add(std::uint64_t place, double gap) {
        if (place >= m_rowEnd || place < m_rowBegin) {
            const auto row = place / m_columns;
            m_rowBegin = row * m_columns;
            m_rowEnd = m_rowBegin + m_columns;
            m_line = std::size_t{scaled(row, m_rows, rows)} * columns;
        }
        auto& point = points[m_line + scaled(place - m_rowBegin, m_columns, columns)];
        // A difference too small for a float is one all the same.
        point = std::max({point, static_cast<float>(gap), std::numeric_limits<float>::min()});
    }

private:
    static std::uint32_t scaled(std::uint64_t at, std::uint64_t of, std::uint32_t to) {
        return std::min(static_cast<std::uint32_t>(static_cast<double>(at) / static_cast<double>(of) * to),
                        to - 1);
    }
    std::uint64_t m_rows, m_columns;
    std::uint64_t m_rowBegin = 1, m_rowEnd = 0;
    std::size_t m_line = 0;

public:
    std::uint32_t rows, columns;
    std::vector<float> points;
};

class Detailing {
public:
    Detailing(const TensorReader& a, const TensorReader& b, DimsView shape, double tolerance)
        : m_a(a)
        , m_b(b)
        , m_shape(shape.begin(), shape.end())
        , m_tolerance(tolerance)
        , m_bounds(shape)
        , m_map(a.elements(), shape) {}

    Result<DifferenceDetail> run(const JobContext& context) {
        PairWalk walk(m_a, m_b, m_tolerance);
        SHARDLENS_CHECK(walk.run(context, [this](const PairBlock& block) { add(block); }));
        m_out.elements = m_a.elements();
        m_out.allZeroA = walk.allZeroA();
        m_out.allZeroB = walk.allZeroB();
        m_out.meanAbs = m_out.elements == 0 ? 0 : m_sum / static_cast<double>(m_out.elements);
        m_out.begin = std::move(m_bounds.begin);
        m_out.end = std::move(m_bounds.end);
        m_out.mapRows = m_map.rows;
        m_out.mapColumns = m_map.columns;
        m_out.map = std::move(m_map.points);
        m_out.histogram = m_histogram.summary(MaxBins);
        for (std::size_t i = 0; i < m_places.size(); ++i) {
            SHARDLENS_TRY(m_out.examples[i].a, textAt(m_a, m_places[i]));
            SHARDLENS_TRY(m_out.examples[i].b, textAt(m_b, m_places[i]));
        }
        return std::move(m_out);
    }

private:
    void add(const PairBlock& block) {
        for (std::uint64_t i = 0; i < block.count; ++i) {
            const auto gap = block.gap(i);
            m_out.maxAbs = std::max(m_out.maxAbs, gap.absolute);
            m_out.maxRel = std::max(m_out.maxRel, gap.relative);
            if (std::isfinite(gap.absolute))
                m_sum += gap.absolute;
            if (gap.differs)
                addDifferent(block, i, gap.absolute);
        }
    }

    void addDifferent(const PairBlock& block, std::uint64_t i, double gap) {
        const auto place = block.first + i;
        ++m_out.count;
        m_out.zerosA += PairBlock::isZero(block.a, block.parts, i);
        m_out.zerosB += PairBlock::isZero(block.b, block.parts, i);
        m_bounds.add(place);
        m_map.add(place, gap);
        if (!std::isfinite(gap))
            ++m_out.incomparable;
        else if (gap > 0)
            m_histogram.add(gap);
        if (m_places.size() < MaxExamples) {
            m_places.push_back(place);
            m_out.examples.push_back({m_bounds.index(), {}, {}, gap});
        }
    }

    static Result<std::string> textAt(const TensorReader& reader, std::uint64_t place) {
        const auto begin = place / 8 * 8; // whole bytes, for every dtype
        const ElementRange range{begin, std::min(begin + 8, reader.elements())};
        std::vector<std::byte> packed(packedBytes(reader.dtype(), range.size()).value_or(0));
        SHARDLENS_CHECK(reader.read(range, packed));
        return formatElement(reader.dtype(), packed, (place - begin) * bitsOf(reader.dtype()));
    }

    const TensorReader& m_a;
    const TensorReader& m_b;
    Dims m_shape;
    double m_tolerance;
    DifferenceDetail m_out;
    Bounds m_bounds;
    GapMap m_map;
    GapHistogram m_histogram;
    std::vector<std::uint64_t> m_places;
    double m_sum = 0;
};

bool holds(const Box& box, DimsView begin, DimsView end) {
    for (std::size_t dim = 0; dim < begin.size(); ++dim)
        if (begin[dim] < box.offset[dim] || end[dim] - box.offset[dim] > box.size[dim])
            return false;
    return true;
}

bool fills(const Box& box, DimsView begin, DimsView end) {
    for (std::size_t dim = 0; dim < begin.size(); ++dim)
        if (begin[dim] != box.offset[dim] || end[dim] - begin[dim] != box.size[dim])
            return false;
    return true;
}

} // namespace

std::optional<SliceFit> fitSlice(const Checkpoint& checkpoint, TensorId tensor, DimsView begin,
                                 DimsView end) {
    const auto view = checkpoint.tensor(tensor);
    std::optional<SliceFit> best;
    std::uint64_t bestSize = view.elements();
    for (std::uint32_t i = 0; i < view.sliceCount(); ++i) {
        const auto slice = checkpoint.slice(view.slice(i));
        if (slice.box.size.size() != begin.size() || !holds(slice.box, begin, end))
            continue;
        const auto size = elementCount(slice.box.size);
        if (size < bestSize) { // equal boxes are replicas: the first speaks for all
            best = SliceFit{view.slice(i), fills(slice.box, begin, end)};
            bestSize = size;
        }
    }
    return best;
}

Result<DifferenceDetail> differenceDetail(const CheckpointPtr& a, TensorId tensorA, const CheckpointPtr& b,
                                          TensorId tensorB, double tolerance, const JobContext& context) {
    const auto viewA = a->tensor(tensorA), viewB = b->tensor(tensorB);
    if (!equal(viewA.shape(), viewB.shape()))
        return fail(rules::analysis::ShapesDiffer, {std::string(viewA.name()), std::string(viewB.name())});
    context.begin("comparing", viewA.bytes());
    auto single = context;
    single.threads = 1;
    SHARDLENS_TRY(const auto readA, TensorReader::open(a, tensorA, single));
    SHARDLENS_TRY(const auto readB, TensorReader::open(b, tensorB, single));
    SHARDLENS_TRY(auto out, Detailing(*readA, *readB, viewA.shape(), tolerance).run(context));
    if (out.count > 0 && !out.begin.empty()) {
        out.fitA = fitSlice(*a, tensorA, out.begin, out.end);
        out.fitB = fitSlice(*b, tensorB, out.begin, out.end);
    }
    return out;
}

} // namespace shardlens
