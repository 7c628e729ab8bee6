// SPDX-License-Identifier: Apache-2.0
#include "analysis/deep_check.h"
#include "analysis/model_statistics.h"
#include "analysis/statistics_csv.h"
#include "support/checkpoint_of_payloads.h"
#include "support/fault_source.h"
#include "support/results.h"

#include <QTest>

#include <cmath>
#include <map>
#include <mutex>
#include <random>
#include <span>

using namespace shardlens;

namespace {

std::vector<std::byte> bytesOf(const std::vector<float>& values) {
    const auto bytes = std::as_bytes(std::span(values));
    return {bytes.begin(), bytes.end()};
}

std::vector<float> varied(unsigned seed, std::size_t count = 64) {
    std::mt19937 random(seed);
    std::normal_distribution<float> normal;
    std::vector<float> out(count);
    for (auto& value : out)
        value = normal(random);
    return out;
}

/// Checkpoints of floats, a file a tensor.
class Maker {
public:
    TensorId whole(const std::string& name, const Dims& shape, const std::vector<float>& values) {
        const auto id = m_made.tensor(name, DType::F32, shape);
        part(id, name, Dims(shape.size(), 0), shape, values);
        return id;
    }
    TensorId inTwo(const std::string& name, const std::vector<float>& values) {
        const auto half = values.size() / 2;
        const auto id = m_made.tensor(name, DType::F32, {values.size()});
        const auto middle = values.begin() + std::ptrdiff_t(half);
        part(id, name + "/a", {0}, {half}, {values.begin(), middle});
        part(id, name + "/b", {half}, {values.size() - half}, {middle, values.end()});
        return id;
    }
    void part(TensorId id, const std::string& file, const Dims& offset, const Dims& size,
              const std::vector<float>& values) {
        const auto in = m_made.file(file, bytesOf(values));
        m_made.slice(id, offset, size, test::plainPayload(in, {0, values.size() * 4}, DType::F32));
    }
    test::CheckpointOfPayloads& made() { return m_made; }

private:
    test::CheckpointOfPayloads m_made;
};

std::vector<TensorId> allOf(const Checkpoint& checkpoint) {
    std::vector<TensorId> out;
    for (std::uint32_t i = 0; i < checkpoint.tensorCount(); ++i)
        out.emplace_back(i);
    return out;
}

void ignore(std::size_t, const TensorStatistics&) {}

Findings findingsOf(const CheckpointPtr& checkpoint) {
    const auto tensors = allOf(*checkpoint);
    const auto found = modelStatistics(checkpoint, tensors, {.bins = 1}, {}, ignore);
    return found ? *found : Findings();
}

std::map<std::string, std::vector<TensorId>> byRule(const Findings& findings) {
    std::map<std::string, std::vector<TensorId>> out;
    for (const auto& finding : findings)
        out[std::string(finding.what.rule->id)] = finding.tensors;
    return out;
}

using Ids = std::vector<TensorId>;

} // namespace

class ModelStatisticsTest : public QObject {
    Q_OBJECT

private slots:
    void figuresArriveOnceAndAreThoseOfOneTensor();
    void findsWhatTheValuesSay();
    void identicalMeansBytesShapeAndNoTie();
    void unreadableTensorsAreReportedOnce();
    void agreesWithTheDeepCheck();
    void csvHoldsWhatTheFiguresSay();
    void stops();
};

void ModelStatisticsTest::figuresArriveOnceAndAreThoseOfOneTensor() {
    Maker maker;
    for (unsigned i = 0; i < 12; ++i)
        maker.whole("t" + std::to_string(i), {64}, varied(i));
    const auto checkpoint = maker.made().build();
    Ids tensors;
    for (std::uint32_t i = 12; i-- > 3;) // an order and a choice of its own
        tensors.emplace_back(i);
    for (const unsigned threads : {1U, 4U}) {
        JobContext context;
        context.threads = threads;
        std::mutex mutex;
        std::map<std::size_t, TensorStatistics> arrived;
        int calls = 0;
        const auto found = modelStatistics(checkpoint, tensors, {}, context,
                                           [&](std::size_t index, TensorStatistics figures) {
                                               const std::lock_guard lock(mutex);
                                               ++calls;
                                               arrived[index] = std::move(figures);
                                           });
        VERIFY_OK(found);
        QVERIFY(found->empty());
        QCOMPARE(calls, 9);
        for (std::size_t i = 0; i < tensors.size(); ++i) {
            const auto& figures = arrived[i];
            QCOMPARE(figures.tensor, tensors[i]);
            const auto alone = computeStatistics(checkpoint, tensors[i], {}, {});
            QCOMPARE(figures.statistics->mean, alone->mean);
            QCOMPARE(figures.statistics->l2, alone->l2);
            QCOMPARE(figures.statistics->histogram.counts, alone->histogram.counts);
        }
    }
}

