// SPDX-License-Identifier: Apache-2.0
#include "formats/dduf/archive.h"
#include "formats/dduf/check.h"
#include "formats/dduf/entry_name.h"
#include "formats/open.h"
#include "query/file_map.h"
#include "support/results.h"
#include "support/temp_folder.h"
#include "support/zip_maker.h"

#include <QCryptographicHash>
#include <QDir>
#include <QTest>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
#include <set>
#include <string>
#include <vector>

using namespace shardlens;
using nlohmann::json;
using test::ZipMakerEntry;

namespace {

const std::string data = SHARDLENS_TEST_DATA;
const std::string hostile = SHARDLENS_TEST_HOSTILE "/dduf";

json expectedOf(const std::string& name) {
    std::ifstream stream(data + "/expected/" + name + ".json");
    return json::parse(stream);
}

std::string rulesOf(const Findings& findings) {
    std::set<std::string> ids;
    for (const auto& finding : findings)
        ids.emplace(finding.what.rule->id);
    std::string out;
    for (const auto& id : ids)
        out += (out.empty() ? "" : " ") + id;
    return out;
}

std::string sizedHeader() {
    const std::string text = R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}   )";
    std::string out(8, '\0');
    out[0] = static_cast<char>(text.size());
    return out + text + "abcd";
}

std::vector<ZipMakerEntry> smallPipeline() {
    return {{.name = "model_index.json",
             .data = R"({"vae": ["diffusers", "AutoencoderKL"]})",
             .zip64Sizes = true},
            {.name = "vae/config.json", .data = "{}", .zip64Sizes = true},
            {.name = "vae/diffusion_pytorch_model.safetensors", .data = sizedHeader(), .zip64Sizes = true}};
}

QByteArray sha256(const ByteSource& source, ByteRange range) {
    QByteArray bytes(qsizetype(range.size()), Qt::Uninitialized);
    if (!source.readAt(range.begin, std::as_writable_bytes(std::span(bytes.data(), range.size()))))
        return {};
    return QCryptographicHash::hash(bytes, QCryptographicHash::Sha256).toHex();
}

} // namespace

class DdufTest : public QObject {
    Q_OBJECT

private slots:
    void fixtures_data() {
        QTest::addColumn<QString>("name");
        for (const auto& file : QDir(QString::fromStdString(data + "/expected")).entryList({"dduf_*.json"}))
            QTest::newRow(file.chopped(5).toUtf8().constData()) << file.chopped(5);
    }

    /// Entries lie where their writer put them, and both other readers are judged right.
    void fixtures() {
        QFETCH(QString, name);
        const auto expected = expectedOf(name.toStdString());
        const auto path = data + "/" + expected["open"].get<std::string>();
        const auto check = dduf::checkArchive(path, true, {});
        VERIFY_OK(check);
        QCOMPARE(check->refused(), !expected["findings"].empty());
        QCOMPARE(check->readers.size(), expected["verdicts"].size());
        for (const auto& reader : check->readers) {
            const auto said = expected["verdicts"][reader.reader].get<std::string>();
            QCOMPARE(reader.opens, said == "ok");
            COMPARE_TEXT(reader.opens ? "ok" : reader.reason, said);
        }
        if (!expected.contains("entries"))
            return;
        const auto source = openFile(path);
        VERIFY_OK(source);
        const auto archive = dduf::Archive::read(*source, {});
        VERIFY_OK(archive);
        QVERIFY(archive->sound());
        QCOMPARE(archive->entries().size(), expected["entries"].size());
        for (std::size_t i = 0; i < archive->entries().size(); ++i) {
            const auto& want = expected["entries"][i];
            COMPARE_TEXT(archive->entries()[i].name, want["name"].get<std::string>());
            QCOMPARE(archive->data(i)->begin, want["offset"].get<std::uint64_t>());
            QCOMPARE(archive->data(i)->size(), want["length"].get<std::uint64_t>());
            COMPARE_TEXT(sha256(**source, *archive->data(i)).toStdString(),
                         want["sha256"].get<std::string>());
        }
    }

