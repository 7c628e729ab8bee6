// SPDX-License-Identifier: Apache-2.0
#include "analysis/count_table.h"
#include "analysis/statistics.h"
#include "analysis/value_kernels.h"
#include "data/decode.h"
#include "model/checkpoint_builder.h"
#include "support/results.h"

#include <QTest>

#include <hwy/targets.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <random>
#include <string>
#include <vector>

using namespace shardlens;

namespace {

__extension__ typedef __float128 Exact; // 113 bits: sums of what the tests add lose nothing that shows

struct Made {
    std::string name;
    DType dtype = DType::F32;
    std::uint64_t elements = 0;
    std::vector<std::byte> bytes;
};

template <typename T>
Made made(DType dtype, const std::vector<T>& values) {
    Made out{"w", dtype, values.size(), std::vector<std::byte>(values.size() * sizeof(T))};
    if (!values.empty())
        std::memcpy(out.bytes.data(), values.data(), out.bytes.size());
    return out;
}

/// Random bits: every pattern can occur.
Made randomBits(DType dtype, std::uint64_t elements, unsigned seed) {
    std::mt19937_64 random(seed);
    Made out{"w" + std::to_string(seed), dtype, elements, {}};
    out.bytes.resize(*packedBytes(dtype, elements));
    for (auto& byte : out.bytes)
        byte = static_cast<std::byte>(random());
    return out;
}

CheckpointPtr checkpointOf(const std::vector<Made>& tensors) {
    CheckpointBuilder builder{JobContext()};
    std::vector<std::byte> all;
    for (const auto& tensor : tensors)
        all.insert(all.end(), tensor.bytes.begin(), tensor.bytes.end());
    FileRecord record;
    record.path = "memory";
    record.bytes = all.size();
    record.source = memorySource("memory", all);
    const auto file = builder.addFile(std::move(record));
    std::uint64_t at = 0;
    for (const auto& tensor : tensors) {
        const auto id = builder.addTensor(tensor.name)->id;
        builder.setDType(id, tensor.dtype);
        builder.setShape(id, Dims{tensor.elements});
        builder.addWholeSlice(id, tensor.dtype, file, {at, at + tensor.bytes.size()});
        at += tensor.bytes.size();
    }
    return *builder.build();
}

Statistics statisticsOf(const Made& tensor, std::size_t bins = 96) {
    const auto computed = computeStatistics(checkpointOf({tensor}), TensorId(0U), {bins}, JobContext());
    return computed ? *computed : Statistics();
}

bool isSubnormal(DType dtype, double value) {
    if (dtype == DType::F64)
        return std::fpclassify(value) == FP_SUBNORMAL;
    if (dtype == DType::F32 || dtype == DType::BF16)
        return std::fpclassify(static_cast<float>(value)) == FP_SUBNORMAL;
    return dtype == DType::F16 && value != 0 && std::abs(value) < 0x1p-14;
}

/// The same figures, the plain way.
struct Reference {
    explicit Reference(const Made& tensor) : values(tensor.elements) {
        decodeToDouble(tensor.dtype, tensor.bytes, 0, values);
        for (const auto x : values) {
            nan += std::isnan(x);
            posinf += std::isinf(x) && x > 0;
            neginf += std::isinf(x) && x < 0;
            zeros += x == 0;
            negative += x < 0;
            subnormal += isSubnormal(tensor.dtype, x);
            if (std::isfinite(x))
                sum += x, ++finite;
        }
        std::erase_if(values, [](double x) { return std::isnan(x); });
        std::ranges::sort(values);
        mean = sum / static_cast<Exact>(finite);
        Exact spread = 0, squares = 0;
        for (const auto x : values)
            if (std::isfinite(x)) {
                spread += (x - mean) * (x - mean);
                squares += static_cast<Exact>(x) * x;
            }
        std = std::sqrt(static_cast<long double>(spread / static_cast<Exact>(finite)));
        l2 = std::sqrt(static_cast<long double>(squares));
    }
    std::vector<double> values; // all but NaN, rising
    std::uint64_t nan = 0, posinf = 0, neginf = 0, zeros = 0, negative = 0, subnormal = 0, finite = 0;
    Exact sum = 0, mean = 0;
    long double std = 0, l2 = 0;
};

bool near(double got, long double want, long double scale) {
    return static_cast<double>(want) == got || std::abs(got - want) <= 1e-13L * scale;
}

std::string firstDifference(const Made& tensor, const Statistics& got) {
    const Reference want(tensor);
    const auto mean = static_cast<long double>(want.mean);
    if (got.count != tensor.elements || got.nan != want.nan || got.posinf != want.posinf ||
        got.neginf != want.neginf || got.zeros != want.zeros || got.negative != want.negative)
        return "counts";
    if (got.subnormal != want.subnormal && bitsOf(tensor.dtype) >= 16)
        return "subnormals";
    if (want.values.empty())
        return std::isnan(got.min) && std::isnan(got.mean) ? "" : "nothing";
    if (got.min != want.values.front() || got.max != want.values.back())
        return "extremes";
    if (want.finite > 0 && (!near(got.mean, mean, std::abs(mean) + want.std) ||
                            !near(got.std, want.std, want.std) || !near(got.l2, want.l2, want.l2)))
        return "mean, std or l2";
    return "";
}

/// Quantiles of what has been sorted, as NumPy's default does them.
double quantileOf(const std::vector<double>& sorted, double q) {
    const auto position = q * static_cast<double>(sorted.size() - 1);
    const auto lower = static_cast<std::size_t>(position);
    const auto upper = std::min(lower + 1, sorted.size() - 1);
    const auto part = position - std::floor(position);
    return sorted[lower] == sorted[upper] || part == 0
               ? sorted[lower]
               : sorted[lower] + (sorted[upper] - sorted[lower]) * part;
}

} // namespace