void ModelStatisticsTest::findsWhatTheValuesSay() {
    Maker maker;
    auto sick = varied(1);
    sick[5] = NAN;
    sick[9] = INFINITY;
    const auto both = maker.whole("both", {64}, sick);
    const auto infinite = maker.whole("infinite", {2}, {1, -INFINITY});
    const auto zeros = maker.whole("zeros", {3}, {0, -0.0F, 0});
    maker.whole("one zero", {1}, {0});
    maker.whole("empty", {0}, {});
    const auto checkpoint = maker.made().build();
    const auto found = byRule(findingsOf(checkpoint));
    QCOMPARE(found.size(), std::size_t(3));
    QCOMPARE(found.at("values.nan"), Ids{both});
    QCOMPARE(found.at("values.infinity"), (Ids{both, infinite}));
    QCOMPARE(found.at("values.all-zero"), Ids{zeros});
    const auto figures = computeStatistics(checkpoint, both, {}, {});
    QCOMPARE(valueHealth(*figures), ValueHealth::HasNan);
    QCOMPARE(valueHealth(*computeStatistics(checkpoint, zeros, {}, {})), ValueHealth::AllZero);
}

void ModelStatisticsTest::identicalMeansBytesShapeAndNoTie() {
    Maker maker;
    const auto values = varied(7);
    auto reversed = values; // the same figures, other bytes
    std::reverse(reversed.begin(), reversed.end());
    maker.whole("a", {64}, values);
    maker.whole("b reversed", {64}, reversed);
    const auto cut = maker.inTwo("c cut", values); // however it is stored
    maker.whole("d other shape", {8, 8}, values);
    const auto again = maker.whole("e other shape again", {8, 8}, values);
    maker.whole("f ones", {64}, std::vector<float>(64, 1));
    maker.whole("g ones", {64}, std::vector<float>(64, 1));
    maker.whole("h short", {4}, {1, 2, 3, 4});
    maker.whole("i short", {4}, {1, 2, 3, 4});
    const auto tie = varied(8);
    const auto first = maker.whole("tied", {64}, tie), second = maker.whole("tied too", {64}, tie);
    maker.made().builder().setStorage(first, 1);
    maker.made().builder().setStorage(second, 1);
    const auto found = findingsOf(maker.made().build());
    QCOMPARE(found.size(), std::size_t(1));
    QCOMPARE(std::string(found[0].what.rule->id), std::string("values.identical"));
    QCOMPARE(found[0].tensors, (Ids{cut, again}));
    QCOMPARE(std::get<std::string>(found[0].what.args[1]), std::string("a"));
}

void ModelStatisticsTest::unreadableTensorsAreReportedOnce() {
    Maker maker;
    maker.whole("sound", {64}, varied(1));
    const auto gone = maker.made().tensor("gone", DType::F32, {4});
    maker.part(gone, "half", {0}, {2}, {1, 2}); // the rest is a hole
    auto source = std::make_shared<test::FaultSource>(memorySource("f", bytesOf({1, 2, 3, 4})));
    source->badByte = 7;
    const auto surprise = maker.made().tensor("surprise", DType::F32, {4});
    maker.made().slice(surprise, {0}, {4},
                       test::plainPayload(maker.made().file("f", source), {0, 16}, DType::F32));
    const auto checkpoint = maker.made().build();
    QVERIFY(!checkpoint->tensor(gone).readable());
    QVERIFY(checkpoint->tensor(surprise).readable());
    std::mutex mutex;
    std::map<std::size_t, bool> problems;
    const auto tensors = allOf(*checkpoint);
    const auto found = modelStatistics(checkpoint, tensors, {}, {}, [&](std::size_t i, TensorStatistics one) {
        const std::lock_guard lock(mutex);
        problems[i] = one.problem.has_value();
    });
    VERIFY_OK(found);
    QCOMPARE(problems, (std::map<std::size_t, bool>{{0, false}, {1, true}, {2, true}}));
    // What the checkpoint says of itself is not said again.
    QCOMPARE(found->size(), std::size_t(1));
    VERIFY_RULE(Result<void>(Failure((*found)[0].what)), "io.read-failed");
    QCOMPARE((*found)[0].tensors, Ids{surprise});
    COMPARE_TEXT((*found)[0].what.where.item, "surprise");
}

