// SPDX-License-Identifier: Apache-2.0
#include "base/limits.h"
#include "formats/file_damage.h"
#include "formats/open.h"
#include "formats/safetensors/add_header.h"
#include "formats/safetensors/header.h"
#include "formats/safetensors/rules.h"

#include <QFile>
#include <QTest>

#include <algorithm>
#include <set>
#include <string>

using namespace shardlens;
using namespace shardlens::safetensors;

namespace {

const QString hostile = QString(SHARDLENS_TEST_HOSTILE) + "/safetensors/";

QByteArray text(std::string_view value) {
    return {value.data(), qsizetype(value.size())};
}

QByteArray bytesOf(const QString& file) {
    QFile opened(hostile + file);
    return opened.open(QIODevice::ReadOnly) ? opened.readAll() : QByteArray();
}

ByteSourcePtr sourceOf(const QByteArray& bytes) {
    const auto* begin = reinterpret_cast<const std::byte*>(bytes.constData());
    return memorySource("model.safetensors", {begin, begin + bytes.size()});
}

/// Limits that let small files break them.
Limits smallLimits(const QByteArray& rule) {
    Limits limits;
    if (rule == "safetensors.header-too-large")
        limits.safetensorsHeader = 100;
    if (rule == "safetensors.header-above-reference")
        limits.safetensorsHeaderOfReference = 100;
    if (rule == "limits.too-many-tensors")
        limits.tensors = 2;
    if (rule == "limits.name-too-long")
        limits.nameBytes = 0;
    return limits;
}

/// The names that findings of severity Error list, and those whose state says the same: both must agree.
QByteArray unreadable(const Header& header) {
    std::set<std::uint32_t> listed, marked;
    for (const auto& finding : header.findings)
        if (finding.what.rule->severity == Severity::Error)
            listed.insert(finding.tensors.begin(), finding.tensors.end());
    QByteArray names;
    for (std::uint32_t i = 0; i < header.count(); ++i)
        if (header.state[i] != TensorState::Sound)
            marked.insert(i);
    if (listed != marked)
        return "findings and states disagree";
    for (const auto index : listed)
        names += (names.isEmpty() ? "" : ",") + text(header.name(index));
    return names;
}

QByteArray file(const QByteArray& json, qsizetype dataBytes) {
    const auto length = std::uint64_t(json.size());
    return QByteArray(reinterpret_cast<const char*>(&length), 8) + json + QByteArray(dataBytes, 'x');
}

} // namespace

class HeaderTest : public QObject {
    Q_OBJECT

private slots:
    // What one violation of the format does: the rule, the byte it names (that of the token's last
    // occurrence, or a number), the tensors that are lost, in this one file.
    void violation_data() {
        QTest::addColumn<QByteArray>("rule");
        QTest::addColumn<QByteArray>("token");
        QTest::addColumn<qint64>("offset");
        QTest::addColumn<QByteArray>("lost");
        QTest::addColumn<bool>("fails");
        const auto fails = [](const char* rule, const char* token, qint64 offset = -1) {
            QTest::newRow(rule) << QByteArray(rule) << QByteArray(token) << offset << QByteArray() << true;
        };
        const auto finds = [](const char* rule, const char* token, const char* lost, qint64 offset = -1) {
            QTest::newRow(rule) << QByteArray(rule) << QByteArray(token) << offset << QByteArray(lost)
                                << false;
        };
        fails("file.zeros", "", 0);
        fails("safetensors.too-short", "", 0);
        fails("safetensors.header-past-end", "", 0);
        fails("safetensors.header-truncated", "", 60);
        fails("safetensors.header-too-large", "", 0);
        fails("safetensors.header-not-utf8", "\xff");
        fails("safetensors.header-not-json", "}");
        fails("safetensors.header-not-object", "", 8);
        fails("safetensors.header-too-deep", "");
        finds("safetensors.header-above-reference", "", "", 8);
        finds("safetensors.leading-space", "", "", 8);
        finds("safetensors.other-padding", "", "", 175);
        finds("safetensors.nul-padding", "", "", 175);
        finds("safetensors.metadata-type", "3,\"list", "");
        finds("safetensors.repeated-metadata", "{\"y\"", "");
        finds("safetensors.repeated-metadata-key", "\"x\":\"2\"", "");
        finds("safetensors.duplicate-name", "\"a\"", "");
        finds("safetensors.entry-not-object", "7}", "d");
        finds("safetensors.missing-field", "\"c\"", "c");
        finds("safetensors.repeated-field", "\"dtype\"", "c");
        finds("safetensors.field-type", "[\"U8\"", "c");
        finds("safetensors.number-float", "6.0", "c");
        finds("safetensors.number-negative", "-6", "c");
        finds("safetensors.number-too-large", "18446744073709551616", "c");
        finds("safetensors.offsets-count", "[80,86,90]", "c");
        finds("safetensors.too-many-dims", "1],\"data_offsets\":[80", "c");
        finds("safetensors.unknown-field", "\"c\"", "");
        finds("safetensors.unknown-dtype", "\"F5\"", "c");
        finds("safetensors.offsets-reversed", "[86,80]", "c");
        finds("safetensors.shape-overflow", "[4294967296,", "c");
        finds("safetensors.sub-byte", "[11]", "c");
        finds("safetensors.size-mismatch", "[80,86]", "c");
        finds("safetensors.truncated", "", "b,c", 8 + 168 + 70);
        finds("safetensors.hole", "[66,80]", "");
        finds("safetensors.overlap", "[62,80]", "");
        finds("safetensors.misplaced-empty", "[70,70]", "");
        finds("safetensors.trailing-bytes", "extra", "");
    }