    void hostileArchives_data() {
        QTest::addColumn<QString>("file");
        const auto files = QDir(QString::fromStdString(hostile)).entryList({"*.dduf"});
        QVERIFY(files.size() > 50);
        for (const auto& file : files)
            QTest::newRow(file.toUtf8().constData()) << file;
    }

    /// A file is called after the rule that it breaks; behind a + stands how. Sound ones break none.
    void hostileArchives() {
        QFETCH(QString, file);
        const auto path = hostile + "/" + file.toStdString();
        const bool deep = file.startsWith("deep+");
        const auto rule = (deep ? file.section('+', 1) : file).section('+', 0, 0).remove(".dduf");
        const auto check = dduf::checkArchive(path, deep, {});
        VERIFY_OK(check);
        const auto found = rulesOf(check->findings);
        if (rule.startsWith("sound.")) {
            COMPARE_TEXT(found, "");
            QVERIFY(!check->refused());
            return;
        }
        const auto broken = std::ranges::find_if(check->findings, [&](const Finding& finding) {
            return finding.what.rule->id == rule.toStdString();
        });
        QVERIFY2(broken != check->findings.end(), found.c_str());
        QCOMPARE(check->refused(), broken->severity() == Severity::Error);

        // Opening describes what can be described: nothing, or entries, and tensors of sound archives alone.
        const auto opened = open(path, {}, {});
        if (!opened) {
            QVERIFY2(isDamage(opened.error()), describe(opened.error()).c_str());
            return;
        }
        const bool structural =
            rule.startsWith("dduf.") || rule.startsWith("zip.") || rule.startsWith("json.");
        if (check->refused() && structural && !deep)
            QCOMPARE((*opened)->tensorCount(), 0u);
        QCOMPARE((*opened)->verdicts().size(), std::size_t(2));
        VERIFY_OK(FileMaps::build(*opened, {}));
    }

    void cutOffAnywhere() {
        const auto whole = test::makeZip(smallPipeline(), {.zip64End = true});
        for (std::size_t length = 0; length < whole.size(); ++length) {
            const auto source =
                memorySource("cut.dduf", {whole.begin(), whole.begin() + std::ptrdiff_t(length)});
            const auto archive = dduf::Archive::read(source, {});
            QVERIFY2(!archive || !archive->sound(), std::to_string(length).c_str());
        }
        const auto archive = dduf::Archive::read(memorySource("whole.dduf", whole), {});
        VERIFY_OK(archive);
        COMPARE_TEXT(rulesOf(archive->findings()), "");
    }

    /// Every byte of the headers and the directory changed: the archive is described or refused, never trusted
    /// beyond its bytes.
    void anyByteChanged() {
        const auto whole = test::makeZip(smallPipeline());
        for (std::size_t at = 0; at < whole.size(); ++at)
            for (const auto value : {std::byte{0}, std::byte{0xff}, std::byte{0x80}}) {
                auto bytes = whole;
                bytes[at] = value;
                const auto archive = dduf::Archive::read(memorySource("x.dduf", std::move(bytes)), {});
                for (std::size_t i = 0; archive && i < archive->entries().size(); ++i)
                    if (const auto range = archive->data(i))
                        QVERIFY(range->end <= whole.size());
            }
    }

