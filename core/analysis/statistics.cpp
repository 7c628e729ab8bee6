// SPDX-License-Identifier: Apache-2.0
#include "analysis/statistics.h"

#include "analysis/distribution.h"
#include "analysis/moments.h"
#include "analysis/pattern_counts.h"
#include "analysis/rules.h"
#include "analysis/value_kernels.h"
#include "data/decode.h"
#include "data/tensor_reader.h"
#include "jobs/parallel_for.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <memory>
#include <mutex>

namespace shardlens {

namespace {

/// Values that are decoded at a time: 16 KiB of doubles stay in the first cache, beside the counts.
constexpr std::size_t BlockValues = 2048;
/// Tensors below this size are taken side by side: a thread a tensor.
constexpr std::uint64_t SmallTensor = 32 * Limits::MiB;

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

/// What one thread needs: it is used for one tensor after the other.
struct Worker {
    explicit Worker(DType dtype) : counts(dtype) {}
    PatternCounts counts;
    std::vector<std::byte> packed;
    std::vector<double> values, parts;

    std::span<std::byte> buffer(std::uint64_t bytes) {
        if (packed.size() < bytes)
            packed.resize(bytes);
        return std::span(packed).first(bytes);
    }
};

/// Workers that are idle, by dtype.
class Workers {
public:
    std::unique_ptr<Worker> borrow(DType dtype, std::uint64_t elements) {
        auto worker = findIdle(dtype);
        if (!worker)
            worker = std::make_unique<Worker>(dtype);
        worker->counts.begin(elements);
        return worker;
    }
    void giveBack(std::unique_ptr<Worker> worker) {
        const std::lock_guard lock(m_mutex);
        m_idle[static_cast<std::size_t>(worker->counts.dtype())].push_back(std::move(worker));
    }

private:
    std::unique_ptr<Worker> findIdle(DType dtype) {
        const std::lock_guard lock(m_mutex);
        auto& idle = m_idle[static_cast<std::size_t>(dtype)];
        if (idle.empty())
            return nullptr;
        auto worker = std::move(idle.back());
        idle.pop_back();
        return worker;
    }

    std::mutex m_mutex;
    std::array<std::vector<std::unique_ptr<Worker>>, std::size_t{256}> m_idle;
};

/// Complex numbers as magnitudes: their parts are read as numbers of half the width.
void decodeMagnitudes(DType dtype, std::span<const std::byte> packed, std::vector<double>& parts,
                      std::span<double> out) {
    const auto part = dtype == DType::C128 ? DType::F64 : dtype == DType::C64 ? DType::F32 : DType::F16;
    parts.resize(out.size() * 2);
    decodeToDouble(part, packed, 0, parts);
    for (std::size_t i = 0; i < out.size(); ++i)
        out[i] = std::isnan(parts[2 * i]) || std::isnan(parts[2 * i + 1])
                     ? std::numeric_limits<double>::quiet_NaN()
                     : std::hypot(parts[2 * i], parts[2 * i + 1]);
}

/// One tensor's pass: segments of fixed places, so that sums do not depend on the number of threads.
class Pass {
public:
    Pass(const TensorReader& reader, Workers& workers, const JobContext& context)
        : m_reader(reader)
        , m_workers(workers)
        , m_context(context)
        , m_dtype(reader.dtype())
        , m_exact(PatternCounts::isExact(m_dtype))
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
        auto worker = borrow();
        const auto begin = index * m_step;
        const ElementRange range{begin, std::min(begin + m_step, m_reader.elements())};
        const auto packed = worker->buffer(packedBytes(m_dtype, range.size()).value_or(0));
        SHARDLENS_CHECK(m_reader.read(range, packed));
        if (m_exact)
            worker->counts.addPacked(packed, range.size());
        else
            addValues(*worker, packed, range.size(), m_moments[index]);
        m_context.add(packed.size());
        const std::lock_guard lock(m_mutex);
        m_begun.push_back(std::move(worker));
        return {};
    }