    void violation() {
        QFETCH(QByteArray, rule);
        QFETCH(QByteArray, token);
        QFETCH(qint64, offset);
        QFETCH(QByteArray, lost);
        QFETCH(bool, fails);
        const auto bytes = bytesOf(rule + ".safetensors");
        QVERIFY(!bytes.isEmpty());
        const auto limits = smallLimits(rule);
        JobContext context;
        context.limits = &limits;
        const auto header = readHeader(*sourceOf(bytes), context);
        if (rule == "safetensors.header-too-deep")
            offset = bytes.indexOf("[[[") + 254; // two objects stand around the lists
        else if (offset < 0)
            offset = bytes.lastIndexOf(token);
        QCOMPARE(header.has_value(), !fails);
        if (fails) {
            QCOMPARE(text(header.error().rule->id), rule);
            QCOMPARE(text(header.error().where.file), QByteArray("model.safetensors"));
            QCOMPARE(qint64(header.error().where.offset.value_or(0)), offset);
            QVERIFY(isDamage(header.error()));
            QVERIFY(!describe(header.error()).empty());
            return;
        }
        const auto found = std::ranges::find_if(header->findings, [&](const HeaderFinding& finding) {
            return text(finding.what.rule->id) == rule;
        });
        QVERIFY2(found != header->findings.end(), "the rule was not reported");
        QCOMPARE(qint64(found->what.where.offset.value_or(0)), offset);
        QCOMPARE(text(found->what.where.file), QByteArray("model.safetensors"));
        for (const auto& finding : header->findings)
            QCOMPARE(text(finding.what.rule->id), rule);
        QCOMPARE(unreadable(*header), lost);
        const auto sentence = text(message(found->what));
        QVERIFY2(!sentence.contains('{'), sentence.constData());
    }

    void aFileWithoutAHeaderIsNamed() {
        QCOMPARE(text(readHeader(*sourceOf({}), {}).error().rule->id), QByteArray("file.empty"));
        const auto pointer = readHeader(*sourceOf(bytesOf("file.lfs-pointer.bin")), {});
        QCOMPARE(text(pointer.error().rule->id), QByteArray("file.lfs-pointer"));
        QVERIFY(text(message(pointer.error())).contains("9.29 GiB"));
        QVERIFY(text(pointer.error().where.item).startsWith("sha256:0123"));
    }

    void limitsOnTensorsAndNamesHold() {
        const auto bytes = bytesOf("safetensors.hole.safetensors");
        for (const QByteArray rule : {"limits.too-many-tensors", "limits.name-too-long"}) {
            const auto limits = smallLimits(rule);
            JobContext context;
            context.limits = &limits;
            QCOMPARE(text(readHeader(*sourceOf(bytes), context).error().rule->id), rule);
        }
    }