class StatisticsTest : public QObject {
    Q_OBJECT

private slots:
    void everyDTypeExactly_data();
    void everyDTypeExactly();
    void everyInstructionSet();
    void quantilesOfFewBitsAreExact();
    void rangesHoldTheQuantiles();
    void squaresBeyondDoubles();
    void constantsDoNotVary();
    void zerosAreZeroes();
    void wholeNumbers();
    void manyTensorsOneAfterTheOther();
    void countsBeyondACell();
    void specialWords();
};

void StatisticsTest::everyDTypeExactly_data() {
    QTest::addColumn<int>("dtype");
    for (const auto& dtype : allDTypes())
        if (dtype.kind != DTypeKind::Complex)
            QTest::newRow(std::string(dtype.name).c_str()) << int(dtype.dtype);
}

void StatisticsTest::everyDTypeExactly() {
    QFETCH(int, dtype);
    for (const std::uint64_t elements : {8, 40, 2056, 70'000}) { // sub-byte types end on whole bytes
        const auto tensor = randomBits(DType(dtype), elements, unsigned(dtype));
        const auto found = statisticsOf(tensor);
        COMPARE_TEXT(firstDifference(tensor, found), "");
        std::uint64_t counted = 0;
        for (const auto bin : found.histogram.counts)
            counted += bin;
        QCOMPARE(counted, found.finite());
    }
}

void StatisticsTest::everyInstructionSet() {
    std::vector<float> floats(10'007);
    std::mt19937 random(3);
    std::normal_distribution<float> normal(1000, 0.01F);
    for (auto& x : floats)
        x = normal(random);
    floats[17] = NAN, floats[10'005] = -INFINITY, floats[10'006] = 1e-41F;
    const auto supported = hwy::SupportedTargets();
    std::string differences;
    for (std::int64_t rest = supported; rest != 0; rest &= rest - 1) {
        hwy::SetSupportedTargetsForTest(rest & -rest);
        hwy::GetChosenTarget().Update(hwy::SupportedTargets());
        auto tensors = {made(DType::F32, floats),        randomBits(DType::F64, 5003, 1),
                        randomBits(DType::I32, 5003, 2), randomBits(DType::U32, 5003, 3),
                        randomBits(DType::I64, 5003, 4), randomBits(DType::U64, 5003, 5)};
        for (const auto& tensor : tensors)
            differences += firstDifference(tensor, statisticsOf(tensor));
    }
    hwy::SetSupportedTargetsForTest(0);
    hwy::GetChosenTarget().Update(hwy::SupportedTargets());
    COMPARE_TEXT(differences, "");
}

void StatisticsTest::quantilesOfFewBitsAreExact() {
    for (const auto dtype : {DType::F16, DType::BF16, DType::I16, DType::U16, DType::U8, DType::F8E4M3}) {
        for (const std::uint64_t elements : {500, 100'000}) {
            const auto tensor = randomBits(dtype, elements, 9);
            const auto found = statisticsOf(tensor);
            const Reference want(tensor);
            QVERIFY(!found.approximate);
            for (std::size_t i = 0; i != found.quantiles.size(); ++i)
                QCOMPARE(found.quantiles[i], quantileOf(want.values, Statistics::QuantilesAt[i]));
            std::vector<std::uint64_t> bins(96);
            for (const auto x : want.values)
                if (std::isfinite(x)) {
                    const auto& edges = found.histogram.edges;
                    const auto next = std::upper_bound(edges.begin(), edges.end(), x) - edges.begin();
                    ++bins[std::min<std::size_t>(std::size_t(next) - 1, 95)];
                }
            QCOMPARE(found.histogram.counts, bins);
        }
    }
}

void StatisticsTest::rangesHoldTheQuantiles() {
    std::mt19937_64 random(5);
    std::normal_distribution<double> normal(0.5, 2);
    std::vector<double> values(50'000);
    for (auto& x : values)
        x = normal(random);
    std::vector<float> floats(values.begin(), values.end());
    for (const auto& tensor : {made(DType::F64, values), made(DType::F32, floats)}) {
        const auto found = statisticsOf(tensor);
        const Reference want(tensor);
        QVERIFY(found.approximate);
        for (std::size_t i = 0; i != found.quantiles.size(); ++i) {
            const auto right = quantileOf(want.values, Statistics::QuantilesAt[i]);
            QVERIFY(std::abs(found.quantiles[i] - right) <= std::abs(right) / 128);
        }
    }
    QVERIFY(statisticsOf(made(DType::F32, floats), 0).histogram.counts.empty());
}

void StatisticsTest::squaresBeyondDoubles() {
    for (const double scale : {1e300, 1e-300, 5e-324}) {
        std::vector<double> values(5000);
        for (std::size_t i = 0; i != values.size(); ++i)
            values[i] = (i % 2 == 0 ? 3 : 1) * scale;
        const auto tensor = made(DType::F64, values);
        COMPARE_TEXT(firstDifference(tensor, statisticsOf(tensor)), "");
    }
    const auto largest = std::numeric_limits<double>::max();
    const auto found = statisticsOf(made(DType::F64, std::vector<double>(5000, largest)));
    QCOMPARE(found.mean, largest);
    QCOMPARE(found.std, 0.0);
}

void StatisticsTest::constantsDoNotVary() {
    const auto found = statisticsOf(made(DType::F64, std::vector<double>(100'001, 0.1)));
    QCOMPARE(found.mean, 0.1);
    QCOMPARE(found.std, 0.0);
    QCOMPARE(found.quantiles[3], 0.1);
    QVERIFY(!found.approximate);
}

void StatisticsTest::zerosAreZeroes() {
    // Most are zeros of both signs; what shares their keys, the smallest subnormals, must not move them.
    std::vector<float> floats(9000, 0.0F);
    for (std::size_t i = 0; i != floats.size(); i += 3)
        floats[i] = -0.0F;
    for (std::size_t i = 0; i != 60; ++i)
        floats[i] = i % 2 == 0 ? 1e-45F : -1.0F;
    std::vector<double> doubles(floats.begin(), floats.end());
    for (const auto& tensor : {made(DType::F32, floats), made(DType::F64, doubles)}) {
        const auto found = statisticsOf(tensor);
        QCOMPARE(found.zeros, std::uint64_t{8940});
        QCOMPARE(found.negative, std::uint64_t{30});
        for (std::size_t i = 0; i != found.quantiles.size(); ++i)
            QCOMPARE(found.quantiles[i], 0.0);
    }
}

void StatisticsTest::wholeNumbers() {
    std::vector<std::int64_t> values(101);
    for (std::size_t i = 0; i != values.size(); ++i)
        values[i] = 50 - std::int64_t(i);
    const auto found = statisticsOf(made(DType::I64, values));
    QCOMPARE(found.subnormal, std::uint64_t{0});
    QCOMPARE(found.zeros, std::uint64_t{1});
    QVERIFY(!found.approximate); // every key stands for one small whole number
    QCOMPARE(found.quantiles[2], -25.0);
    QCOMPARE(found.quantiles[3], 0.0);
}

void StatisticsTest::manyTensorsOneAfterTheOther() {
    // What one leaves behind must not show in the next of the same dtype, however large either is.
    std::vector<Made> tensors;
    for (const auto dtype : {DType::BF16, DType::F32, DType::F64, DType::I8, DType::F4})
        for (const std::uint64_t elements : {100'000, 8, 0, 3000, 70'000})
            tensors.push_back(randomBits(dtype, elements, unsigned(tensors.size())));
    const auto checkpoint = checkpointOf(tensors);
    std::vector<TensorId> ids;
    for (std::size_t i = 0; i != tensors.size(); ++i)
        ids.emplace_back(i);
    const auto all = computeStatistics(checkpoint, ids, StatisticsOptions(), JobContext());
    VERIFY_OK(all);
    for (std::size_t i = 0; i != tensors.size(); ++i) {
        QVERIFY((*all)[i].statistics);
        const auto& found = *(*all)[i].statistics;
        COMPARE_TEXT(firstDifference(tensors[i], found), "");
        const auto alone = statisticsOf(tensors[i]);
        QCOMPARE(found.histogram.counts, alone.histogram.counts);
        QCOMPARE(std::memcmp(&found.quantiles, &alone.quantiles, sizeof alone.quantiles), 0);
    }
}

void StatisticsTest::countsBeyondACell() {
    CountTable table(128), other(128);
    CountTable::Counted found[CountTable::RowKeys];
    for (auto* each : {&table, &other}) {
        each->touchAll();
        each->expect(0xffffffff);
        each->cells()[2 * 70] = 0xffffffff;
    }
    table.expect(5);
    table.cells()[2 * 70 + 1] += 5;
    table.absorb(other);
    QCOMPARE(table.take(1, found), std::size_t{1});
    QCOMPARE(found[0].key, std::size_t{70});
    QCOMPARE(found[0].count, 2 * std::uint64_t{0xffffffff} + 5);
    QCOMPARE(table.take(1, found), std::size_t{0});
    QCOMPARE(other.take(1, found), std::size_t{0});
}

void StatisticsTest::specialWords() {
    // More vectors than a lane of 16 bits can count, and an odd rest.
    std::vector<std::uint16_t> halves(4'000'003, 0x8000);
    halves[5] = 0x7c00, halves[6] = 0xfc01, halves.back() = 0x7c00, halves[9] = 0x3c00;
    const auto found = countSpecials(16, 0x7c00, std::as_bytes(std::span(halves)));
    QCOMPARE(found.zeros, std::uint64_t{4'000'003 - 4});
    QCOMPARE(found.infinite, std::uint64_t{2});
    QCOMPARE(found.nan, std::uint64_t{1});
    const std::vector<std::uint64_t> doubles{0, 0x7ff0000000000000, 0xfff0000000000001, 1};
    const auto wide = countSpecials(64, 0x7ff0000000000000, std::as_bytes(std::span(doubles)));
    QVERIFY(wide.zeros == 1 && wide.infinite == 1 && wide.nan == 1);
}

QTEST_GUILESS_MAIN(StatisticsTest)
#include "statistics_test.moc"
