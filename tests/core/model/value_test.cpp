// SPDX-License-Identifier: Apache-2.0
#include "model/dtype.h"
#include "model/format.h"
#include "model/value_graph.h"
#include "model/value_json.h"
#include "support/results.h"

#include <QElapsedTimer>
#include <QtTest>

#include <nlohmann/json.hpp>

#include <cmath>
#include <limits>
#include <memory>

using namespace shardlens;
using Kind = Value::Kind;
using Node = ValueGraph::Node;

namespace {

struct Graph {
    std::shared_ptr<ValueGraph> graph = std::make_shared<ValueGraph>();

    Node text(std::string_view text) { return graph->addText(Kind::String, text); }
    Node list(const std::vector<Node>& items) { return graph->addSequence(Kind::List, items); }
    Value value(Node node) const { return {graph, node}; }
};

std::string oneLine(const Value& value, const Limits& limits = defaultLimits()) {
    return toJson(value, {.indent = -1, .limits = &limits});
}

} // namespace

class ValueTest : public QObject {
    Q_OBJECT

private slots:
    void accessors() {
        Graph g;
        const auto dict = g.graph->addDict({{g.text("a"), g.graph->addInt(-3)},
                                            {g.graph->addInt(1), g.text("x")},
                                            {g.text("a"), g.graph->addFloat(2.5)}});
        const auto object = g.graph->addObject("argparse.Namespace", {{g.text("state"), dict}});
        const auto value = g.value(object);
        QVERIFY(value.kind() == Kind::Object);
        COMPARE_TEXT(value.typeName(), "argparse.Namespace");
        const auto inner = value.find("state");
        QCOMPARE(inner.size(), 3u);
        QCOMPARE(inner.at(0).asInt(), -3);
        QCOMPARE(inner.find("a").asFloat(), 2.5); // the last of equal keys
        QCOMPARE(inner.key(1).asInt(), 1);
        QVERIFY(!inner.contains("1"));
        QVERIFY(inner.at(3).kind() == Kind::Null);
        QVERIFY(inner.key(99).kind() == Kind::Null);
        QVERIFY(inner.find("b").kind() == Kind::Null);
        COMPARE_TEXT(inner.typeName(), "dict");
        QVERIFY(Value().kind() == Kind::Null);
        COMPARE_TEXT(Value().typeName(), "NoneType");
        QCOMPARE(Value().size(), 0u);
        QCOMPARE(inner.text().size(), 0u);
        QVERIFY(inner.identity() == value.at(0).identity());
        QVERIFY(g.graph->memory() > 0);
    }

    void jsonSaysWhatItCan() {
        Graph g;
        auto& graph = *g.graph;
        const auto inf = std::numeric_limits<double>::infinity();
        const auto all = graph.addDict({
            {g.text("none"), graph.addNull()},
            {g.text("yes"), graph.addBool(true)},
            {g.text("int"), graph.addInt(std::numeric_limits<std::int64_t>::min())},
            {g.text("big"), graph.addText(Kind::BigInt, "123456789012345678901234567890")},
            {g.text("float"), graph.addFloat(1)},
            {g.text("tiny"), graph.addFloat(5e-324)},
            {g.text("special"),
             g.list({graph.addFloat(std::nan("")), graph.addFloat(inf), graph.addFloat(-inf)})},
            {g.text("tuple"), graph.addSequence(Kind::Tuple, {graph.addInt(1)})},
            {g.text("set"), graph.addSequence(Kind::Set, {})},
            {graph.addInt(7), graph.addText(Kind::Bytes, std::string_view("\0a'", 3))},
            {g.text("obj"), graph.addObject("a.B", {{g.text("args"), graph.addSequence(Kind::Tuple, {})}})},
            {g.text("tensor"), graph.addText(Kind::Tensor, "F32 [2]")},
        });
        const auto text = toJson(g.value(all));
        const auto parsed = nlohmann::json::parse(text);
        QVERIFY(parsed["none"].is_null());
        QCOMPARE(parsed["int"].get<std::int64_t>(), std::numeric_limits<std::int64_t>::min());
        QVERIFY(text.find("123456789012345678901234567890") != text.npos);
        QVERIFY(text.find("\"float\": 1.0") != text.npos);
        QCOMPARE(parsed["tiny"].get<double>(), 5e-324);
        COMPARE_TEXT(parsed["special"].dump(), R"(["NaN","Infinity","-Infinity"])");
        COMPARE_TEXT(parsed["tuple"].dump(), "[1]");
        COMPARE_TEXT(parsed["set"].dump(), "[]");
        COMPARE_TEXT(parsed["7"]["type"].get<std::string>(), "bytes");
        COMPARE_TEXT(parsed["7"]["repr"].get<std::string>(), "b'\\x00a\\''");
        COMPARE_TEXT(parsed["obj"]["type"].get<std::string>(), "a.B");
        COMPARE_TEXT(parsed["obj"]["repr"].get<std::string>(), "a.B(args=())");
        COMPARE_TEXT(parsed["tensor"]["repr"].get<std::string>(), "F32 [2]");
        COMPARE_TEXT(oneLine(g.value(g.list({graph.addInt(1), g.list({})}))), "[1, []]");
    }