    // Forty entries with one problem: sixteen are told, one finding stands for the rest and lists them all.
    void manyProblemsOfOneKindAreOneFinding() {
        const auto header = readHeader(*sourceOf(bytesOf("safetensors.more-errors.safetensors")), {});
        QVERIFY(header.has_value());
        QCOMPARE(header->findings.size(), std::size_t(17));
        const auto& rest = header->findings.back();
        QCOMPARE(text(rest.what.rule->id), QByteArray("safetensors.more-errors"));
        QCOMPARE(rest.tensors.size(), std::size_t(24));
        QVERIFY(text(message(rest.what)).startsWith("24 more errors"));
        QCOMPARE(unreadable(*header).count(','), 39);

        const auto notes = readHeader(*sourceOf(bytesOf("safetensors.more-notes.safetensors")), {});
        QVERIFY(notes.has_value());
        QCOMPARE(text(notes->findings.back().what.rule->id), QByteArray("safetensors.more-notes"));
        QCOMPARE(notes->findings.size(), std::size_t(17));
        QCOMPARE(text(*notes->findMetadata("k")), QByteArray("39"));
    }

    void sentencesCountAndMeasure() {
        const auto sentence = [](const QString& file) {
            const auto header = readHeader(*sourceOf(bytesOf(file + ".safetensors")), {});
            return header ? text(message(header->findings.at(0).what)) : QByteArray();
        };
        QCOMPARE(sentence("safetensors.unknown-dtype"),
                 QByteArray("\"c\" has the unknown dtype \"F5\" (tensors that have it: 1)."));
        QVERIFY(sentence("safetensors.unknown-field").endsWith("\"scale\" (tensors: 1)."));
        QCOMPARE(
            sentence("safetensors.truncated"),
            QByteArray(
                "The file ends early: 262 B expected, 246 B found, 16 B missing (tensors that do not fit: 2, "
                "the first \"b\")."));
        QCOMPARE(sentence("safetensors.overlap"), QByteArray("\"a\" and \"b\" share 2 B."));
        QCOMPARE(sentence("safetensors.hole"),
                 QByteArray("2 B before \"b\", from data offset 64 on, belong to no tensor."));
    }

    void theLastOfRepeatedNamesCounts() {
        const auto header = readHeader(*sourceOf(bytesOf("safetensors.duplicate-name.safetensors")), {});
        QVERIFY(header.has_value());
        QCOMPARE(header->count(), 3u);
        QCOMPARE(text(header->name(0)), QByteArray("a"));
        QCOMPARE(header->dtype[0], DType::F32);
        QCOMPARE(header->shape(0).size(), std::size_t(2));
        QVERIFY(text(message(header->findings[0].what)).contains("different entries"));
    }

    void oddButSoundHeadersHaveNoFindings() {
        for (const auto* name : {"sound.null-metadata", "sound.spaces-and-order", "sound.empty"}) {
            const auto header = readHeader(*sourceOf(bytesOf(QString(name) + ".safetensors")), {});
            QVERIFY2(header.has_value(), name);
            QVERIFY2(header->findings.empty(), name);
        }
    }

    void unknownFieldsAreKept() {
        const auto header = readHeader(*sourceOf(bytesOf("safetensors.unknown-field.safetensors")), {});
        QVERIFY(header.has_value());
        const std::vector<std::pair<std::uint32_t, Fact>> expected = {{2, {"scale", "{\"by\": [1, 2]}"}},
                                                                      {2, {"note", "x"}}};
        QCOMPARE(header->unknownFields, expected);
    }

    void metadataThatIsNoTextIsKeptAsJson() {
        const auto header = readHeader(*sourceOf(bytesOf("safetensors.metadata-type.safetensors")), {});
        QVERIFY(header.has_value());
        QCOMPARE(text(*header->findMetadata("format")), QByteArray("pt"));
        QCOMPARE(text(*header->findMetadata("epoch")), QByteArray("3"));
        QCOMPARE(text(*header->findMetadata("list")), QByteArray("[1,{\"x\":2}]"));
        QCOMPARE(header->findings.size(), std::size_t(2));
    }

    void namesAreDecoded() {
        const QByteArray json =
            "{\"\\u00e9\\ud83d\\ude42\\n\\\"\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}}";
        const auto header = readHeader(*sourceOf(file(json, 1)), {});
        QVERIFY(header.has_value());
        QCOMPARE(text(header->name(0)), QByteArray("\xc3\xa9\xf0\x9f\x99\x82\n\""));
        QCOMPARE(header->nameOffset(0), std::uint64_t(9));
    }

    // DCP writes archives before the header, and files lie in archives: everything moves by the place's
    // beginning.
    void aHeaderMayBeginAnywhere() {
        const auto bytes = bytesOf("safetensors.size-mismatch.safetensors");
        const auto alone = readHeader(*sourceOf(bytes), {});
        const auto place = HeaderPlace{5, 5 + std::uint64_t(bytes.size())};
        const auto inside = readHeader(*sourceOf("PK\x03\x04!" + bytes + "after"), {}, place);
        QVERIFY(alone.has_value() && inside.has_value());
        QCOMPARE(inside->data.begin, alone->data.begin + 5);
        QCOMPARE(inside->data.end, alone->data.end + 5);
        QCOMPARE(inside->begin[1], alone->begin[1] + 5);
        QCOMPARE(inside->findings.size(), std::size_t(1));
        QCOMPARE(*inside->findings[0].what.where.offset, *alone->findings[0].what.where.offset + 5);
    }

