// SPDX-License-Identifier: Apache-2.0
#include "analysis/statistics.h"

#include "analysis/distribution.h"
#include "analysis/moments.h"
#include "analysis/pattern_counts.h"
#include "analysis/rules.h"
#include "data/decode.h"
#include "data/tensor_reader.h"
#include "jobs/parallel_for.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <complex>
#include <limits>
#include <memory>
#include <mutex>
#include <numeric>

namespace shardlens {

namespace {

/// Values that are decoded at a time: 32 KiB of doubles stay in the first cache.
constexpr std::size_t BlockValues = 4096;
/// Tensors below this size are taken side by side.
constexpr std::uint64_t SmallTensor = 8 * Limits::MiB;

/// The smallest normal magnitude; 0 where the dtype has no subnormals.
double minNormal(DType dtype) {
    switch (dtype) {
    case DType::F64:
    case DType::C128:
        return std::numeric_limits<double>::min();
    case DType::F32:
    case DType::BF16:
    case DType::C64:
        return std::numeric_limits<float>::min();
    case DType::F16:
    case DType::C32:
    case DType::F8E5M2:
        return 0x1p-14;
    case DType::F8E5M2Fnuz:
        return 0x1p-15;
    case DType::F8E4M3:
        return 0x1p-6;
    case DType::F8E4M3Fnuz:
        return 0x1p-7;
    case DType::F6E2M3:
    case DType::F4:
        return 1;
    case DType::F6E3M2:
        return 0x1p-2;
    default:
        return 0;
    }
}

bool isComplex(DType dtype) {
    return info(dtype).kind == DTypeKind::Complex;
}

/// What one thread gathers.
struct Worker {
    explicit Worker(DType dtype) : counts(dtype) {}
    PatternCounts counts;
    std::vector<std::byte> packed;
    std::vector<double> values;
};

/// Complex numbers as magnitudes: their parts are read as numbers of half the width.
void decodeMagnitudes(DType dtype, std::span<const std::byte> packed, std::span<double> out) {
    const auto part = dtype == DType::C128 ? DType::F64 : dtype == DType::C64 ? DType::F32 : DType::F16;
    std::vector<double> parts(out.size() * 2);
    decodeToDouble(part, packed, 0, parts);
    for (std::size_t i = 0; i < out.size(); ++i)
        out[i] = std::isnan(parts[2 * i]) || std::isnan(parts[2 * i + 1])
                     ? std::numeric_limits<double>::quiet_NaN()
                     : std::hypot(parts[2 * i], parts[2 * i + 1]);
}

/// One tensor's pass: segments of fixed places, so that sums do not depend on the number of threads.
class Pass {
public:
    Pass(const TensorReader& reader, const JobContext& context)
        : m_reader(reader)
        , m_context(context)
        , m_dtype(reader.dtype())
        , m_exact(PatternCounts(m_dtype).exact())
        , m_step(std::max<std::uint64_t>(reader.preferredRange(), 1))
        , m_segments((reader.elements() + m_step - 1) / m_step) {}

    Result<Statistics> run(std::size_t bins) {
        if (!m_exact)
            m_moments.resize(m_segments);
        auto context = m_context;
        if (!m_reader.randomAccess())
            context.threads = 1;
        SHARDLENS_CHECK(parallelFor(context, m_segments, [&](std::size_t i) { return segment(i); }));
        return finish(bins);
    }

private:
    Result<void> segment(std::size_t index) {
        SHARDLENS_CHECK(m_context.checkStop());
        auto worker = borrow();
        const auto begin = index * m_step;
        const ElementRange range{begin, std::min(begin + m_step, m_reader.elements())};
        worker->packed.resize(packedBytes(m_dtype, range.size()).value_or(0));
        SHARDLENS_CHECK(m_reader.read(range, worker->packed));
        if (m_exact)
            worker->counts.addPacked(worker->packed, range.size());
        else
            addValues(*worker, range.size(), m_moments[index]);
        m_context.add(worker->packed.size());
        giveBack(std::move(worker));
        return {};
    }

    void addValues(Worker& worker, std::uint64_t elements, Moments& moments) {
        const auto width = bitsOf(m_dtype) / 8U;
        worker.values.resize(std::min<std::uint64_t>(BlockValues, elements));
        for (std::uint64_t at = 0; at < elements;) {
            const auto count = std::min<std::uint64_t>(BlockValues, elements - at);
            const auto packed = std::span<const std::byte>(worker.packed).subspan(at * width, count * width);
            const auto values = std::span(worker.values).first(count);
            if (isComplex(m_dtype))
                decodeMagnitudes(m_dtype, packed, values);
            else
                decodeToDouble(m_dtype, packed, 0, values);
            moments.add(values, minNormal(m_dtype));
            worker.counts.addValues(values);
            at += count;
        }
    }