    void jsonOfHostileText() {
        Graph g;
        const std::string raw = "\xff \x1b[31m \"\\ \xE2\x80\xAE \xF3\xA0\x81\x81 \xF0\x9F\x98\x80 \n";
        const auto text = oneLine(g.value(g.text(raw)));
        COMPARE_TEXT(text, "\"\\ufffd \\u001b[31m \\\"\\\\ \\u202e \\udb40\\udc41 \xF0\x9F\x98\x80 \\n\"");
        QVERIFY(nlohmann::json::accept(text));
        QVERIFY(!isPlain(g.value(g.text(raw))));
        QVERIFY(isPlain(g.value(g.text("ok \xF0\x9F\x98\x80"))));
    }

    void cyclesEnd() {
        Graph g;
        const auto self = g.graph->reserve();
        const auto dict = g.graph->addDict({{g.text("me"), self}});
        g.graph->fill(self, g.list({dict, self}));
        const auto value = g.value(self);
        const auto json = nlohmann::json::parse(oneLine(value));
        COMPARE_TEXT(json.dump(), R"([{"me":{"cycle":true}},{"cycle":true}])");
        COMPARE_TEXT(toLine(value), "[{'me': ...}, ...]");
        QVERIFY(!isPlain(value));
    }

    void sharingThatDoublesEndsAtTheLimits() {
        Graph g;
        auto node = g.list({g.graph->addInt(1)});
        for (int i = 0; i < 64; ++i)
            node = g.list({node, node});
        QElapsedTimer timer;
        timer.start();
        Limits limits;
        limits.printedNodes = 10'000;
        const auto text = oneLine(g.value(node), limits);
        QVERIFY(nlohmann::json::accept(text));
        QVERIFY(text.find("truncated") != text.npos);
        QVERIFY(text.size() < 1'000'000);
        limits = {};
        limits.printedBytes = 10'000;
        const auto shorter = oneLine(g.value(node), limits);
        QVERIFY(nlohmann::json::accept(shorter));
        QVERIFY(shorter.size() < 20'000);
        QVERIFY(toLine(g.value(node), 100).size() <= 100);
        const auto object = g.graph->addObject("a.B", {{g.text("x"), node}});
        QVERIFY(nlohmann::json::accept(oneLine(g.value(object), limits)));
        QVERIFY(timer.elapsed() < 30'000);
    }

    void deepNestingTakesNoStack() {
        Graph g;
        auto node = g.list({});
        for (int i = 0; i < 100'000; ++i)
            node = i % 2 == 0 ? g.list({node}) : g.graph->addDict({{g.text("k"), node}});
        const auto text = toJson(g.value(node), {.indent = -1});
        QVERIFY(text.size() > 100'000);
        QVERIFY(isPlain(g.value(node)));
        QVERIFY(toLine(g.value(node)).size() <= 120);
        QVERIFY(toJson(g.value(node)).size() < 100'000'000); // indentation stays bounded
    }

    void longStringsAreLeftOut() {
        Graph g;
        Limits limits;
        limits.printedBytes = 1000;
        const auto list = g.list({g.text(std::string(2000, 'x')), g.graph->addInt(1)});
        COMPARE_TEXT(oneLine(g.value(list), limits), R"([{"truncated": true}, 1])");
    }

    void linesAreShort_data() {
        QTest::addColumn<int>("most");
        for (const int most : {0, 1, 2, 3, 4, 10, 50, 120})
            QTest::addRow("%d", most) << most;
    }
    void linesAreShort() {
        QFETCH(const int, most);
        Graph g;
        const auto list = g.list({g.text(std::string(1000, 'x')), g.text("\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4"),
                                  g.graph->addText(Kind::Bytes, std::string(1000, '\xff'))});
        for (std::size_t i = 0; i < 4; ++i) {
            const auto line = toLine(i < 3 ? g.value(list).at(i) : g.value(list), std::size_t(most));
            QVERIFY(line.size() <= std::size_t(most));
            QCOMPARE(QString::fromUtf8(line.c_str()).contains(QChar::ReplacementCharacter), false);
        }
    }

    void linesAreInPythonsNotation() {
        Graph g;
        auto& graph = *g.graph;
        const auto all =
            g.list({graph.addNull(), graph.addBool(true), graph.addFloat(1), graph.addFloat(std::nan("")),
                    g.text("it's"), graph.addSequence(Kind::Tuple, {graph.addInt(1)}),
                    graph.addSequence(Kind::Set, {}), graph.addSequence(Kind::FrozenSet, {graph.addInt(1)}),
                    graph.addDict({{g.text("k"), graph.addInt(2)}}, "collections.OrderedDict")});
        COMPARE_TEXT(toLine(g.value(all), 500),
                     "[None, True, 1.0, nan, \"it's\", (1,), set(), frozenset({1}), OrderedDict({'k': 2})]");
    }

    void dtypes() {
        for (const auto& dtype : allDTypes()) {
            QVERIFY(dtypeFromName(dtype.name) == dtype.dtype);
            QVERIFY(dtypeFromUser(dtype.name) == dtype.dtype);
            QVERIFY(dtype.bits > 0);
        }
        QCOMPARE(allDTypes().size(), 27u);
        QVERIFY(!dtypeFromName("f32") && !dtypeFromName("") && !dtypeFromName("unknown"));
        for (const auto* text : {"float32", "FP32", "torch.float32", "Float"})
            QVERIFY2(dtypeFromUser(text) == DType::F32, text);
        QVERIFY(dtypeFromUser("half") == DType::F16);
        QVERIFY(dtypeFromUser("bfloat16") == DType::BF16);
        QVERIFY(dtypeFromUser("f8_e4m3fn") == DType::F8E4M3);
        QVERIFY(dtypeFromUser("float8-e8m0fnu") == DType::F8E8M0);
        QVERIFY(dtypeFromUser("bool") == DType::Bool);
        QVERIFY(!dtypeFromUser("fp8"));
        QCOMPARE(packedBytes(DType::F4, 6), std::optional<std::uint64_t>(3));
        QVERIFY(!packedBytes(DType::F4, 5));
        QCOMPARE(packedBytes(DType::F6E2M3, 4), std::optional<std::uint64_t>(3));
        QVERIFY(!packedBytes(DType::F6E2M3, 2));
        QVERIFY(!packedBytes(DType::U16, std::uint64_t{1} << 63));
        QCOMPARE(packedBytes(DType::F4, ~std::uint64_t{0} - 1),
                 std::optional<std::uint64_t>((~std::uint64_t{0} - 1) / 2));
        QVERIFY(!packedBytes(DType::Unknown, 1));
        COMPARE_TEXT(formatId(Format::DcpSafetensors), "dcp-safetensors");
        QVERIFY(!formatTitle(Format::Diffusers).empty());
    }
};

QTEST_GUILESS_MAIN(ValueTest)
#include "value_test.moc"