    void dimsOfLengthZeroAndScalarsAreLegal() {
        const QByteArray json =
            R"({"e":{"dtype":"F32","shape":[3,0,18446744073709551615],"data_offsets":[0,0]},)"
            R"("s":{"dtype":"F64","shape":[],"data_offsets":[0,8]}})";
        const auto header = readHeader(*sourceOf(file(json, 8)), {});
        QVERIFY(header.has_value());
        QVERIFY(header->findings.empty());
        QCOMPARE(header->shape(0)[2], ~std::uint64_t{0});
        QVERIFY(header->shape(1).empty());
        QCOMPARE(header->stored(1).size(), std::uint64_t(8));
    }

    void offsetsNearTheEndOfNumbersDoNotWrap() {
        const QByteArray json =
            R"({"a":{"dtype":"U8","shape":[15],"data_offsets":[18446744073709551600,18446744073709551615]}})";
        const auto header = readHeader(*sourceOf(file(json, 8)), {});
        QVERIFY(header.has_value());
        QCOMPARE(header->state[0], TensorState::Broken);
        QCOMPARE(unreadable(*header), QByteArray("a"));
    }

    void whatBelongsToNoTensorIsUnclaimed() {
        const auto holes = readHeader(*sourceOf(bytesOf("safetensors.hole.safetensors")), {});
        QCOMPARE(holes->unclaimed,
                 (std::vector<ByteRange>{{holes->data.begin + 64, holes->data.begin + 66}}));
        const auto trailing = readHeader(*sourceOf(bytesOf("safetensors.trailing-bytes.safetensors")), {});
        QCOMPARE(trailing->unclaimed, (std::vector<ByteRange>{{trailing->data.end - 5, trailing->data.end}}));
    }

    void aStopIsNoticed() {
        std::stop_source stop;
        stop.request_stop();
        JobContext context;
        context.stop = stop.get_token();
        const auto header = readHeader(*sourceOf(bytesOf("sound.empty.safetensors")), context);
        QCOMPARE(text(header.error().rule->id), QByteArray("job.cancelled"));
    }

    void aHeaderBecomesACheckpoint() {
        const auto source = sourceOf(bytesOf("safetensors.hole.safetensors"));
        const auto header = readHeader(*source, {});
        CheckpointBuilder builder{JobContext()};
        const auto id = builder.addFile({.path = "x",
                                         .bytes = source->size(),
                                         .rank = {},
                                         .source = source,
                                         .missing = false,
                                         .metadata = {}});
        QVERIFY(addHeader(builder, *header, id, "unet/").has_value());
        const auto checkpoint = builder.build();
        QVERIFY(checkpoint.has_value());
        const auto tensor = (*checkpoint)->findTensor("unet/b");
        QVERIFY(tensor.has_value());
        QVERIFY((*checkpoint)->tensor(*tensor).readable());
        QCOMPARE((*checkpoint)->findings().size(), std::size_t(1));
        // Regions and slices are the whole file, each byte once.
        std::vector<ByteRange> ranges;
        for (const auto& region : (*checkpoint)->regions(FileId(0u)))
            ranges.push_back(region.range);
        for (std::uint32_t i = 0; i < (*checkpoint)->sliceCount(); ++i)
            ranges.push_back((*checkpoint)->slice(SliceId(i)).stored);
        std::ranges::sort(ranges);
        std::uint64_t end = 0;
        for (const auto& range : ranges) {
            QCOMPARE(range.begin, end);
            end = range.end;
        }
        QCOMPARE(end, source->size());
    }

    void everyRuleHasAnIdAndWords() {
        std::set<std::string_view> ids;
        for (const auto* rule : rules::safetensors::all) {
            QVERIFY2(rule->id.starts_with("safetensors."), rule->id.data());
            QVERIFY2(!rule->sentence.empty() && !rule->advice.empty(), rule->id.data());
            QVERIFY2(ids.insert(rule->id).second, rule->id.data());
        }
    }
};

QTEST_GUILESS_MAIN(HeaderTest)
#include "header_test.moc"
