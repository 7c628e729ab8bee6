// SPDX-License-Identifier: Apache-2.0
#include "formats/pickle/findings.h"
#include "support/parsed_pickles.h"

#include <QRandomGenerator>
#include <QtTest>

#include <string>

using namespace shardlens;
using namespace shardlens::pickle;
using namespace shardlens::test;
using namespace std::string_literals;

class MachineBoundsTest : public QObject {
    Q_OBJECT

private slots:
    void refuses_data();
    void refuses();
    void limitsMemory();
    void limitsEverythingElse();
    void survivesDeepNesting();
    void survivesTruncation();
    void survivesMutation();
};

void MachineBoundsTest::refuses_data() {
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("rule");
    const auto row = [](const char* name, const std::string& bytes, const char* rule) {
        QTest::newRow(name) << QByteArray::fromStdString(bytes) << QString::fromLatin1(rule);
    };
    row("nothing", "", "pickle.truncated");
    row("no STOP", "N", "pickle.truncated");
    row("half a number", "J\x01\x02", "pickle.truncated");
    row("no newline", "I12", "pickle.truncated");
    row("string of 2^63", "\x8d" + little(std::uint64_t{1} << 63, 8) + "x.", "pickle.length-past-end");
    row("bytes of 2^63", "\x8e" + little(std::uint64_t{1} << 63, 8) + ".", "pickle.length-past-end");
    row("bytearray of 2^64 - 1", "\x96" + little(~std::uint64_t{0}, 8) + ".", "pickle.length-past-end");
    row("string of 4 GiB",
        "X\xff\xff\xff\xff"
        "a.",
        "pickle.length-past-end");
    row("long of 2 GiB", "\x8b\xff\xff\xff\x7f.", "pickle.length-past-end");
    row("frame of 2^63", "\x80\x04\x95" + little(std::uint64_t{1} << 63, 8) + "N.", "pickle.length-past-end");
    row("negative long", "\x8b\xff\xff\xff\xff.", "pickle.bad-argument");
    row("negative string", "T\xff\xff\xff\xff.", "pickle.bad-argument");
    row("no integer", "Iabc\n.", "pickle.bad-argument");
    row("no number", "Fabc\n.", "pickle.bad-argument");
    row("no quotes", "Sabc\n.", "pickle.bad-argument");
    row("no memo index", "Np-1\n.", "pickle.bad-argument");
    row("no opcode", "\xff.", "pickle.bad-opcode");
    row("protocol 6", "\x80\x06N.", "pickle.bad-protocol");
    row("STOP on an empty stack", ".", "pickle.stack-underflow");
    row("REDUCE on one value", "NR.", "pickle.stack-underflow");
    row("APPEND below a mark", "](a.", "pickle.stack-underflow");
    row("odd SETITEMS", "}(Nu.", "pickle.stack-underflow");
    row("odd DICT", "(Nd.", "pickle.stack-underflow");
    row("OBJ without class", "(o.", "pickle.stack-underflow");
    row("TUPLE without mark", "Nt.", "pickle.no-mark");
    row("APPENDS without mark", "]e.", "pickle.no-mark");
    row("APPEND to an integer", "K\x01Na.", "pickle.wrong-type");
    row("SETITEM of a list", "]NNs.", "pickle.wrong-type");
    row("REDUCE with a list", "cm\nn\n]R.", "pickle.wrong-type");
    row("STACK_GLOBAL of integers", "K\x01K\x02\x93.", "pickle.wrong-type");
    row("NEWOBJ_EX without dict", "cm\nn\n)N\x92.", "pickle.wrong-type");
    row("READONLY_BUFFER of None", "N\x98.", "pickle.wrong-type");
    row("unknown memo entry", "h\x05.", "pickle.bad-memo");
    row("memo bomb", "Nr\xff\xff\xff\xff.", "pickle.memo-too-large");
    row("memo bomb in text", "Np99999999999\n.", "pickle.memo-too-large");
}

