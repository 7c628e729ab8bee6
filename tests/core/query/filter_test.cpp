// SPDX-License-Identifier: Apache-2.0
#include "query/amount.h"
#include "query/filter.h"
#include "query/item.h"
#include "query/text_pattern.h"
#include "support/made_checkpoint.h"

#include <QElapsedTimer>
#include <QtTest>

#include <bit>
#include <cctype>
#include <random>

using namespace shardlens;
using namespace shardlens::test;

namespace {

const Rule AnyFinding{"test.finding", Severity::Warning, "", ""};

CheckpointPtr sample() {
    CheckpointBuilder builder{JobContext{}};
    const auto addFile = [&](std::string path, std::uint64_t bytes, std::optional<std::uint32_t> rank) {
        FileRecord file;
        file.path = std::move(path);
        file.bytes = bytes;
        file.rank = rank;
        builder.addFile(std::move(file));
    };
    for (std::uint32_t i = 0; i < 3; ++i)
        addFile("dir/model-0000" + std::to_string(i) + ".safetensors", 1 << 20, i);
    addFile("config.json", 100, std::nullopt);
    const auto add = [&](const char* name, DType dtype, Dims shape, std::uint32_t file) {
        const auto id = builder.addTensor(name)->id;
        builder.setDType(id, dtype, dtype == DType::Unknown ? "F5" : "");
        builder.setShape(id, shape);
        builder.addWholeSlice(id, dtype, FileId(file),
                              {0, packedBytes(dtype, elementCount(shape)).value_or(0)});
        return id;
    };
    add("model.Embed.weight", DType::BF16, {100, 8}, 0);    // 0
    add("model.layers.0.q.weight", DType::F32, {8, 8}, 0);  // 1
    add("model.layers.10.q.weight", DType::F32, {8, 4}, 1); // 2
    const auto cut = builder.addTensor("model.norm")->id;   // 3
    builder.setDType(cut, DType::F16);
    builder.setShape(cut, Dims{8});
    builder.addSlice(cut, Dims{0}, Dims{4}, DType::F16, FileId(1u), {512, 520});
    builder.addSlice(cut, Dims{4}, Dims{4}, DType::F16, FileId(2u), {512, 520});
    const auto scalar = add("a name with spaces", DType::I64, {}, 2); // 4
    add("x\"y*z", DType::F8E4M3, {3}, 2);                             // 5
    builder.setStorage(scalar, 7);
    EntryRecord config;
    config.name = "config.json";
    config.kind = EntryRecord::Kind::Json;
    config.file = FileId(3u);
    builder.addEntry(config); // 6
    builder.addAlias({"lm_head.weight", "model.Embed.weight"});
    builder.addFinding(AnyFinding, {}, {}, {Subject::Kind::Tensor, 1});
    builder.addFinding(AnyFinding, {}, {}, {Subject::Kind::Entry, 0}, {TensorId(2u)});
    return *builder.build();
}

std::string matching(const CheckpointPtr& checkpoint, const char* text) {
    const auto filter = Filter::parse(text);
    if (!filter)
        return "error " + std::string(filter.error().rule->id) + " at " +
               std::to_string(*filter.error().where.offset);
    const auto bits = filter->apply(*checkpoint, JobContext{});
    std::string out;
    for (ItemIndex item = 0; item < itemCount(*checkpoint); ++item) {
        const bool set = ((*bits)[item / 64] >> item % 64 & 1) != 0;
        if (set)
            out += std::to_string(item);
        if (item < checkpoint->tensorCount() && filter->matches(*checkpoint, TensorId(item)) != set)
            return "matches() and apply() differ";
    }
    return out;
}

/// Globs said slowly.
bool naiveGlob(std::string_view text, std::string_view glob) {
    if (glob.empty())
        return text.empty();
    if (glob[0] == '*')
        return naiveGlob(text, glob.substr(1)) || (!text.empty() && naiveGlob(text.substr(1), glob));
    if (text.empty())
        return false;
    const auto lower = [](char c) {
        return std::tolower(static_cast<unsigned char>(c));
    };
    return (glob[0] == '?' || lower(glob[0]) == lower(text[0])) && naiveGlob(text.substr(1), glob.substr(1));
}

bool naiveContains(std::string text, std::string part) {
    for (auto* s : {&text, &part})
        for (char& c : *s)
            if (c >= 'A' && c <= 'Z')
                c = static_cast<char>(c + 32);
    return text.find(part) != text.npos;
}

} // namespace