    std::unique_ptr<Worker> borrow() {
        const std::lock_guard lock(m_mutex);
        if (m_idle.empty())
            return std::make_unique<Worker>(m_dtype);
        auto worker = std::move(m_idle.back());
        m_idle.pop_back();
        return worker;
    }
    void giveBack(std::unique_ptr<Worker> worker) {
        const std::lock_guard lock(m_mutex);
        m_idle.push_back(std::move(worker));
    }

    Statistics finish(std::size_t bins) {
        PatternCounts counts(m_dtype);
        for (const auto& worker : m_idle) {
            worker->counts.flush();
            counts.add(worker->counts);
        }
        Moments all;
        if (m_exact) {
            const auto values = counts.values();
            for (std::size_t i = 0; i < values.size(); ++i)
                if (counts.counts()[i] > 0)
                    all.add(values[i], counts.counts()[i], minNormal(m_dtype));
        } else {
            for (const auto& part : m_moments)
                all.merge(part);
        }
        Statistics out;
        out.count = m_reader.elements();
        out.zeros = all.zeros;
        out.nan = all.nan;
        out.posinf = all.posinf;
        out.neginf = all.neginf;
        out.subnormal = all.subnormal;
        out.negative = all.negative;
        constexpr auto none = std::numeric_limits<double>::quiet_NaN();
        const bool numbers = out.count > out.nan;
        out.min = numbers ? all.min : none;
        out.max = numbers ? all.max : none;
        const auto finite = static_cast<double>(all.finite);
        out.mean = all.finite > 0 ? all.mean : none;
        out.std = all.finite > 0 ? std::sqrt(all.spread / finite) : none;
        out.l2 = std::sqrt(all.squares);
        fillDistribution(out, counts, bins);
        return out;
    }

    const TensorReader& m_reader;
    const JobContext& m_context;
    DType m_dtype;
    bool m_exact;
    std::uint64_t m_step;
    std::size_t m_segments;
    std::vector<Moments> m_moments; // a segment each, wide dtypes only
    std::mutex m_mutex;
    std::vector<std::unique_ptr<Worker>> m_idle;
};

Result<Statistics> compute(const CheckpointPtr& checkpoint, TensorId tensor, const StatisticsOptions& options,
                           const JobContext& context) {
    SHARDLENS_TRY(const auto reader, TensorReader::open(checkpoint, tensor, context));
    return Pass(*reader, context).run(options.bins);
}

} // namespace

Result<Statistics> computeStatistics(const CheckpointPtr& checkpoint, TensorId tensor,
                                     const StatisticsOptions& options, const JobContext& context) {
    context.begin("reading values", checkpoint->tensor(tensor).bytes());
    return compute(checkpoint, tensor, options, context);
}

double Figures::absMax() const {
    return std::max(std::abs(min), std::abs(max));
}

Result<void> computeStatistics(const CheckpointPtr& checkpoint, std::span<const TensorId> tensors,
                               const StatisticsOptions& options, const JobContext& context,
                               const StatisticsSink& sink) {
    std::vector<std::size_t> small, large;
    for (std::size_t i = 0; i < tensors.size(); ++i)
        (checkpoint->tensor(tensors[i]).bytes() < SmallTensor ? small : large).push_back(i);
    const auto one = [&](std::size_t i, const JobContext& with) -> Result<void> {
        TensorStatistics out{tensors[i], {}, {}};
        auto statistics = compute(checkpoint, tensors[i], options, with);
        if (statistics)
            out.statistics = std::move(*statistics);
        else if (statistics.error().rule == &rules::JobCancelled)
            return Failure(std::move(statistics).error());
        else
            out.problem = std::move(statistics).error();
        sink(i, std::move(out));
        return {};
    };
    auto single = context;
    single.threads = 1;
    SHARDLENS_CHECK(parallelFor(context, small.size(), [&](std::size_t i) { return one(small[i], single); }));
    for (const auto i : large)
        SHARDLENS_CHECK(one(i, context));
    return {};
}

Result<std::vector<TensorStatistics>> computeStatistics(const CheckpointPtr& checkpoint,
                                                        std::span<const TensorId> tensors,
                                                        const StatisticsOptions& options,
                                                        const JobContext& context) {
    std::uint64_t bytes = 0;
    for (const auto tensor : tensors)
        bytes += checkpoint->tensor(tensor).bytes();
    context.begin("reading values", bytes);
    std::vector<TensorStatistics> out(tensors.size());
    SHARDLENS_CHECK(computeStatistics(
        checkpoint, tensors, options, context,
        [&](std::size_t index, TensorStatistics figures) { out[index] = std::move(figures); }));
    return out;
}

} // namespace shardlens
