// SPDX-License-Identifier: Apache-2.0
#include "formats/pickle/parse.h"
#include "formats/pickle/rules.h"
#include "formats/pickle/to_value.h"
#include "model/value_json.h"

#include <QElapsedTimer>
#include <QFile>
#include <QtTest>

#include <nlohmann/json.hpp>

#include <string>

using namespace shardlens;
using namespace shardlens::pickle;
using namespace std::string_literals;

namespace {

Result<PicklePtr> run(std::string_view text) {
    const auto* begin = reinterpret_cast<const std::byte*>(text.data());
    return parse(ownedInput({begin, begin + text.size()}, {}), {});
}

Result<Value> valueOf(std::string_view text, const ToValueOptions& options = {}) {
    SHARDLENS_TRY(const PicklePtr pickle, run(text));
    return toValue(pickle, pickle->root(), {}, options);
}

std::string readFile(const QString& path) {
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll().toStdString() : std::string();
}

Value golden(int protocol) {
    const auto text = readFile(QStringLiteral(SHARDLENS_TEST_DATA "/pickle/values_p%1.pkl").arg(protocol));
    return valueOf(text).value_or(Value());
}

} // namespace

class ValuesTest : public QObject {
    Q_OBJECT

private slots:
    void agreesForEveryProtocol_data();
    void agreesForEveryProtocol();
    void keepsCyclesAndSharing();
    void staysSmallWhenShared();
    void readsNumpy();
    void readsOldBytes();
    void showsObjectsWithTheirParts();
    void asksForTensors();
    void keepsTheLastOfEqualKeys();
    void refusesWhatIsTooDeep();
    void namesTypes();
};

void ValuesTest::agreesForEveryProtocol_data() {
    QTest::addColumn<int>("protocol");
    for (int protocol = 0; protocol <= 5; ++protocol)
        QTest::addRow("protocol %d", protocol) << protocol;
}

void ValuesTest::agreesForEveryProtocol() {
    QFETCH(int, protocol);
    const Value root = golden(protocol);
    const auto expected =
        nlohmann::json::parse(readFile(QStringLiteral(SHARDLENS_TEST_DATA "/pickle/values.json")));
    QCOMPARE(root.size(), expected["types"].size());
    for (const auto& [key, type] : expected["types"].items())
        QCOMPARE(QString::fromStdString(key + ": " + std::string(root.find(key).typeName())),
                 QString::fromStdString(key + ": " + type.get<std::string>()));
    for (const auto& [key, value] : expected["values"].items())
        QVERIFY2(nlohmann::json::parse(toJson(root.find(key))) == value, key.c_str());
    QCOMPARE(std::string(root.find("bytes").text()), "\0\xffraw"s);
    QCOMPARE(std::string(root.find("bytearray").find("value").text()), "ab\xff"s);
    QCOMPARE(root.find("complex").find("imag").asFloat(), 2.0);
    QCOMPARE(std::string(root.find("date").find("iso").text()), "2025-01-02"s);
    QCOMPARE(std::string(root.find("datetime").find("iso").text()), "2025-01-02T03:04:05.000006"s);
    QCOMPARE(std::string(root.find("path").find("path").text()), "/a/b"s);
    QCOMPARE(std::string(root.find("big").text()), "1180591620717411303424"s);
    QCOMPARE(root.find("counter").find("a").asInt(), 2);
    QCOMPARE(root.find("set").at(0).asInt(), 1);
    QCOMPARE(root.find("frozenset").at(0).asInt(), 4);
}

void ValuesTest::keepsCyclesAndSharing() {
    const Value root = golden(5);
    QCOMPARE(root.find("shared_a").identity(), root.find("shared_b").identity());
    const Value cycle = root.find("cycle");
    QCOMPARE(cycle.at(1).identity(), cycle.identity());
    QVERIFY(toJson(cycle).find("cycle") != std::string::npos);
}

