// SPDX-License-Identifier: Apache-2.0
#include "analysis/compare.h"
#include "analysis/deep_check.h"
#include "analysis/hash.h"
#include "analysis/statistics.h"
#include "data/decode.h"
#include "model/checkpoint_builder.h"

#include <QCryptographicHash>
#include <QTest>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>
#include <random>

using namespace shardlens;

namespace {

struct Made {
    std::string name;
    DType dtype;
    Dims shape;
    std::vector<std::byte> bytes;
};

template <typename T>
std::vector<std::byte> bytesOf(const std::vector<T>& values) {
    std::vector<std::byte> out(values.size() * sizeof(T));
    if (!out.empty())
        std::memcpy(out.data(), values.data(), out.size());
    return out;
}

Made floats(std::string name, const std::vector<float>& values) {
    return {std::move(name), DType::F32, {values.size()}, bytesOf(values)};
}

/// A checkpoint of one file in memory; `crc` is claimed for the first tensor's bytes where it is not 0.
CheckpointPtr checkpointOf(const std::vector<Made>& tensors, std::uint32_t crc = 0) {
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
        builder.setShape(id, tensor.shape);
        builder.addWholeSlice(id, tensor.dtype, file, {at, at + tensor.bytes.size()});
        at += tensor.bytes.size();
    }
    if (crc != 0)
        builder.addRegion({file, Region::Kind::Entry, {0, tensors[0].bytes.size()}, "record", crc});
    return *builder.build();
}

/// Random bits of a dtype: every pattern can occur.
Made randomTensor(DType dtype, std::uint64_t elements, unsigned seed) {
    std::mt19937_64 random(seed);
    std::vector<std::byte> bytes(*packedBytes(dtype, elements));
    for (auto& byte : bytes)
        byte = static_cast<std::byte>(random());
    return {"w", dtype, {elements}, bytes};
}

std::vector<long double> exactValues(const Made& tensor) {
    std::vector<double> values(tensor.shape[0]);
    decodeToDouble(tensor.dtype, tensor.bytes, 0, values);
    return {values.begin(), values.end()};
}

bool close(double a, long double b, double tolerance) {
    if (a == b)
        return true;
    if (std::isnan(a) || std::isnan(b))
        return std::isnan(a) && std::isnan(b);
    return std::abs(static_cast<long double>(a) - b) <= tolerance * std::max(1.0L, std::abs(b));
}

Statistics statisticsOf(const Made& tensor, unsigned threads = 0) {
    JobContext context;
    context.threads = threads;
    const auto computed =
        computeStatistics(checkpointOf({tensor}), TensorId(0U), StatisticsOptions{}, context);
    return computed ? *computed : Statistics();
}

std::map<std::string, const Finding*> byRule(const Findings& findings) {
    std::map<std::string, const Finding*> out;
    for (const auto& finding : findings)
        out[std::string(finding.what.rule->id)] = &finding;
    return out;
}

} // namespace

class AnalysisTest : public QObject {
    Q_OBJECT

private slots:
    void statisticsAgreeWithExactSums_data();
    void statisticsAgreeWithExactSums();
    void meanKeepsItsDigits();
    void quantilesAndHistogram();
    void complexAndEmpty();
    void statisticsDoNotDependOnThreads();
    void hashes();
    void deepCheckFinds();
    void comparesValues();
    void comparesAcrossDTypes();
    void comparesNames();
    void stops();
};

void AnalysisTest::statisticsAgreeWithExactSums_data() {
    QTest::addColumn<int>("dtype");
    for (const auto& dtype : allDTypes())
        if (dtype.kind != DTypeKind::Complex)
            QTest::newRow(std::string(dtype.name).c_str()) << int(dtype.dtype);
}

