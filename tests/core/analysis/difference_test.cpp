// SPDX-License-Identifier: Apache-2.0
#include "analysis/difference_detail.h"
#include "analysis/gap_histogram.h"
#include "analysis/rename_rule.h"
#include "convert/compare_call.h"
#include "convert/renamer.h"
#include "support/checkpoint_of_payloads.h"

#include <QtTest>

#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>

using namespace shardlens;

namespace {

template <typename T>
std::vector<std::byte> bytesOf(const std::vector<T>& values) {
    std::vector<std::byte> out(values.size() * sizeof(T));
    std::memcpy(out.data(), values.data(), out.size());
    return out;
}

/// One tensor `w`, cut into `parts` along dim 0.
template <typename T>
CheckpointPtr made(DType dtype, const Dims& shape, const std::vector<T>& values, std::uint64_t parts = 1) {
    test::CheckpointOfPayloads out;
    const auto file = out.file("f", bytesOf(values));
    const auto tensor = out.tensor("w", dtype, shape);
    const auto rowBytes = shape.empty() ? sizeof(T) : values.size() * sizeof(T) / shape[0];
    for (std::uint64_t part = 0; part < parts; ++part) {
        Dims offset(shape.size(), 0), size = shape;
        if (!shape.empty()) {
            offset[0] = shape[0] * part / parts;
            size[0] = shape[0] * (part + 1) / parts - offset[0];
        }
        const auto begin = shape.empty() ? 0 : offset[0] * rowBytes;
        const auto end = shape.empty() ? rowBytes : begin + size[0] * rowBytes;
        out.slice(tensor, offset, size, test::plainPayload(file, {begin, end}, dtype));
    }
    return out.build();
}

DifferenceDetail detailOf(const CheckpointPtr& a, const CheckpointPtr& b, double tolerance = 0) {
    auto found = differenceDetail(a, TensorId(0U), b, TensorId(0U), tolerance, {});
    if (!found)
        qFatal("%s", message(found.error()).c_str());
    return *found;
}

} // namespace

class DifferenceTest : public QObject {
    Q_OBJECT

private slots:
    void saysWhichSliceItIs();
    void countsAndBins();
    void findsTheBox();
    void exactIntegersAndScalars();
    void refusesOtherShapes();
    void histogramsJoinBins();
    void offersRenames();
    void commandsReadBack();
};

void DifferenceTest::saysWhichSliceItIs() {
    std::vector<float> left(64 * 6), right;
    std::iota(left.begin(), left.end(), 1.0F);
    right = left;
    for (std::size_t i = 24 * 6; i < 32 * 6; ++i)
        right[i] = 0;
    const auto a = made(DType::F32, {64, 6}, left, 8), b = made(DType::F32, {64, 6}, right);
    const auto found = detailOf(a, b);
    QCOMPARE(found.count, std::uint64_t{48});
    QCOMPARE(found.zerosB, std::uint64_t{48});
    QCOMPARE(found.zerosA, std::uint64_t{0});
    QVERIFY(!found.allZeroB);
    QCOMPARE(found.begin, (Dims{24, 0}));
    QCOMPARE(found.end, (Dims{32, 6}));
    QVERIFY(found.fitA && found.fitA->exact);
    QCOMPARE(a->slice(found.fitA->slice).box.offset[0], std::uint64_t{24});
    QVERIFY(!found.fitB); // one slice that is the whole tensor says nothing
    QCOMPARE(found.mapRows, std::uint32_t{64});
    QCOMPARE(found.mapColumns, std::uint32_t{6});
    for (std::size_t i = 0; i < found.map.size(); ++i)
        QCOMPARE(found.map[i] > 0, i >= 24 * 6 && i < 32 * 6);
    QCOMPARE(found.maxAbs, 32.0 * 6);
    QCOMPARE(found.maxRel, 1.0);
    QCOMPARE(found.examples.size(), std::size_t{6});
    QCOMPARE(found.examples[1].index, (Dims{24, 1}));
    QCOMPARE(found.examples[1].a, std::string("146"));
    QCOMPARE(found.examples[1].b, std::string("0"));

    right[25 * 6] = left[25 * 6]; // a value that is equal by chance does not change the box
    right[24 * 6] = left[24 * 6];
    QVERIFY(detailOf(a, made(DType::F32, {64, 6}, right)).fitA->exact);
    right = left;
    right[26 * 6 + 2] = 0;
    const auto within = detailOf(a, made(DType::F32, {64, 6}, right));
    QVERIFY(within.fitA && !within.fitA->exact);
    right[0] = 0; // two slices: none holds both
    QVERIFY(!detailOf(a, made(DType::F32, {64, 6}, right)).fitA);
}

