// SPDX-License-Identifier: Apache-2.0
#include "formats/pickle/findings.h"
#include "support/parsed_pickles.h"

#include <QtTest>

#include <chrono>
#include <limits>
#include <stop_token>
#include <string>
#include <thread>

using namespace shardlens;
using namespace shardlens::pickle;
using namespace shardlens::test;
using namespace std::string_literals;

class MachineTest : public QObject {
    Q_OBJECT

private slots:
    void readsEveryProtocol_data();
    void readsEveryProtocol();
    void keepsSharingAndCycles();
    void buildsObjects();
    void foldsTorchSizes();
    void readsPython2();
    void namesTheOffset();
    void stopsAtStop();
    void readsFromTheMiddleOfASource();
    void stopsWhenAsked();
};

void MachineTest::readsEveryProtocol_data() {
    QTest::addColumn<int>("protocol");
    for (int protocol = 0; protocol <= 5; ++protocol)
        QTest::addRow("protocol %d", protocol) << protocol;
}

void MachineTest::readsEveryProtocol() {
    QFETCH(int, protocol);
    const auto parsed = run(golden(protocol));
    QVERIFY2(parsed, parsed ? "" : describe(parsed.error()).c_str());
    const Pickle& p = **parsed;
    QCOMPARE(p.end(), golden(protocol).size());
    const auto at = [&](const char* key) {
        return p.find(p.root(), key).value_or(Node());
    };
    QCOMPARE(p.asBool(at("true")), true);
    QCOMPARE(p.kind(at("false")), Kind::Bool);
    QCOMPARE(p.asInt(at("byte")).value(), 200);
    QCOMPARE(p.asInt(at("short")).value(), 60000);
    QCOMPARE(p.asInt(at("int")).value(), -5);
    QCOMPARE(p.asInt(at("wide")).value(), std::int64_t{1} << 62);
    QCOMPARE(p.asInt(at("minint")).value(), std::numeric_limits<std::int64_t>::min());
    QCOMPARE(p.integerText(at("big")), "1180591620717411303424"s);
    QCOMPARE(p.integerText(at("negbig")), "-1180591620717411303424"s);
    QCOMPARE(p.asFloat(at("float")), 0.1);
    QCOMPARE(p.asFloat(at("inf")), std::numeric_limits<double>::infinity());
    QVERIFY(p.asFloat(at("nan")) != p.asFloat(at("nan")));
    QCOMPARE(std::string(p.text(at("text"))), "t\u00ebxt\n\\ \u20ac \U0001f600"s);
    QCOMPARE(std::string(p.text(at("quote"))), "'\""s);
    QCOMPARE(p.size(at("tuple0")), 0U);
    QCOMPARE(p.size(at("tuple4")), 4U);
    QCOMPARE(p.size(at("long_list")), 1001U);
    QCOMPARE(p.asInt(p.items(at("long_list"))[1000]).value(), 1000);
    QVERIFY(p.isCall(at("ordered"), "collections", "OrderedDict"));
    QVERIFY(globalFindings(p, {}).empty());
}

void MachineTest::keepsSharingAndCycles() {
    const auto parsed = run(golden(4));
    QVERIFY(parsed);
    const Pickle& p = **parsed;
    QCOMPARE(p.find(p.root(), "shared_a").value(), p.find(p.root(), "shared_b").value());
    const Node cycle = p.find(p.root(), "cycle").value();
    QCOMPARE(p.items(cycle)[1], cycle);
}

void MachineTest::buildsObjects() {
    // OBJ, INST, NEWOBJ_EX, EXT1, a persistent id with a state, list and dict items of an object.
    const auto parsed = run("("
                            "(cm\nA\nK\x01o"
                            "(K\x02im\nB\n"
                            "cm\nC\n(K\x03t}\x92"
                            "\x82\x07"
                            "X\x02\0\0\0idQ}b"
                            "cm\nD\n)R(K\x04K\x05"
                            "e(K\x06K\x07u"
                            "t."s);
    QVERIFY2(parsed, parsed ? "" : describe(parsed.error()).c_str());
    const Pickle& p = **parsed;
    const auto items = p.items(p.root());
    QCOMPARE(items.size(), 6U);
    QCOMPARE(p.global(items[0])->qualified(), "m.A"s);
    QCOMPARE(p.form(items[0]), Pickle::Form::Inst);
    QCOMPARE(p.asInt(p.args(items[1])[0]).value(), 2);
    QCOMPARE(p.form(items[2]), Pickle::Form::NewObjEx);
    QCOMPARE(p.kind(p.kwargs(items[2])), Kind::Dict);
    QCOMPARE(p.code(items[3]), 7U);
    QCOMPARE(p.kind(p.callable(items[4])), Kind::Persistent);
    QVERIFY(p.state(items[4]).has_value());
    QCOMPARE(p.listItems(items[5]).size(), 2U);
    QCOMPARE(p.dictItems(items[5]).size(), 2U);
}

