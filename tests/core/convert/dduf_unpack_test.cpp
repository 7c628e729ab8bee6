// SPDX-License-Identifier: Apache-2.0
#include "convert/dduf_export.h"
#include "convert/dduf_unpack.h"
#include "support/pipeline_maker.h"
#include "support/results.h"
#include "support/temp_folder.h"
#include "support/zip_maker.h"

#include <QtTest>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>

using namespace shardlens;
using namespace shardlens::convert;
using test::TempFolder;
using test::ZipMakerEntry;
namespace fs = std::filesystem;

namespace {

const std::string data = SHARDLENS_TEST_DATA;

UnpackOptions optionsFor(const std::string& archive, const TempFolder& temp) {
    UnpackOptions options;
    options.archive = archive;
    options.output = temp.path("out");
    options.sync = false;
    return options;
}

Result<Report> unpacked(const UnpackOptions& options) {
    SHARDLENS_TRY(const auto plan, planUnpack(options, {}));
    return executeUnpack(plan, options, {});
}

std::set<std::string> rulesOf(const Findings& notes) {
    std::set<std::string> out;
    for (const auto& note : notes)
        out.emplace(note.what.rule->id);
    return out;
}

/// A pipeline's folder, written as an archive.
std::string archiveOf(const TempFolder& temp) {
    test::writePipeline(temp);
    ExportOptions options;
    options.folder = temp.path("pipe");
    options.output = temp.path("x.dduf");
    options.sync = false;
    if (!executeExport(*planExport(options, {}), options, {}))
        qFatal("the export failed");
    return options.output;
}

/// Two trees hold the same files with the same bytes.
bool sameTrees(const std::string& a, const std::string& b) {
    const auto contents = [](const std::string& root) {
        std::set<std::pair<std::string, std::string>> out;
        for (const auto& entry : fs::recursive_directory_iterator(root))
            if (entry.is_regular_file()) {
                std::ifstream file(entry.path(), std::ios::binary);
                std::ostringstream text;
                text << file.rdbuf();
                out.emplace(fs::relative(entry.path(), root).string(), text.str());
            }
        return out;
    };
    return contents(a) == contents(b);
}

} // namespace

class DdufUnpackTest : public QObject {
    Q_OBJECT

private slots:
    void restoresTheFolder() {
        const TempFolder temp;
        const auto archive = archiveOf(temp);
        const auto options = optionsFor(archive, temp);
        const auto plan = planUnpack(options, {});
        VERIFY_OK(plan);
        QVERIFY(plan->notes.empty());
        const auto weights =
            std::ranges::find(plan->files, "text_encoder/model.safetensors", &PlannedFile::path);
        QCOMPARE(weights->tensors, (std::vector<std::string>{"wte", "wpe"}));
        VERIFY_OK(executeUnpack(*plan, options, {}));
        QVERIFY(sameTrees(temp.path("pipe"), temp.path("out")));
    }

    void archivesOfOthers_data() {
        QTest::addColumn<QString>("path");
        for (const auto* path :
             {"dduf_sd15/sd15.dduf", "dduf_sdxl_fp16/sdxl_fp16.dduf", "dduf_flux/flux.dduf"})
            QTest::addRow("%s", path) << path;
    }
    void archivesOfOthers() {
        QFETCH(const QString, path);
        const TempFolder temp;
        const auto archive = data + "/" + path.toStdString();
        VERIFY_OK(unpacked(optionsFor(archive, temp)));
        // Packed again and unpacked again it is the same.
        ExportOptions again;
        again.folder = temp.path("out");
        again.output = temp.path("again.dduf");
        again.sync = false;
        const auto plan = planExport(again, {});
        VERIFY_OK(plan);
        VERIFY_OK(executeExport(*plan, again, {}));
        auto options = optionsFor(again.output, temp);
        options.output = temp.path("again");
        VERIFY_OK(unpacked(options));
        QVERIFY(sameTrees(temp.path("out"), temp.path("again")));
    }

