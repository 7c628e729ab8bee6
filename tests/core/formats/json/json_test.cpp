// SPDX-License-Identifier: Apache-2.0
#include "formats/json/parse.h"
#include "formats/json/rules.h"
#include "formats/json/sax.h"
#include "formats/json/utf8.h"
#include "formats/json/visit.h"

#include <QFile>
#include <QTest>

#include <set>
#include <string>

using namespace shardlens;

namespace {

QByteArray text(std::string_view value) {
    return {value.data(), qsizetype(value.size())};
}

std::string contents(const QString& file) {
    QFile opened(QString(SHARDLENS_TEST_HOSTILE) + "/json/" + file);
    return opened.open(QIODevice::ReadOnly) ? opened.readAll().toStdString() : std::string();
}

/// Writes down what it is told, with positions.
class Recorder final : public json::Visitor {
public:
    std::string told;
    int restarts = 0;
    int wanted = -1; // events until it has enough

    void restart() override {
        told.clear();
        ++restarts;
    }
    bool beginObject(std::uint64_t at) override { return tell("{", at); }
    bool key(std::uint64_t at, std::string_view name) override {
        return tell("key " + std::string(name), at);
    }
    bool endObject(std::uint64_t at) override { return tell("}", at); }
    bool beginArray(std::uint64_t at) override { return tell("[", at); }
    bool endArray(std::uint64_t at) override { return tell("]", at); }
    bool string(std::uint64_t at, std::string_view value) override {
        return tell("text " + std::string(value), at);
    }
    bool number(std::uint64_t at, std::string_view value, bool integer) override {
        return tell((integer ? "integer " : "float ") + std::string(value), at);
    }
    bool boolean(std::uint64_t at, bool value) override { return tell(value ? "true" : "false", at); }
    bool null(std::uint64_t at) override { return tell("null", at); }

private:
    bool tell(const std::string& what, std::uint64_t at) {
        told += std::to_string(at) + " " + what + "\n";
        return wanted < 0 || --wanted > 0;
    }
};

QByteArray failureOf(const Result<json::Document>& document) {
    if (document)
        return "parsed";
    return text(document.error().rule->id) + " " +
           QByteArray::number(qint64(document.error().where.offset.value_or(0)));
}

} // namespace

class JsonTest : public QObject {
    Q_OBJECT

private slots:
    void rules_data() {
        QTest::addColumn<QByteArray>("failure");
        QTest::newRow("json.not-utf8") << QByteArray("json.not-utf8 7");
        QTest::newRow("json.syntax") << QByteArray("json.syntax 18");
        QTest::newRow("json.too-deep") << QByteArray("json.too-deep 256");
        QTest::newRow("json.too-large") << QByteArray("json.too-large 0");
    }

    void rules() {
        QFETCH(QByteArray, failure);
        const QString rule = QTest::currentDataTag();
        Limits limits;
        if (rule == "json.too-large")
            limits.document = 40;
        JobContext context;
        context.limits = &limits;
        const auto document = json::parse(contents(rule + ".json"), "config.json", context);
        QCOMPARE(failureOf(document), failure);
        QCOMPARE(text(document.error().where.file), QByteArray("config.json"));
        QVERIFY(!text(describe(document.error())).contains('{'));
    }

    void repeatedKeysAreNoted() {
        const auto source = contents("json.duplicate-key.json");
        const auto document = json::parse(source, "config.json", {});
        QVERIFY(document.has_value());
        QCOMPARE(document->notes.size(), std::size_t(2));
        QCOMPARE(text(document->notes[0].rule->id), QByteArray("json.duplicate-key"));
        QCOMPARE(*document->notes[0].where.offset, source.rfind("\"x\""));
        QCOMPARE(*document->notes[1].where.offset, source.rfind("\"a\""));
        QCOMPARE(document->value.size(), std::size_t(2));
        QCOMPARE(text(document->value.key(0).text()), QByteArray("a"));
        QCOMPARE(document->value.find("a").at(0).asInt(), std::int64_t(3));
        QCOMPARE(document->value.find("b").find("x").asInt(), std::int64_t(2));
    }

    void everyKindOfValue() {
        const auto document = json::parse(contents("sound.everything.json"), "x.json", {});
        QCOMPARE(failureOf(document), QByteArray("parsed"));
        using Kind = Value::Kind;
        const auto& root = document->value;
        QCOMPARE(root.find("null").kind(), Kind::Null);
        QCOMPARE(root.find("yes").asBool(), true);
        QCOMPARE(root.find("no").asBool(), false);
        QCOMPARE(root.find("list").kind(), Kind::List);
        QCOMPARE(root.find("object").kind(), Kind::Dict);
        QCOMPARE(root.find("int").asInt(), std::numeric_limits<std::int64_t>::min());
        QCOMPARE(root.find("big").kind(), Kind::BigInt);
        QCOMPARE(text(root.find("big").text()), QByteArray("18446744073709551616"));
        QCOMPARE(text(root.find("small").text()), QByteArray("-9223372036854775809"));
        QCOMPARE(text(root.find("u64").text()), QByteArray("18446744073709551615"));
        QCOMPARE(root.find("float").kind(), Kind::Float);
        QCOMPARE(root.find("float").asFloat(), 1500.0);
        QCOMPARE(root.find("tiny").asFloat(), 0.0);
        QVERIFY(std::signbit(root.find("minus zero").asFloat()));
        QCOMPARE(text(root.find("text").text()),
                 QByteArray("a\"\\/\b\f\n\r\t\xc3\xa9\xf0\x9f\x99\x82 \xc3\xbc"));
        QCOMPARE(root.find("nested").at(0).at(1).at(0).asInt(), std::int64_t(2));
    }