void DifferenceTest::countsAndBins() {
    std::vector<float> left(1000, 1), right(1000, 1);
    right[10] = 1.5F;
    right[20] = 1.25F;
    right[30] = NAN;
    right[40] = std::numeric_limits<float>::infinity();
    const auto a = made(DType::F32, {1000}, left), b = made(DType::F32, {1000}, right);
    const auto found = detailOf(a, b);
    QCOMPARE(found.count, std::uint64_t{4});
    QCOMPARE(found.incomparable, std::uint64_t{2});
    QCOMPARE(found.meanAbs, 0.75 / 1000);
    QCOMPARE(found.mapRows, std::uint32_t{1});
    const auto& bins = found.histogram;
    QCOMPARE(bins.edges.size(), bins.counts.size() + 1);
    QCOMPARE(std::accumulate(bins.counts.begin(), bins.counts.end(), std::uint64_t{0}), std::uint64_t{2});
    QVERIFY(bins.edges.front() <= 0.25 && bins.edges.back() > 0.5);
    QCOMPARE(detailOf(a, b, 0.3).count, std::uint64_t{3});
    const auto none = detailOf(a, a);
    QCOMPARE(none.count, std::uint64_t{0});
    QVERIFY(none.begin.empty() && none.histogram.counts.empty() && none.examples.empty());
}

void DifferenceTest::findsTheBox() {
    const Dims shape{5, 7, 300};
    std::vector<float> left(5 * 7 * 300), right;
    right = left;
    const auto at = [](std::size_t i, std::size_t j, std::size_t k) {
        return (i * 7 + j) * 300 + k;
    };
    for (const auto place : {at(1, 6, 299), at(2, 0, 0), at(2, 2, 10), at(3, 5, 11)})
        right[place] = 1;
    const auto found = detailOf(made(DType::F32, shape, left), made(DType::F32, shape, right));
    QCOMPARE(found.begin, (Dims{1, 0, 0}));
    QCOMPARE(found.end, (Dims{4, 7, 300}));
    QVERIFY(found.allZeroA && !found.allZeroB);
    right = left;
    right[at(4, 3, 20)] = right[at(4, 3, 21)] = right[at(4, 5, 19)] = 1;
    const auto small = detailOf(made(DType::F32, shape, left), made(DType::F32, shape, right));
    QCOMPARE(small.begin, (Dims{4, 3, 19}));
    QCOMPARE(small.end, (Dims{5, 6, 22}));
    QVERIFY(small.mapRows == 5 && small.mapColumns == 224);
}

void DifferenceTest::exactIntegersAndScalars() {
    const auto large = [](std::int64_t last) {
        return made<std::int64_t>(DType::I64, {2}, {7, (std::int64_t{1} << 62) + last});
    };
    const auto found = detailOf(large(0), large(1));
    QCOMPARE(found.count, std::uint64_t{1}); // equal as doubles, and yet not equal
    QCOMPARE(found.examples[0].b, std::string("4611686018427387905"));
    QVERIFY(found.map[1] > 0);
    const auto scalar = detailOf(made<float>(DType::F32, {}, {1}), made<double>(DType::F64, {}, {1.5}));
    QCOMPARE(scalar.count, std::uint64_t{1});
    QCOMPARE(scalar.maxAbs, 0.5);
    QVERIFY(scalar.examples[0].index.empty());
    const auto complex =
        detailOf(made<float>(DType::C64, {2}, {1, 2, 3, 4}), made<float>(DType::C64, {2}, {1, 2, 3, 6}));
    QCOMPARE(complex.count, std::uint64_t{1});
    QCOMPARE(complex.maxAbs, 2.0);
}