    void addValues(Worker& worker, std::span<const std::byte> packed, std::uint64_t elements,
                   Moments& moments) {
        const auto width = bitsOf(m_dtype) / 8U;
        for (std::uint64_t at = 0; at < elements; at += BlockValues) {
            const auto count = std::min<std::uint64_t>(BlockValues, elements - at);
            const auto block = packed.subspan(at * width, count * width);
            if (m_dtype == DType::F32) {
                moments.addFloats(block.data(), count, minNormal(m_dtype));
                worker.counts.addFloats(block.data(), count);
                continue;
            }
            worker.values.resize(count);
            decode(worker, block);
            const auto within = moments.addDoubles(worker.values.data(), count, minNormal(m_dtype));
            worker.counts.addDoubles(worker.values.data(), count, within.least, within.most);
        }
    }

    void decode(Worker& worker, std::span<const std::byte> block) const {
        const auto kind = info(m_dtype).kind;
        if (kind == DTypeKind::Complex)
            decodeMagnitudes(m_dtype, block, worker.parts, worker.values);
        else if (kind == DTypeKind::Float)
            std::memcpy(worker.values.data(), block.data(), block.size());
        else
            widenIntegers(m_dtype, block.data(), worker.values);
    }

    /// One that has begun on this tensor where there is one.
    std::unique_ptr<Worker> borrow() {
        {
            const std::lock_guard lock(m_mutex);
            if (!m_begun.empty()) {
                auto worker = std::move(m_begun.back());
                m_begun.pop_back();
                return worker;
            }
        }
        return m_workers.borrow(m_dtype, m_reader.elements());
    }

    Statistics finish(std::size_t bins) {
        if (m_begun.empty())
            m_begun.push_back(m_workers.borrow(m_dtype, 0));
        auto& counts = m_begun.front()->counts;
        for (std::size_t i = 1; i < m_begun.size(); ++i)
            counts.absorb(m_begun[i]->counts);
        Moments all;
        ValueGroups groups;
        if (m_exact) {
            groups = counts.takeValues(all.nan);
            all.addGroups(groups, minNormal(m_dtype));
        } else {
            for (const auto& part : m_moments)
                all.merge(part);
            groups = counts.takeRanges(all);
        }
        for (auto& worker : m_begun)
            m_workers.giveBack(std::move(worker));
        auto out = figuresOf(all);
        fillDistribution(out, groups, bins);
        return out;
    }

    Statistics figuresOf(const Moments& all) const {
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
        const bool constant = all.finite > 0 && all.min == all.max; // rounding must not make it vary
        const auto finite = static_cast<long double>(all.finite);
        out.mean = constant ? all.min : all.finite > 0 ? static_cast<double>(all.mean) : none;
        out.std = constant ? 0 : all.finite > 0 ? static_cast<double>(std::sqrt(all.spread / finite)) : none;
        out.l2 = static_cast<double>(std::sqrt(all.squares));
        return out;
    }

    const TensorReader& m_reader;
    Workers& m_workers;
    const JobContext& m_context;
    DType m_dtype;
    bool m_exact;
    std::uint64_t m_step;
    std::size_t m_segments;
    std::vector<Moments> m_moments; // a segment each, wide dtypes only
    std::mutex m_mutex;
    std::vector<std::unique_ptr<Worker>> m_begun; // those that hold counts of this tensor
};

Result<Statistics> compute(const CheckpointPtr& checkpoint, TensorId tensor, const StatisticsOptions& options,
                           Workers& workers, const JobContext& context) {
    SHARDLENS_TRY(const auto reader, TensorReader::open(checkpoint, tensor, context));
    return Pass(*reader, workers, context).run(options.bins);
}

} // namespace

Result<Statistics> computeStatistics(const CheckpointPtr& checkpoint, TensorId tensor,
                                     const StatisticsOptions& options, const JobContext& context) {
    context.begin("reading values", checkpoint->tensor(tensor).bytes());
    Workers workers;
    return compute(checkpoint, tensor, options, workers, context);
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
    Workers workers;
    const auto one = [&](std::size_t i, const JobContext& with) -> Result<void> {
        TensorStatistics out{tensors[i], {}, {}};
        auto statistics = compute(checkpoint, tensors[i], options, workers, with);
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