void MachineBoundsTest::refuses() {
    QFETCH(QByteArray, bytes);
    QFETCH(QString, rule);
    const auto parsed = run(bytes.toStdString());
    QCOMPARE(QString::fromStdString(ruleOf(parsed)), rule);
    QVERIFY(parsed.error().where.offset.has_value());
    QCOMPARE(parsed.error().where.file, "test.pkl"s);
    QVERIFY(!message(parsed.error()).empty());
}

void MachineBoundsTest::limitsMemory() {
    Limits limits;
    limits.pickleMemory = 4096;
    limits.pickleExpansion = 1;
    JobContext context;
    context.limits = &limits;
    std::string lists(100'000, ']');
    QCOMPARE(ruleOf(run(lists + ".", context)), "pickle.too-much-memory"s);
    std::string globals;
    for (int i = 0; i < 2000; ++i)
        globals += "cm\nn" + std::to_string(i) + "\n0";
    QCOMPARE(ruleOf(run(globals + "N.", context)), "pickle.too-much-memory"s);
}

void MachineBoundsTest::limitsEverythingElse() {
    Limits limits;
    limits.pickleDepth = 10;
    limits.pickleNodes = 5;
    limits.pickleString = 8;
    limits.pickleMemo = 3;
    limits.pickle = 1000;
    JobContext context;
    context.limits = &limits;
    QCOMPARE(ruleOf(run(std::string(11, '(') + "N.", context)), "pickle.too-deep"s);
    QCOMPARE(ruleOf(run("]0]0]0]0]0]0N.", context)), "pickle.too-many-nodes"s);
    QCOMPARE(ruleOf(run(shortText("123456789") + ".", context)), "pickle.string-too-long"s);
    QCOMPARE(ruleOf(run("N\x94\x94\x94\x94.", context)), "pickle.memo-too-large"s);
    QCOMPARE(ruleOf(run(std::string(1001, 'N') + ".", context)), "pickle.too-large"s);
    const auto source = memorySource("large.pkl", std::vector<std::byte>(1001));
    const auto read = readInput(*source, 0, 1001, {}, context);
    QVERIFY(!read);
    QCOMPARE(read.error().rule->id, std::string_view("pickle.too-large"));
}

void MachineBoundsTest::survivesDeepNesting() {
    constexpr std::size_t Deep = 1'000'000;
    QVERIFY(run(std::string(Deep, ']') + std::string(Deep - 1, 'a') + "."));
    QVERIFY(run("N" + std::string(Deep, '\x85') + "."));
    QCOMPARE(ruleOf(run(std::string(Deep, '(') + ".")), "pickle.too-deep"s);
}

void MachineBoundsTest::survivesTruncation() {
    for (int protocol = 0; protocol <= 5; ++protocol) {
        const std::string& whole = golden(protocol);
        QVERIFY(!whole.empty());
        for (std::size_t length = 0; length < whole.size(); ++length) {
            const auto parsed = run(std::string_view(whole).substr(0, length));
            QVERIFY2(!parsed, "a truncated pickle has no STOP");
            QVERIFY(parsed.error().where.offset.value() <= length);
        }
    }
}

void MachineBoundsTest::survivesMutation() {
    QRandomGenerator random(1); // a fixed seed: a failure can be repeated
    for (int round = 0; round < 3000; ++round) {
        std::string text = golden(static_cast<int>(random.bounded(6U)));
        const unsigned changes = 1 + random.bounded(8U);
        for (unsigned i = 0; i < changes; ++i)
            text[random.bounded(static_cast<quint32>(text.size()))] = static_cast<char>(random.bounded(256U));
        const auto parsed = run(text);
        if (parsed)
            static_cast<void>(globalFindings(**parsed, {}));
        else
            QVERIFY(!parsed.error().rule->id.empty());
    }
}

QTEST_GUILESS_MAIN(MachineBoundsTest)
#include "machine_bounds_test.moc"