void AnalysisTest::statisticsAgreeWithExactSums() {
    QFETCH(int, dtype);
    const auto tensor = randomTensor(DType(dtype), 30'000, unsigned(dtype));
    const auto found = statisticsOf(tensor);
    Statistics want;
    long double sum = 0, squares = 0;
    long double low = HUGE_VALL, high = -HUGE_VALL;
    for (const auto x : exactValues(tensor)) {
        want.nan += std::isnan(x);
        want.posinf += std::isinf(x) && x > 0;
        want.neginf += std::isinf(x) && x < 0;
        want.zeros += x == 0;
        want.negative += x < 0;
        if (!std::isnan(x)) {
            low = std::min(low, x);
            high = std::max(high, x);
        }
        if (std::isfinite(x))
            sum += x, squares += x * x;
    }
    const auto finite = static_cast<long double>(found.finite());
    long double spread = 0;
    for (const auto x : exactValues(tensor))
        if (std::isfinite(x))
            spread += (x - sum / finite) * (x - sum / finite);
    QCOMPARE(found.count, std::uint64_t{30'000});
    QCOMPARE(found.nan, want.nan);
    QCOMPARE(found.posinf, want.posinf);
    QCOMPARE(found.neginf, want.neginf);
    QCOMPARE(found.zeros, want.zeros);
    QCOMPARE(found.negative, want.negative);
    QVERIFY(close(found.min, low, 0) && close(found.max, high, 0));
    // Squares of random F64 patterns leave the range of a double; the sum then is infinite on both sides.
    if (DType(dtype) != DType::F64) {
        QVERIFY(close(found.mean, sum / finite, 1e-9));
        QVERIFY(close(found.std, std::sqrt(spread / finite), 1e-9));
        QVERIFY(close(found.l2, std::sqrt(squares), 1e-9));
    }
    std::uint64_t counted = 0;
    for (const auto bin : found.histogram.counts)
        counted += bin;
    QCOMPARE(counted, found.finite());
    QCOMPARE(found.approximate, bitsOf(DType(dtype)) > 16);
}

void AnalysisTest::meanKeepsItsDigits() {
    // A large mean and a small spread: the textbook formula (mean of squares minus square of mean) gives 0
    // here.
    std::vector<double> values;
    for (int i = 0; i < 1'000'000; ++i)
        values.push_back(1e9 + (i % 2 == 0 ? 0.25 : -0.25));
    const auto found = statisticsOf({"w", DType::F64, {values.size()}, bytesOf(values)});
    QCOMPARE(found.mean, 1e9);
    QVERIFY(std::abs(found.std - 0.25) < 1e-9);
}

void AnalysisTest::quantilesAndHistogram() {
    std::vector<std::int8_t> values(101);
    for (int i = 0; i <= 100; ++i)
        values[std::size_t(i)] = std::int8_t(100 - i);
    const auto exact = statisticsOf({"w", DType::I8, {101}, bytesOf(values)});
    const std::array<double, 7> want{1, 5, 25, 50, 75, 95, 99};
    for (std::size_t i = 0; i < want.size(); ++i)
        QCOMPARE(exact.quantiles[i], want[i]);
    QCOMPARE(exact.histogram.counts.size(), std::size_t{96});
    QCOMPARE(exact.histogram.edges.front(), 0.0);
    QCOMPARE(exact.histogram.edges.back(), 100.0);

    std::mt19937 random(3);
    std::normal_distribution<float> normal;
    std::vector<float> many(200'000);
    for (auto& x : many)
        x = normal(random);
    const auto estimated = statisticsOf(floats("w", many));
    std::sort(many.begin(), many.end());
    for (std::size_t i = 0; i < want.size(); ++i) {
        const auto right = double(many[std::size_t(Statistics::QuantilesAt[i] * double(many.size() - 1))]);
        QVERIFY(std::abs(estimated.quantiles[i] - right) < 0.01 * std::max(1.0, std::abs(right)));
    }
}

void AnalysisTest::complexAndEmpty() {
    const auto complex = statisticsOf({"w", DType::C64, {2}, bytesOf(std::vector<float>{3, 4, 0, NAN})});
    QCOMPARE(complex.max, 5.0);
    QCOMPARE(complex.nan, std::uint64_t{1});
    const auto empty = statisticsOf({"w", DType::F32, {0}, {}});
    QCOMPARE(empty.count, std::uint64_t{0});
    QVERIFY(std::isnan(empty.min) && std::isnan(empty.mean));
    QVERIFY(empty.histogram.counts.empty());
    const auto same = statisticsOf(floats("w", {2, 2, 2}));
    QCOMPARE(same.std, 0.0);
    QCOMPARE(same.quantiles[3], 2.0);
    const auto small = statisticsOf(floats("w", {1e-40F, -1e-40F, 0, -0.0F}));
    QCOMPARE(small.subnormal, std::uint64_t{2});
    QCOMPARE(small.zeros, std::uint64_t{2});
    QCOMPARE(small.negative, std::uint64_t{1});
}

void AnalysisTest::statisticsDoNotDependOnThreads() {
    for (const auto dtype : {DType::F32, DType::BF16}) {
        auto tensor = randomTensor(dtype, 3'000'000, 5);
        const auto one = statisticsOf(tensor, 1), four = statisticsOf(tensor, 4);
        QVERIFY(std::memcmp(&one.mean, &four.mean, sizeof one.mean) == 0);
        QVERIFY(std::memcmp(&one.std, &four.std, sizeof one.std) == 0);
        QCOMPARE(one.histogram.counts, four.histogram.counts);
    }
}

void AnalysisTest::hashes() {
    const auto tensor = randomTensor(DType::F32, 1'000'000, 8);
    const auto checkpoint = checkpointOf({tensor});
    const auto sha = hashTensor(checkpoint, TensorId(0U), HashAlgorithm::Sha256, {});
    QVERIFY(sha);
    const QByteArray raw(reinterpret_cast<const char*>(tensor.bytes.data()), qsizetype(tensor.bytes.size()));
    QCOMPARE(QByteArray::fromStdString(*sha),
             QCryptographicHash::hash(raw, QCryptographicHash::Sha256).toHex());
    // XXH3 of nothing, by its specification.
    const auto empty = hashTensor(checkpointOf({floats("w", {})}), TensorId(0U), HashAlgorithm::Xxh3, {});
    QVERIFY(empty);
    QCOMPARE(*empty, std::string("2d06800538d394c2"));
    const auto unknown = checkpointOf({{"w", DType::Unknown, {3}, {}}});
    const std::array ids{TensorId(0U)};
    const auto all = hashTensors(unknown, ids, HashAlgorithm::Sha256, {});
    QVERIFY(all);
    QVERIFY(all->front().problem || all->front().hex.empty());
}

void AnalysisTest::deepCheckFinds() {
    const std::vector<float> usual(20, 0.5F);
    auto varied = usual;
    varied[3] = 7;
    const auto checkpoint =
        checkpointOf({floats("nan", {1, NAN, NAN}), floats("inf", {1, INFINITY}),
                      floats("zero", {0, -0.0F, 0}), floats("zero.scalar", {0}), floats("a", varied),
                      floats("b", varied), floats("ones", usual), floats("more ones", usual)},
                     0x12345678);
    const auto findings = deepCheck(checkpoint, {});
    QVERIFY(findings);
    const auto found = byRule(*findings);
    QCOMPARE(found.size(), std::size_t{5});
    QCOMPARE(found.at("values.nan")->tensors, std::vector{TensorId(0U)});
    QCOMPARE(std::get<std::uint64_t>(found.at("values.nan")->what.args[1]), std::uint64_t{2});
    QCOMPARE(found.at("values.infinity")->tensors, std::vector{TensorId(1U)});
    QCOMPARE(found.at("values.all-zero")->tensors, std::vector{TensorId(2U)});
    QCOMPARE(found.at("values.identical")->tensors, std::vector{TensorId(5U)});
    QVERIFY(found.contains("values.crc-mismatch"));
    QVERIFY(byRule(*deepCheck(checkpointOf({floats("a", varied)}), {})).empty());
}

void AnalysisTest::comparesValues() {
    std::vector<float> left(1000, 1), right(1000, 1);
    right[10] = 1.5F;
    right[990] = NAN;
    const auto a = checkpointOf({floats("w", left),
                                 floats("same", {1, NAN, -0.0F}),
                                 floats("only", {4}),
                                 {"shape", DType::F32, {2, 2}, bytesOf(std::vector<float>(4))}});
    const auto b = checkpointOf({floats("w", right),
                                 floats("same", {1, NAN, 0}),
                                 floats("elsewhere", {4}),
                                 {"shape", DType::F32, {4}, bytesOf(std::vector<float>(4))}});
    const auto result = compare(a, b, {}, {});
    QVERIFY(result);
    QCOMPARE(result->same.size(), std::size_t{1});
    QCOMPARE(result->identical, std::uint64_t{0});
    QCOMPARE(result->different.size(), std::size_t{2});
    const auto& values = result->different[0];
    QCOMPARE(values.count, std::uint64_t{2});
    QCOMPARE(values.first, std::uint64_t{10});
    QCOMPARE(values.last, std::uint64_t{990});
    QVERIFY(std::isinf(values.maxAbs));
    QVERIFY(values.strip.front() > 0);
    QVERIFY(values.strip.back() > 0);
    QCOMPARE(std::ranges::count(values.strip, std::uint8_t{0}), std::ptrdiff_t{62});
    QVERIFY(result->different[1].reason == Difference::Reason::Shape);
    QCOMPARE(result->renamed.size(), std::size_t{1});

    CompareOptions tolerant;
    tolerant.tolerance = 0.6;
    const auto close = compare(a, b, tolerant, {});
    QCOMPARE(close->different[0].count, std::uint64_t{1}); // NaN is beyond any tolerance
    CompareOptions names;
    names.values = false;
    QCOMPARE(compare(a, b, names, {})->same.size(), std::size_t{2});
}

void AnalysisTest::comparesAcrossDTypes() {
    const auto a = checkpointOf({floats("w", {1, 2, 3})});
    const auto b = checkpointOf({{"w", DType::F64, {3}, bytesOf(std::vector<double>{1, 2, 3.5})}});
    const auto result = compare(a, b, {}, {});
    QVERIFY(result);
    const auto& difference = result->different.at(0);
    QVERIFY(difference.reason == Difference::Reason::DType);
    QVERIFY(difference.valuesCompared);
    QCOMPARE(difference.count, std::uint64_t{1});
    QCOMPARE(difference.maxAbs, 0.5);
    const auto large = [](std::int64_t last) {
        return checkpointOf(
            {{"w", DType::I64, {1}, bytesOf(std::vector<std::int64_t>{(std::int64_t{1} << 62) + last})}});
    };
    QCOMPARE(compare(large(0), large(1), {}, {})->different.size(), std::size_t{1});
}

void AnalysisTest::comparesNames() {
    const auto a = checkpointOf({floats("model.w", {1}), floats("x.w", {1})});
    const auto b = checkpointOf({floats("w", {1})});
    CompareOptions options;
    options.renameA = [](std::string_view name) {
        return std::string(name.substr(name.find('.') + 1));
    };
    const auto collision = compare(a, b, options, {});
    QVERIFY(!collision);
    QCOMPARE(QByteArray(collision.error().rule->id.data()), QByteArray("compare.rename-collision"));
    options.selects = [](const Checkpoint& checkpoint, TensorId id) {
        return checkpoint.tensor(id).name() != "x.w";
    };
    const auto renamed = compare(a, b, options, {});
    QVERIFY(renamed);
    QCOMPARE(renamed->identical, std::uint64_t{1});
    QVERIFY(renamed->onlyA.empty() && renamed->onlyB.empty());
}

void AnalysisTest::stops() {
    std::stop_source source;
    source.request_stop();
    JobContext context;
    context.stop = source.get_token();
    const auto checkpoint = checkpointOf({floats("w", std::vector<float>(1000))});
    const std::array ids{TensorId(0U)};
    QVERIFY(!deepCheck(checkpoint, context));
    QVERIFY(!compare(checkpoint, checkpoint, {}, context));
    QVERIFY(!hashTensors(checkpoint, ids, HashAlgorithm::Sha256, context));
    QVERIFY(!computeStatistics(checkpoint, ids, StatisticsOptions{}, context));
}

QTEST_GUILESS_MAIN(AnalysisTest)
#include "analysis_test.moc"