    void manyEntries() {
        std::vector<ZipMakerEntry> entries = smallPipeline();
        for (int i = 0; i < 100'000; ++i)
            entries.push_back({.name = "vae/" + std::to_string(i) + ".txt", .data = "x", .zip64Sizes = true});
        const auto source = memorySource("many.dduf", test::makeZip(entries, {.zip64End = true}));
        const auto archive = dduf::Archive::read(source, {});
        VERIFY_OK(archive);
        QVERIFY2(archive->sound(), rulesOf(archive->findings()).c_str());
        QCOMPARE(archive->entries().size(), entries.size());
    }

    /// A hundred thousand entries that break a rule each make a hundred findings and one for the rest.
    void manyBrokenEntries() {
        std::vector<ZipMakerEntry> entries = smallPipeline();
        for (int i = 0; i < 100'000; ++i)
            entries.push_back({.name = "vae/a/b/c/d/" + std::to_string(i) + ".txt", .zip64Sizes = true});
        const auto archive =
            dduf::Archive::read(memorySource("many.dduf", test::makeZip(entries, {.zip64End = true})), {});
        VERIFY_OK(archive);
        COMPARE_TEXT(rulesOf(archive->findings()), "dduf.entry-too-deep dduf.more-errors");
        QCOMPARE(archive->findings().size(), std::size_t(101));
    }

    void manyDoubtfulEntries() {
        std::vector<ZipMakerEntry> entries = smallPipeline();
        for (int i = 0; i < 200; ++i)
            for (const char* name : {"vae/x", "vae/X"})
                entries.push_back({.name = name + std::to_string(i) + ".txt", .zip64Sizes = true});
        const auto archive = dduf::Archive::read(memorySource("many.dduf", test::makeZip(entries)), {});
        VERIFY_OK(archive);
        QVERIFY(archive->sound());
        COMPARE_TEXT(rulesOf(archive->findings()), "dduf.more-notes dduf.names-differ-in-case");
    }

    void refusesMoreEntriesThanPipelinesHave() {
        std::vector<ZipMakerEntry> entries(1000, ZipMakerEntry{.name = "a.txt"});
        Limits limits;
        limits.zipEntries = 500;
        JobContext context;
        context.limits = &limits;
        VERIFY_RULE(dduf::Archive::read(memorySource("x.dduf", test::makeZip(entries)), context),
                    "zip.directory-too-large");
    }

    void variantsAndComponentsCanBeChosen() {
        test::TempFolder folder;
        auto entries = smallPipeline();
        entries.push_back({.name = "vae/diffusion_pytorch_model.fp16.safetensors",
                           .data = sizedHeader(),
                           .zip64Sizes = true});
        const auto path = folder.write("x.dduf", test::makeZip(entries));
        const auto looked = survey(path, {}, {});
        VERIFY_OK(looked);
        QCOMPARE(looked->parts.size(), std::size_t(4)); // plain and fp16, of the whole and of vae
        const auto plain = open(path, {}, {}), half = open(path, {.part = "vae", .variant = "fp16"}, {});
        VERIFY_OK(plain);
        VERIFY_OK(half);
        const auto begin = [](const Checkpoint& checkpoint) {
            return checkpoint.slice(checkpoint.tensor(TensorId(0U)).slice(0)).stored.begin;
        };
        QVERIFY(begin(**plain) < begin(**half));
        COMPARE_TEXT((*half)->tensor(TensorId(0U)).name(), "vae/a");
        QVERIFY(!(*half)->findEntry("model_index.json"));
        VERIFY_RULE(open(path, {.part = "unet", .variant = {}}, {}), "open.no-such-part");
    }

    /// Headers, records, padding and directory cover the whole file, with slices in the records.
    void mapCoversTheArchive() {
        const auto opened = open(data + "/dduf_sd15/sd15.dduf", {}, {});
        VERIFY_OK(opened);
        const auto maps = FileMaps::build(*opened, {});
        VERIFY_OK(maps);
        const auto map = (*maps)->map(FileId(0U));
        std::uint64_t covered = 0;
        for (const auto& segment : map.segments) {
            QVERIFY(segment.kind != FileSegment::Kind::Unclaimed &&
                    segment.kind != FileSegment::Kind::Missing);
            QCOMPARE(segment.range.begin, covered);
            covered = segment.range.end;
        }
        QCOMPARE(covered, (*opened)->file(FileId(0U)).bytes);
    }

    void cancels() {
        std::stop_source stop;
        stop.request_stop();
        JobContext context;
        context.stop = stop.get_token();
        VERIFY_RULE(dduf::checkArchive(data + "/dduf_sd15/sd15.dduf", true, context), "job.cancelled");
    }

    void filesThatAreNoneAreFailures() {
        VERIFY_RULE(dduf::checkArchive(data + "/nowhere.dduf", false, {}), "io.not-found");
        VERIFY_RULE(dduf::checkArchive(data, false, {}), "io.not-a-file");
    }
};

QTEST_GUILESS_MAIN(DdufTest)
#include "dduf_test.moc"