void DifferenceTest::refusesOtherShapes() {
    const auto refused = differenceDetail(made<float>(DType::F32, {2}, {1, 2}), TensorId(0U),
                                          made<float>(DType::F32, {1, 2}, {1, 2}), TensorId(0U), 0, {});
    QVERIFY(!refused);
    QCOMPARE(QByteArray(refused.error().rule->id.data()), QByteArray("compare.shapes-differ"));
    std::stop_source source;
    source.request_stop();
    JobContext stopped;
    stopped.stop = source.get_token();
    const auto a = made<float>(DType::F32, {2}, {1, 2});
    QVERIFY(!differenceDetail(a, TensorId(0U), a, TensorId(0U), 0, stopped));
}

void DifferenceTest::histogramsJoinBins() {
    GapHistogram histogram;
    QVERIFY(histogram.summary(10).counts.empty());
    for (const double gap : {1e-300, 5e-324, 1.0, 1.0, 1e300, std::numeric_limits<double>::max()})
        histogram.add(gap);
    const auto all = histogram.summary(64);
    QVERIFY(all.counts.size() <= 64);
    QCOMPARE(std::accumulate(all.counts.begin(), all.counts.end(), std::uint64_t{0}), std::uint64_t{6});
    QVERIFY(std::ranges::is_sorted(all.edges));
    GapHistogram narrow;
    narrow.add(1.0);
    narrow.add(1.99);
    const auto octave = narrow.summary(64);
    QCOMPARE(octave.counts.size(), std::size_t{8});
    QCOMPARE(octave.edges.front(), 1.0);
    QCOMPARE(octave.edges.back(), 2.0);
}

void DifferenceTest::offersRenames() {
    using Pairs = std::vector<std::pair<std::string, std::string>>;
    const auto renamed = [](const Pairs& rules, const std::string& name) {
        const auto renamer = convert::Renamer::create({}, rules, "--rename");
        return renamer ? renamer->rename(name).value_or("failed") : std::string("failed");
    };
    QCOMPARE(renameRules({{"model.a.w", "a.w"}, {"model.b.w", "b.w"}}), (Pairs{{"^model\\.", ""}}));
    QCOMPARE(renameRules({{"x.a.w", "y.a.w"}, {"x.b", "y.b"}}), (Pairs{{"^x\\.", "y."}}));
    const std::vector<std::pair<std::string_view, std::string_view>> odd{
        {"a+(b).w", "c$1.w"}, {"model.norm", "norm"}, {"x", "y"}};
    const auto each = renameRules(odd);
    QCOMPARE(each.size(), std::size_t{3});
    for (const auto& [from, to] : odd)
        QCOMPARE(renamed(each, std::string(from)), std::string(to));
    QCOMPARE(renamed(each, "model.norm.more"), std::string("model.norm.more"));
    QVERIFY(renameRules({}).empty());
    QCOMPARE(renameRules(odd, 2).size(), std::size_t{2});
}

void DifferenceTest::commandsReadBack() {
    convert::CompareCall call{"/a b", "-b", "dtype:f32", {{"^a=\\=b", "c"}}, 0.5, true};
    QCOMPARE(
        convert::compareCommand(call),
        std::string("shardlens-cli compare '/a b' ./-b dtype:f32 --rename '^a\\=\\=b=c' --tolerance 0.5"));
}

QTEST_GUILESS_MAIN(DifferenceTest)
#include "difference_test.moc"