void MachineTest::foldsTorchSizes() {
    const auto parsed = run("ctorch\nSize\nK\x07K\x06\x86\x85R."s);
    QVERIFY(parsed);
    QCOMPARE((*parsed)->kind((*parsed)->root()), Kind::Size);
    QCOMPARE((*parsed)->asInt((*parsed)->items((*parsed)->root())[0]).value(), 7);
}

void MachineTest::readsPython2() {
    const auto parsed =
        run("(lp0\nI01\naI7\naL123456789012345678901234567890L\naF1.5\naS'a\\x41\\n\\101'\naVx\\u20ac\n"
            "aU\x02zz"
            "aT\x02\0\0\0yya(dp1\nS'k'\nNsag1\na."s);
    QVERIFY2(parsed, parsed ? "" : describe(parsed.error()).c_str());
    const Pickle& p = **parsed;
    const auto items = p.items(p.root());
    QCOMPARE(items.size(), 10U);
    QCOMPARE(p.asBool(items[0]), true);
    QCOMPARE(p.asInt(items[1]).value(), 7);
    QCOMPARE(p.integerText(items[2]), "123456789012345678901234567890"s);
    QCOMPARE(p.asFloat(items[3]), 1.5);
    QCOMPARE(std::string(p.text(items[4])), "aA\nA"s);
    QCOMPARE(std::string(p.text(items[5])), "x\u20ac"s);
    QCOMPARE(std::string(p.text(items[7])), "yy"s);
    QCOMPARE(items[8], items[9]);
}

void MachineTest::namesTheOffset() {
    auto input = ownedInput(bytesOf("NNN\xff"), {.file = "a", .offset = 1000, .item = {}});
    const auto parsed = parse(std::move(input), {});
    QVERIFY(!parsed);
    QCOMPARE(parsed.error().where.offset.value(), 1003U);
}

void MachineTest::stopsAtStop() {
    const auto parsed = run("K\x05.rest of the file");
    QVERIFY(parsed);
    QCOMPARE((*parsed)->end(), 3U);
}

void MachineTest::readsFromTheMiddleOfASource() {
    std::string text(100, 'x');
    text += "X" + little(200'000, 4) + std::string(200'000, 'y') + ".";
    text += std::string(1'000'000, 'z');
    const auto source = memorySource("legacy.pt", bytesOf(text));
    const auto parsed = parseAt(*source, 100, inFile("legacy.pt"), {});
    QVERIFY2(parsed, parsed ? "" : describe(parsed.error()).c_str());
    QCOMPARE((*parsed)->text((*parsed)->root()).size(), 200'000U);
    QCOMPARE((*parsed)->end(), 100U + 200'000U + 6U);
    const auto cut = parseAt(*memorySource("cut", bytesOf("X\xff\xff")), 0, inFile("cut"), {});
    QCOMPARE(ruleOf(cut), "pickle.truncated"s);
}

void MachineTest::stopsWhenAsked() {
    // Without the stop this runs for more than half a second even in a fast build.
    std::string text;
    for (int i = 0; i < 20'000'000; ++i)
        text += "N0";
    std::stop_source source;
    JobContext context;
    context.stop = source.get_token();
    Progress progress;
    context.progress = &progress;
    context.begin("reading", text.size());
    auto input = ownedInput(bytesOf(text), {});
    std::jthread stopper([&source] {
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        source.request_stop();
    });
    const auto parsed = parse(std::move(input), context, true);
    if (!parsed) { // a very fast machine may be done before
        QCOMPARE(parsed.error().rule->id, std::string_view("job.cancelled"));
    }
    QVERIFY(progress.snapshot().done > 0);
}

QTEST_GUILESS_MAIN(MachineTest)
#include "machine_test.moc"