// 60 lists, each twice in the next: 2^60 leaves when it is written out.
void ValuesTest::staysSmallWhenShared() {
    std::string text = "]q\0"s;
    for (char i = 1; i <= 60; ++i)
        text += "](h"s + static_cast<char>(i - 1) + "h" + static_cast<char>(i - 1) + "eq" + i;
    QElapsedTimer timer;
    timer.start();
    const auto value = valueOf(text + ".");
    QVERIFY(value);
    QCOMPARE(value->at(0).identity(), value->at(1).identity());
    Limits limits;
    limits.printedNodes = 1000;
    const std::string json = toJson(*value, {.indent = -1, .limits = &limits});
    QVERIFY(json.size() < 100'000);
    QVERIFY(timer.elapsed() < 1000);
}

void ValuesTest::readsNumpy() {
    const std::string dtype =
        "cnumpy\ndtype\n(Vf4\nI00\nI01\ntR(K\x03V<\nNNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\0tb"s;
    const auto scalar = valueOf("cnumpy._core.multiarray\nscalar\n(" + dtype + "C\x04\0\0\0\x3ftR."s);
    QVERIFY2(scalar, scalar ? "" : describe(scalar.error()).c_str());
    QCOMPARE(std::string(scalar->typeName()), "numpy.float32"s);
    QCOMPARE(scalar->find("value").asFloat(), 0.5);
    const std::string big =
        "cnumpy\ndtype\n(Vi2\nI00\nI01\ntR(K\x03V>\nNNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\0tb"s;
    const auto array = valueOf("cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(K\0tC\x01"
                               "btR(K\x01(K\x03t"s +
                               big + "I00\nC\x06\0\0\xff\xff\0\x02tb."s);
    QVERIFY2(array, array ? "" : describe(array.error()).c_str());
    QCOMPARE(std::string(array->typeName()), "numpy.ndarray"s);
    QCOMPARE(std::string(array->find("dtype").text()), "int16"s);
    QCOMPARE(array->find("values").size(), 3U);
    QCOMPARE(array->find("values").at(1).asInt(), -1);
    QCOMPARE(array->find("values").at(2).asInt(), 2);
    const std::string wide =
        "cnumpy\ndtype\n(Vu8\nI00\nI01\ntR(K\x03V<\nNNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\0tb"s;
    const auto exact =
        valueOf("cnumpy._core.multiarray\nscalar\n(" + wide + "C\x08\xff\xff\xff\xff\xff\xff\xff\xfftR."s);
    QVERIFY(exact);
    QCOMPARE(toJson(exact->find("value")), "18446744073709551615"s);
    const auto small = valueOf("cnumpy._core.multiarray\nscalar\n(" + wide + "C\x08\x07\0\0\0\0\0\0\0tR."s);
    QVERIFY(small);
    QCOMPARE(small->find("value").asInt(), 7);
    const auto damaged = valueOf("cnumpy._core.multiarray\nscalar\n(" + dtype + "C\x02\0\0tR."s);
    QVERIFY(damaged);
    QCOMPARE(std::string(damaged->typeName()), "numpy._core.multiarray.scalar"s);
}

void ValuesTest::readsOldBytes() {
    const auto value = valueOf("c_codecs\nencode\n(V\\u00ff\\u0000a\nVlatin1\ntR.");
    QVERIFY(value);
    QCOMPARE(value->kind(), Value::Kind::Bytes);
    QCOMPARE(std::string(value->text()), "\xff\0a"s);
    const auto python2 = valueOf("U\x02\xe9x.");
    QVERIFY(python2);
    QCOMPARE(std::string(python2->text()), "\u00e9x"s);
}

void ValuesTest::showsObjectsWithTheirParts() {
    const auto value = valueOf("cargparse\nNamespace\n)\x81}Vlr\nG\x3f\xb9\x99\x99\x99\x99\x99\x9asb.");
    QVERIFY(value);
    QCOMPARE(value->kind(), Value::Kind::Object);
    QCOMPARE(std::string(value->typeName()), "argparse.Namespace"s);
    QCOMPARE(value->find("state").find("lr").asFloat(), 0.1);
    const auto reconstructed =
        valueOf("ccopy_reg\n_reconstructor\n(cmy\nClass\nc__builtin__\nobject\nNtR}Va\nK\x01sb.");
    QCOMPARE(std::string(reconstructed->typeName()), "my.Class"s);
    const auto dtype = valueOf("ctorch\nbfloat16\n.");
    QCOMPARE(std::string(dtype->typeName()), "torch.dtype"s);
    QCOMPARE(std::string(dtype->find("name").text()), "torch.bfloat16"s);
    const auto bytesIo = valueOf("c_io\nBytesIO\n)\x81(C\x03"
                                 "abcK\0Ntb."s);
    QCOMPARE(std::string(bytesIo->typeName()), "_io.BytesIO"s);
    QCOMPARE(std::string(bytesIo->find("value").text()), "abc"s);
}

void ValuesTest::asksForTensors() {
    ToValueOptions options;
    options.tensor = [](const Pickle& pickle, Node node) -> std::optional<std::string> {
        if (!pickle.isCall(node, "torch._utils", "_rebuild_tensor_v2"))
            return std::nullopt;
        return "I64 [3]";
    };
    const auto value = valueOf("(ctorch._utils\n_rebuild_tensor_v2\n)RK\x01t.", options);
    QVERIFY(value);
    QCOMPARE(value->at(0).kind(), Value::Kind::Tensor);
    QCOMPARE(std::string(value->at(0).text()), "I64 [3]"s);
}

void ValuesTest::keepsTheLastOfEqualKeys() {
    const auto value = valueOf("}(Va\nK\x01Vb\nK\x02Va\nK\x03K\x05K\x06K\x05K\x07u.");
    QVERIFY(value);
    QCOMPARE(value->size(), 3U);
    QCOMPARE(value->find("a").asInt(), 3);
    QCOMPARE(value->at(2).asInt(), 7);
}

void ValuesTest::refusesWhatIsTooDeep() {
    constexpr std::size_t Deep = 1'000'000;
    const auto lists = valueOf(std::string(Deep, ']') + std::string(Deep - 1, 'a') + ".");
    QVERIFY(!lists);
    QCOMPARE(lists.error().rule->id, std::string_view("pickle.too-deep"));
    const auto tuples = valueOf("N" + std::string(Deep, '\x85') + ".");
    QVERIFY(!tuples);
    QCOMPARE(tuples.error().rule->id, std::string_view("pickle.too-deep"));
}

void ValuesTest::namesTypes() {
    const auto name = [](std::string_view text) {
        const auto parsed = run(text);
        return parsed ? typeName(**parsed, (*parsed)->root()) : "refused"s;
    };
    QCOMPARE(name("N."), "NoneType"s);
    QCOMPARE(name("\x88."), "bool"s);
    QCOMPARE(name("K\x01."), "int"s);
    QCOMPARE(name("F1\n."), "float"s);
    QCOMPARE(name("Va\n."), "str"s);
    QCOMPARE(name("}."), "dict"s);
    QCOMPARE(name("c__builtin__\nset\n]\x85R."), "set"s);
    QCOMPARE(name("ccollections\nOrderedDict\n)R."), "collections.OrderedDict"s);
    QCOMPARE(name("cm\nA\n)R."), "m.A"s);
    QCOMPARE(name("Nim."), "refused"s);
}

QTEST_GUILESS_MAIN(ValuesTest)
#include "values_test.moc"
