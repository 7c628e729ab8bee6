// SPDX-License-Identifier: Apache-2.0
#include "convert/archive_file.h"
#include "convert/publish_plan.h"
#include "formats/zip/directory.h"
#include "formats/zip/entry_data.h"
#include "formats/zip/local_header.h"
#include "support/results.h"
#include "support/temp_folder.h"

#include <QtTest>

#include <fstream>
#include <random>
#include <string>
#include <utility>
#include <vector>

using namespace shardlens;
using namespace shardlens::convert;
using test::TempFolder;

namespace {

std::string noise(std::size_t bytes, unsigned seed) {
    std::mt19937 random(seed);
    std::string out(bytes, '\0');
    for (auto& c : out)
        c = static_cast<char>(random());
    return out;
}

Piece copied(const std::string& path) {
    const auto source = *openFile(path);
    return {0, source->size(), FileRange{source, 0}};
}

Piece text(std::string bytes) {
    const auto length = bytes.size();
    return {0, length, Literal{std::move(bytes)}};
}

JobContext withThreads(unsigned threads) {
    JobContext context;
    context.threads = threads;
    return context;
}

Result<void> nothingToCheck(const std::string&) {
    return {};
}

} // namespace

class ArchiveFileTest : public QObject {
    Q_OBJECT

    /// Entries of every kind: a text, large and small files, an empty one, several pieces.
    static Plan planIn(const TempFolder& temp) {
        const auto large = temp.write("large", noise(5'300'007, 1));
        const auto small = temp.write("small", noise(1001, 2));
        std::vector<ArchiveEntry> entries;
        entries.push_back({"model_index.json", 2, {text("{}")}});
        entries.push_back({"a/large.safetensors", 5'300'007, {copied(large)}});
        entries.push_back({"a/none.txt", 0, {}});
        entries.push_back({"b/none.txt", 0, {text("")}});
        entries.push_back(
            {"b/mixed.safetensors", 1001 + 3 + 5'300'007, {copied(small), text("mid"), copied(large)}});
        for (int i = 0; i != 300; ++i)
            entries.push_back({"c/" + std::to_string(1000 + i) + ".txt", 1001, {copied(small)}});
        Plan plan;
        auto archive = *planArchive(std::move(entries));
        archive.file.path = "x.dduf";
        plan.target = temp.path("x.dduf");
        plan.singleFile = true;
        plan.bytesWritten = archive.file.bytes;
        plan.files.push_back(std::move(archive.file));
        return plan;
    }

private slots:
    void checksumsAreThoseOfTheData() {
        const TempFolder temp;
        const auto plan = planIn(temp);
        VERIFY_OK(publishPlan(plan, {}, nothingToCheck, withThreads(4)));
        const auto source = *openFile(plan.target);
        const auto directory = *zip::Directory::read(*source, {});
        QVERIFY(directory.anomalies().empty());
        QCOMPARE(directory.entries().size(), 305u);
        for (const auto& entry : directory.entries()) {
            VERIFY_OK(zip::verifyEntry(*source, directory, entry, {}));
            QCOMPARE(entry.crc32 == 0, entry.bytes == 0);
            QVERIFY(zip::readLocalHeader(*source, directory, entry)->disagreements.empty());
        }
        const auto mixed =
            *zip::readEntry(*source, directory, *directory.find("b/mixed.safetensors"), 1 << 30);
        QVERIFY(test::textOf(mixed) == temp.read("small") + "mid" + temp.read("large"));
    }

    void sameBytesWhateverTheThreads() {
        const TempFolder temp;
        const auto plan = planIn(temp);
        std::string first;
        for (const unsigned threads : {1u, 2u, 7u}) {
            auto context = withThreads(threads);
            context.memory = threads == 7 ? 2 << 20 : context.memory; // other segments
            Options options;
            options.force = true;
            VERIFY_OK(publishPlan(plan, options, nothingToCheck, context));
            if (first.empty())
                first = temp.read("x.dduf");
            QVERIFY(temp.read("x.dduf") == first);
        }
    }

    void aWrongSumLeavesNothing() {
        const TempFolder temp;
        Plan plan;
        plan.target = temp.path("out");
        PlannedFile file;
        file.path = "a/b.txt";
        file.pieces.push_back(copied(temp.write("in", noise(3'000'000, 3))));
        file.bytes = file.pieces.front().length;
        file.crc32 = 0x12345678;
        plan.files.push_back(file);
        VERIFY_RULE(publishPlan(plan, {}, nothingToCheck, withThreads(3)), "zip.crc-mismatch");
        QCOMPARE(temp.names(), std::vector<std::string>{"in"});
        plan.files.front().crc32 = zip::updateCrc(0, test::bytesOf(temp.read("in")));
        VERIFY_OK(publishPlan(plan, {}, nothingToCheck, withThreads(3)));
        QVERIFY(temp.read("out/a/b.txt") == temp.read("in"));
    }

    void aFileThatChangedIsNotCopied() {
        const TempFolder temp;
        const auto plan = planIn(temp);
        temp.write("small", noise(1001, 9));
        const auto report = publishPlan(plan, {}, nothingToCheck, {});
        QVERIFY(test::ruleOf(report).ends_with("changed"));
        QVERIFY(!temp.exists("x.dduf"));
    }

    void whatTheCheckRefusesIsNotPublished() {
        const TempFolder temp;
        const auto plan = planIn(temp);
        const auto refuse = [](const std::string&) -> Result<void> {
            return fail(rules::JobCancelled);
        };
        VERIFY_RULE(publishPlan(plan, {}, refuse, {}), "job.cancelled");
        QCOMPARE(temp.names(), (std::vector<std::string>{"large", "small"}));
    }

    void anArchiveOfItself() {
        const TempFolder temp;
        auto plan = planIn(temp);
        plan.target = temp.path("large");
        plan.files.front().path = "large";
        Options options;
        options.force = true;
        VERIFY_RULE(publishPlan(plan, options, nothingToCheck, {}), "convert.target-is-input");
    }
};

QTEST_GUILESS_MAIN(ArchiveFileTest)
#include "archive_file_test.moc"