void ModelStatisticsTest::agreesWithTheDeepCheck() {
    std::mt19937_64 random(5);
    test::CheckpointOfPayloads made;
    for (const auto& dtype : allDTypes()) {
        const auto name = std::string(dtype.name);
        std::vector<std::byte> bytes(*packedBytes(dtype.dtype, 256));
        for (auto& byte : bytes)
            byte = static_cast<std::byte>(dtype.dtype == DType::Bool ? random() % 2 : random());
        for (const auto* copy : {"a", "b"}) {
            const auto file = made.file(name + copy, bytes);
            made.slice(made.tensor(name + "." + copy, dtype.dtype, {256}), {0}, {256},
                       test::plainPayload(file, {0, bytes.size()}, dtype.dtype));
        }
    }
    const auto checkpoint = made.build();
    const auto mine = findingsOf(checkpoint);
    const auto deep = deepCheck(checkpoint, {});
    VERIFY_OK(deep);
    QCOMPARE(deep->size(), mine.size());
    for (std::size_t i = 0; i < mine.size(); ++i) {
        COMPARE_TEXT(message((*deep)[i].what), message(mine[i].what));
        QCOMPARE((*deep)[i].tensors, mine[i].tensors);
    }
    QCOMPARE(byRule(mine).at("values.identical").size(), allDTypes().size());
    // Each count is the one that the tensor's own figures give.
    std::uint64_t nan = 0, infinite = 0;
    for (const auto id : allOf(*checkpoint)) {
        const auto figures = computeStatistics(checkpoint, id, {}, {});
        VERIFY_OK(figures);
        nan += figures->nan;
        infinite += figures->posinf + figures->neginf;
    }
    for (const auto& finding : mine)
        if (finding.what.rule->id == std::string_view("values.nan"))
            QCOMPARE(std::get<std::uint64_t>(finding.what.args[1]), nan);
        else if (finding.what.rule->id == std::string_view("values.infinity"))
            QCOMPARE(std::get<std::uint64_t>(finding.what.args[1]), infinite);
}

void ModelStatisticsTest::csvHoldsWhatTheFiguresSay() {
    Maker maker;
    const auto id = maker.whole("a,\"b\"", {2, 2}, {-1, 0, NAN, 3});
    const auto checkpoint = maker.made().build();
    const auto line = statisticsCsvLine(checkpoint->tensor(id), *computeStatistics(checkpoint, id, {}, {}));
    QVERIFY(line.starts_with("\"a,\"\"b\"\"\",F32,2x2,4,-1,3,"));
    QVERIFY(line.ends_with("\r\n"));
    const auto titles = statisticsCsvTitles();
    QCOMPARE(std::count(titles.begin(), titles.end(), ','), std::count(line.begin(), line.end(), ',') - 1);
    QVERIFY(titles.ends_with(",q0.95,q0.99\r\n"));
}

void ModelStatisticsTest::stops() {
    Maker maker;
    maker.whole("a", {64}, varied(1));
    const auto checkpoint = maker.made().build();
    std::stop_source stop;
    stop.request_stop();
    JobContext context;
    context.stop = stop.get_token();
    const auto tensors = allOf(*checkpoint);
    VERIFY_RULE(modelStatistics(checkpoint, tensors, {}, context, ignore), "job.cancelled");
}

QTEST_GUILESS_MAIN(ModelStatisticsTest)
#include "model_statistics_test.moc"