    // Both ways of reading tell the same, positions included; doubt makes the thorough one begin anew.
    void bothParsersTellTheSame_data() {
        QTest::addColumn<QByteArray>("document");
        QTest::addColumn<bool>("doubt");
        const auto sure = [](const char* name, const QByteArray& document) {
            QTest::newRow(name) << document << false;
        };
        const auto doubt = [](const char* name, const QByteArray& document) {
            QTest::newRow(name) << document << true;
        };
        sure("nested", R"( {"a" : [1, -2.5e3, {"b\u00e9": null}], "": "x\ty", "c":{}} )");
        sure("scalar", "\"alone\"");
        doubt("long exponent", "[1e100]");
        doubt("long number", "[" + QByteArray(250, '7') + "]");
        doubt("byte order mark", "\xef\xbb\xbf{\"a\": 1}");
    }

    void bothParsersTellTheSame() {
        QFETCH(QByteArray, document);
        QFETCH(bool, doubt);
        Recorder first, second;
        const std::string source = document.toStdString();
        QVERIFY(json::visit(source, "x", first, {}).has_value());
        QVERIFY(json::visitThoroughly(source, "x", second, {}).has_value());
        QCOMPARE(first.told, second.told);
        QCOMPARE(first.restarts, doubt ? 1 : 0);
        if (QTest::currentDataTag() == QByteArray("nested"))
            QVERIFY(first.told.find("21 key bé\n") != std::string::npos);
    }

    void whatIsNoJsonIsRefused_data() {
        QTest::addColumn<QByteArray>("failure");
        const auto row = [](const char* document, const char* failure) {
            QTest::newRow(document) << QByteArray(failure);
        };
        row("", "json.syntax 0");
        row("   ", "json.syntax 3");
        row("{", "json.syntax 1");
        row("[1,]", "json.syntax 3");
        row("{\"a\":1,}", "json.syntax 7");
        row("[01]", "json.syntax 2");
        row("[1.]", "json.syntax 3");
        row("[+1]", "json.syntax 1");
        row("[NaN]", "json.syntax 1");
        row("[1] [2]", "json.syntax 4");
        row("\"a\tb\"", "json.syntax 2");
        row("\"\\ud800\"", "json.syntax 7");
        row("\"\\x\"", "json.syntax 2");
        row("[1e999]", "json.syntax 5");
        row("'a'", "json.syntax 0");
        row("// c\n1", "json.syntax 0");
    }

    void whatIsNoJsonIsRefused() {
        QFETCH(QByteArray, failure);
        QCOMPARE(failureOf(json::parse(QTest::currentDataTag(), "x", {})), failure);
    }

    // nlohmann's parser takes a NUL for the end.
    void aNulIsNotTheEnd() {
        using namespace std::literals;
        QCOMPARE(failureOf(json::parse("{}\0"sv, "x", {})), QByteArray("json.syntax 2"));
        QCOMPARE(failureOf(json::parse("{} \0\0"sv, "x", {})), QByteArray("json.syntax 3"));
    }

    void aVisitorMayStop() {
        Recorder recorder;
        recorder.wanted = 2;
        QVERIFY(json::visit("[1, 2, oops", "x", recorder, {}).has_value());
        QCOMPARE(recorder.told, std::string("0 [\n1 integer 1\n"));
    }

    void aStopIsNoticed() {
        std::stop_source stop;
        stop.request_stop();
        JobContext context;
        context.stop = stop.get_token();
        QVERIFY(failureOf(json::parse("[]", "x", context)).startsWith("job.cancelled"));
        std::string many = "[0";
        for (int i = 0; i < 10'000; ++i)
            many += ",0";
        Recorder recorder;
        const auto told = json::visitThoroughly(many + "]", "x", recorder, context);
        QCOMPARE(text(told.error().rule->id), QByteArray("job.cancelled"));
    }

    void invalidUtf8IsFoundWhereItBegins() {
        const std::string good = std::string(100, 'a') + "\xf4\x8f\xbf\xbf\xed\x9f\xbf";
        QCOMPARE(json::firstInvalidUtf8(good), std::string_view::npos);
        for (const std::string bad :
             {"\x80", "\xc1\xbf", "\xe0\x9f\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xf5", "\xe2\x82"})
            QCOMPARE(json::firstInvalidUtf8(good + bad + "x"), good.size());
    }

    void everyRuleHasAnIdAndWords() {
        std::set<std::string_view> ids;
        for (const auto* rule : rules::json::all) {
            QVERIFY2(rule->id.starts_with("json."), rule->id.data());
            QVERIFY2(!rule->sentence.empty() && !rule->advice.empty(), rule->id.data());
            QVERIFY2(ids.insert(rule->id).second, rule->id.data());
        }
    }
};

QTEST_GUILESS_MAIN(JsonTest)
#include "json_test.moc"