    void onlyWhatIsAskedFor() {
        const TempFolder temp;
        auto options = optionsFor(archiveOf(temp), temp);
        options.include = {"tokenizer", "unet/config.json"};
        const auto plan = planUnpack(options, {});
        VERIFY_OK(plan);
        QCOMPARE(plan->skipped.size(), 5u);
        VERIFY_OK(executeUnpack(*plan, options, {}));
        QCOMPARE(temp.names("out"),
                 (std::vector<std::string>{"tokenizer/", "tokenizer/merges.txt",
                                           "tokenizer/tokenizer_config.json", "unet/", "unet/config.json"}));
        options.include = {"tok"};
        options.output = temp.path("other");
        const auto none = planUnpack(options, {});
        VERIFY_OK(none);
        QCOMPARE(rulesOf(none->notes), std::set<std::string>{"unpack.no-such-entry"});
        VERIFY_RULE(executeUnpack(*none, options, {}), "unpack.no-such-entry");
    }

    void nothingIsReplacedWithoutConsent() {
        const TempFolder temp;
        auto options = optionsFor(archiveOf(temp), temp);
        temp.write("out/unet/config.json", "mine");
        temp.write("out/notes.txt", "mine too");
        const auto plan = planUnpack(options, {});
        VERIFY_OK(plan);
        QCOMPARE(rulesOf(*checkUnpack(*plan, options, {})),
                 std::set<std::string>{"convert.target-not-empty"});
        VERIFY_RULE(executeUnpack(*plan, options, {}), "convert.target-not-empty");
        COMPARE_TEXT(temp.read("out/unet/config.json"), "mine");
        options.force = true;
        VERIFY_OK(executeUnpack(*plan, options, {}));
        COMPARE_TEXT(temp.read("out/unet/config.json"), "{}");
        COMPARE_TEXT(temp.read("out/notes.txt"), "mine too");
        fs::remove(temp.path("out/notes.txt"));
        QVERIFY(sameTrees(temp.path("pipe"), temp.path("out")));
    }

    void damagedDataLeavesNothing() {
        const TempFolder temp;
        const auto archive = archiveOf(temp);
        auto bytes = temp.read("x.dduf");
        const auto plan = planUnpack(optionsFor(archive, temp), {});
        VERIFY_OK(plan);
        const auto& file =
            *std::ranges::find(plan->files, "text_encoder/model.safetensors", &PlannedFile::path);
        const auto offset = std::get<FileRange>(file.pieces.front().what).offset;
        bytes[offset + file.bytes - 1] ^= 1;
        temp.write("x.dduf", bytes);
        const auto report = unpacked(optionsFor(archive, temp));
        VERIFY_RULE(report, "zip.crc-mismatch");
        COMPARE_TEXT(report.error().where.item, "text_encoder/model.safetensors");
        QVERIFY(!temp.exists("out"));
        // A sum of zero is a sum like any other here.
        auto zeroed = temp.read("x.dduf");
        for (std::size_t at = 0; (at = zeroed.find("PK\x01\x02", at)) != zeroed.npos; at += 4)
            std::fill_n(zeroed.begin() + static_cast<std::ptrdiff_t>(at) + 16, 4, '\0');
        for (std::size_t at = 0; (at = zeroed.find("PK\x03\x04", at)) != zeroed.npos; at += 4)
            std::fill_n(zeroed.begin() + static_cast<std::ptrdiff_t>(at) + 14, 4, '\0');
        temp.write("x.dduf", zeroed);
        VERIFY_RULE(unpacked(optionsFor(archive, temp)), "zip.crc-mismatch");
        QVERIFY(!temp.exists("out"));
    }

    void cutAnywhere() {
        const TempFolder temp;
        const auto bytes = temp.read((archiveOf(temp), "x.dduf"));
        for (std::size_t size = 0; size < bytes.size(); size += 61) {
            temp.write("cut.dduf", bytes.substr(0, size));
            QVERIFY(!unpacked(optionsFor(temp.path("cut.dduf"), temp)));
            QVERIFY(!temp.exists("out"));
        }
    }

    void cancelled() {
        const TempFolder temp;
        const auto options = optionsFor(archiveOf(temp), temp);
        const auto plan = planUnpack(options, {});
        VERIFY_OK(plan);
        std::stop_source stop;
        stop.request_stop();
        JobContext context;
        context.stop = stop.get_token();
        VERIFY_RULE(executeUnpack(*plan, options, context), "job.cancelled");
        VERIFY_RULE(planUnpack(options, context), "job.cancelled");
        QVERIFY(!temp.exists("out"));
    }