class FilterTest : public QObject {
    Q_OBJECT
private slots:
    void matchesWhatItSays_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("items");
        const auto row = [](const char* text, const char* items) {
            QTest::newRow(text) << QByteArray(text) << QByteArray(items);
        };
        row("", "0123456");
        row("   ", "0123456");
        row("embed", "0");
        row("EMBED weight", "0");
        row("*.weight", "012");
        row("model.layers.?.q.*", "1");
        row("*", "0123456");
        row("weight -layers", "0");
        row("-weight", "3456");
        row("\"model.norm\"", "3");
        row("\"model.nor\"", "");
        row("\"Model.norm\"", "");
        row("=model.norm", "3");
        row("=Model.norm", "");
        row("=\"a name with spaces\"", "4");
        row("\"a name with spaces\"", "4");
        row("\"x\\\"y*z\"", "5");
        row("=x\"y*z", "5");
        row("\"\"", "");
        row("with spaces", "4");
        row("-=model.norm -weight", "456");
        row("dtype:bf16", "0");
        row("dtype:bf16,F32", "012");
        row("DTYPE:float16", "3");
        row("-dtype:f32", "0345");
        row("dtype:f8_e4m3", "5");
        row("dtype:unknown", "");
        row("shape:[8,8]", "1");
        row("shape:[8,*]", "12");
        row("shape:[*, 8]", "01");
        row("shape:[8],[]", "34");
        row("dims>1", "012");
        row("dims:0", "4");
        row("dims<=1", "345");
        row("rank:1", "23");
        row("rank:0,2", "01345");
        row("rank>1", "345");
        row("-rank:0", "2345");
        row("size>1k", "0");
        row("size>=1600B", "0");
        row("size=1600", "0");
        row("size<9", "45");
        row("params>64", "0");
        row("params:0.8k", "0");
        row("file:00001", "23");
        row("file:*-00001.safetensors", "23");
        row("file:\"config.json\"", "6");
        row("file:config", "6");
        row("slices>1", "3");
        row("shards:2", "3");
        row("has:slices", "3");
        row("has:finding", "126");
        row("has:alias", "0");
        row("has:storage", "4");
        row("storage:7", "4");
        row("-has:finding", "0345");
        row("config", "6");
        row("-config", "012345");
        row("weight dtype:f32 shape:[8,4]", "2");
    }

    void matchesWhatItSays() {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, items);
        QCOMPARE(QByteArray::fromStdString(matching(sample(), text.constData())), items);
    }

    void refusesWithThePlace_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("error");
        const auto row = [](const char* text, const char* error) {
            QTest::newRow(text) << QByteArray(text) << QByteArray("error ") + error;
        };
        row("a colour:red", "filter.unknown-key at 2");
        row("-colour:red", "filter.unknown-key at 1");
        row("dtype>bf16", "filter.bad-operator at 5");
        row("has<=finding", "filter.bad-operator at 3");
        row("dtype:", "filter.empty-value at 6");
        row("dtype:bf16,", "filter.empty-value at 11");
        row("-", "filter.empty-value at 1");
        row("=", "filter.empty-value at 1");
        row("a \"b c", "filter.open-quote at 2");
        row("\"a\"b", "filter.after-quote at 3");
        row("dtype:bf17", "filter.unknown-dtype at 6");
        row("dtype:bf16,bf", "filter.unknown-dtype at 11");
        row("size>ten", "filter.bad-number at 5");
        row("size>-1", "filter.bad-number at 5");
        row("dims>1.5", "filter.bad-number at 5");
        row("size>99999999999999999999", "filter.bad-number at 5");
        row("rank:1,x", "filter.bad-number at 7");
        row("shape:8", "filter.bad-shape at 6");
        row("shape:[8,", "filter.bad-shape at 6");
        row("shape:[8,,8]", "filter.bad-shape at 6");
        row("has:everything", "filter.unknown-has at 4");
        row("size>1,2", "filter.several-values at 7");
    }

    void refusesWithThePlace() {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, error);
        QCOMPARE(QByteArray::fromStdString(matching(sample(), text.constData())), error);
    }

    void termsForColouring() {
        const auto terms = splitFilter("ab -dtype:bf16,f32 \"c d\" size>");
        QCOMPARE(terms.size(), std::size_t{4});
        QCOMPARE(terms[1].begin, std::size_t{3});
        QCOMPARE(terms[1].keyEnd, std::size_t{10});
        QCOMPARE(terms[1].end, std::size_t{18});
        QVERIFY(terms[1].negated);
        QCOMPARE(terms[2].end, std::size_t{24});
        QCOMPARE(terms[2].keyEnd, terms[2].begin);
        QCOMPARE(terms[3].keyEnd, std::size_t{30});
    }

    void namesTheTermToDrop() {
        const auto checkpoint = sample();
        const auto drop = [&](const char* text) {
            return Filter::parse(text)->termToDrop(*checkpoint, JobContext{});
        };
        QCOMPARE(drop("weight dtype:f16"), std::size_t{0});
        QCOMPARE(drop("weight dtype:i8"), std::size_t{1});
        QCOMPARE(drop("weight"), std::size_t{1});
        QCOMPARE(drop("nothing dtype:i8"), std::size_t{2});
        QCOMPARE(drop("nothing"), std::size_t{0});
    }

    void amounts() {
        using enum AmountUnit;
        QCOMPARE(parseAmount("10M", Bytes), std::optional<std::uint64_t>(10u << 20));
        QCOMPARE(parseAmount("10MB", Bytes), std::optional<std::uint64_t>(10'000'000));
        QCOMPARE(parseAmount("1.5GiB", Bytes), std::optional<std::uint64_t>(3ull << 29));
        QCOMPARE(parseAmount("1e6", Parameters), std::optional<std::uint64_t>(1'000'000));
        QCOMPARE(parseAmount("1.25e2", Plain), std::optional<std::uint64_t>(125));
        QCOMPARE(parseAmount("8.03B", Parameters), std::optional<std::uint64_t>(8'030'000'000));
        QCOMPARE(parseAmount("18446744073709551615", Plain), std::optional<std::uint64_t>(~0ull));
        for (const auto* text :
             {"", "1.", ".5", "1e", "1x", "1e30", "16777216T", "1e-1", "0x10", " 1", "1 ", "1ee5"})
            QVERIFY2(!parseAmount(text, Bytes), text);
    }

    void patternsAgreeWithNaiveOnes() {
        std::mt19937 random(5);
        static constexpr std::string_view alphabet = "abAB.@`*?";
        const auto draw = [&](std::size_t longest, std::size_t letters) {
            std::string out;
            for (auto left = random() % (longest + 1); left > 0; --left)
                out.push_back(alphabet[random() % letters]);
            return out;
        };
        for (int round = 0; round < 30'000; ++round) {
            const auto text = draw(24, alphabet.size() - 2), word = draw(5, alphabet.size());
            const bool glob = word.find_first_of("*?") != word.npos;
            QCOMPARE(TextPattern::fromWord(word).matches(text),
                     glob ? naiveGlob(text, word) : naiveContains(text, word));
        }
    }

    void globsCountCharacters() {
        QVERIFY(TextPattern::fromWord("?").matches("é"));
        QVERIFY(!TextPattern::fromWord("?").matches("éa"));
    }

    void anyBytesParseOrFail() {
        std::mt19937 random(9);
        static constexpr std::string_view alphabet("a=\"\\-:<>[],* \n0.dtypesiz\xff\0", 27);
        for (int round = 0; round < 50'000; ++round) {
            std::string text;
            for (auto left = random() % 14; left > 0; --left)
                text.push_back(alphabet[random() % alphabet.size()]);
            const auto filter = Filter::parse(text);
            if (!filter)
                QVERIFY(*filter.error().where.offset <= text.size());
            for (const auto& term : splitFilter(text))
                QVERIFY(term.begin <= term.keyEnd && term.keyEnd <= term.end && term.end <= text.size());
        }
    }

    void aMillionTensors() {
        std::vector<MadeTensor> tensors;
        for (int i = 0; i < 1'000'000; ++i)
            tensors.push_back({.name = "model.layers." + std::to_string(i / 9000) + ".mlp.experts." +
                                       std::to_string(i % 9000) + ".w.weight",
                               .files = {static_cast<std::uint32_t>(i % 1000)}});
        const auto checkpoint = makeCheckpoint(tensors);
        for (const auto* text :
             {"experts.77", "*.7?.*weight", "dtype:f32 size>1", "file:part-7", "rank:3",
              "\"model.layers.1.mlp.experts.5.w.weight\"", "has:finding", "w dtype:f32 -77"}) {
            QElapsedTimer timer;
            timer.start();
            const auto filter = Filter::parse(text);
            const auto parsed = timer.nsecsElapsed();
            const auto bits = filter->apply(*checkpoint, JobContext{});
            const auto applied = timer.nsecsElapsed();
            std::size_t count = 0;
            for (const auto word : *bits)
                count += static_cast<std::size_t>(std::popcount(word));
            qInfo("%-45s parse %lld us, apply %.1f ms, %zu match", text,
                  static_cast<long long>(parsed / 1000), static_cast<double>(applied - parsed) / 1e6, count);
        }
    }
};

QTEST_GUILESS_MAIN(FilterTest)
#include "filter_test.moc"