    void whatIsNotToBeTrusted_data() {
        QTest::addColumn<QString>("path");
        QTest::addColumn<QString>("rule");
        QTest::newRow("dotdot") << "dduf_dotdot/tiny.dduf"
                                << "dduf.entry-name";
        QTest::newRow("duplicate") << "dduf_duplicate/tiny.dduf"
                                   << "zip.duplicate-name";
        QTest::newRow("compressed") << "dduf_compressed/tiny.dduf"
                                    << "dduf.compressed";
    }
    void whatIsNotToBeTrusted() {
        QFETCH(const QString, path);
        QFETCH(const QString, rule);
        const TempFolder temp;
        auto options = optionsFor(data + "/" + path.toStdString(), temp);
        options.include = {"model_index.json"}; // which itself is sound
        const auto plan = planUnpack(options, {});
        VERIFY_OK(plan);
        QVERIFY(plan->blocked());
        QVERIFY(rulesOf(plan->notes).contains(rule.toStdString()));
        QVERIFY(!executeUnpack(*plan, options, {}));
        QVERIFY(!temp.exists("out"));
    }

    void whatBreaksARuleAndHarmsNobody() {
        for (const auto* path : {"dduf_no_index/tiny.dduf", "dduf_unknown_folder/tiny.dduf"}) {
            const TempFolder temp;
            const auto options = optionsFor(data + "/" + path, temp);
            const auto plan = planUnpack(options, {});
            VERIFY_OK(plan);
            QVERIFY(rulesOf(plan->notes).contains("unpack.breaks-rule"));
            VERIFY_OK(executeUnpack(*plan, options, {}));
            QVERIFY(temp.exists("out"));
        }
    }

    /// Every hostile archive is refused, or unpacked to its folder and nowhere else.
    void hostileArchives() {
        std::size_t count = 0;
        for (const auto& file : fs::directory_iterator(SHARDLENS_TEST_HOSTILE "/dduf")) {
            const auto name = file.path().filename().string();
            if (file.path().extension() != ".dduf")
                continue;
            ++count;
            const TempFolder temp;
            const auto report = unpacked(optionsFor(file.path().string(), temp));
            QVERIFY2(report || !temp.exists("out"), name.c_str());
            for (const auto& left : temp.names())
                QVERIFY2(left.starts_with("out/"), (name + ": " + left).c_str());
            const auto begins = [&](std::initializer_list<const char*> prefixes) {
                return std::ranges::any_of(prefixes, [&](auto* prefix) { return name.starts_with(prefix); });
            };
            if (begins({"sound."}))
                QVERIFY2(report, (name + ": " + test::describeIfBad(report)).c_str());
            if (begins({"dduf.entry-name", "dduf.entry-too-deep", "dduf.symlink", "dduf.compressed",
                        "zip.duplicate", "zip.encrypted", "zip.entries", "zip.entry", "zip.local",
                        "zip.multi", "zip.several", "zip.no-end", "zip.truncated", "deep+zip.crc",
                        "zip.crc"}))
                QVERIFY2(!report, name.c_str());
        }
        QVERIFY(count > 40);
    }

    void theArchiveItselfIsNoTarget() {
        const TempFolder temp;
        auto options = optionsFor(archiveOf(temp), temp);
        options.output = options.archive;
        options.force = true;
        QVERIFY(!unpacked(options));
        options.output = temp.path();
        const auto before = temp.read("x.dduf");
        VERIFY_OK(unpacked(options)); // beside the archive, which stays
        QVERIFY(temp.read("x.dduf") == before);
        QVERIFY(temp.exists("unet/config.json"));
    }

    void theCommandThatDoesTheSame() {
        UnpackOptions options;
        options.archive = "x.dduf";
        options.output = "my folder";
        options.include = {"unet", "a.txt"};
        options.force = true;
        COMPARE_TEXT(asCommand(options),
                     "shardlens-cli dduf unpack x.dduf --output 'my folder' --include unet "
                     "--include a.txt --force");
    }
};

QTEST_GUILESS_MAIN(DdufUnpackTest)
#include "dduf_unpack_test.moc"
