// SPDX-License-Identifier: Apache-2.0
#include "convert/plan_json.h"
#include "convert/sample.h"
#include "formats/open.h"
#include "support/cli_runner.h"

#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QtTest>

using namespace shardlens;
using namespace shardlens::test;

namespace {

/// The words that a POSIX shell would make of a line; a real one says.
QStringList shellWords(const std::string& line) {
    QProcess shell;
    shell.start("/bin/sh", {"-c", "printf '%s\\0' " + QString::fromStdString(line)});
    if (!shell.waitForFinished())
        return {};
    auto out = shell.readAllStandardOutput();
    out.chop(1);
    QStringList words;
    for (const auto& word : out.split('\0'))
        words << QString::fromUtf8(word);
    return words;
}

} // namespace

/// What the window copies "as a command" makes the same plan as the options it was made from.
class ConvertCommandTest : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    std::string at(const char* name) const {
        return m_folder.filePath(QString::fromUtf8(name)).toStdString();
    }

private slots:
    void initTestCase() {
        for (const auto kind : {convert::SampleKind::Slices, convert::SampleKind::Sharded})
            QVERIFY(convert::writeSample(
                {kind, at(kind == convert::SampleKind::Slices ? "slices" : "sharded"), false}, {}));
    }

    void commandsFromOptionsMakeTheSamePlan() {
        QFile map(m_folder.filePath("ref map.json"));
        QVERIFY(map.open(QIODevice::WriteOnly) && map.write(R"({"blocks.0.up_proj.weight": 1})") > 0);
        map.close();
        std::vector<convert::Options> all(9);
        all[0].maxShardSize = 2'000'000;
        all[0].namePattern = "it's a model{suffix}.safetensors";
        all[1].singleFile = true;
        all[1].cast = convert::Cast::BF16;
        all[1].keepDType = {"*norm*", "-\"a b\""};
        all[1].metadata = {{"a", "b=c $HOME `x`"}, {"d", ""}};
        all[2].include = {"-norm", "dtype:bf16"};
        all[2].excludeNames = {"-odd name", "model.norm.weight"};
        all[3].renames = {{"^model=?\\.(\\w+)", "m.$1"}, {"a\\=b", "c=d"}};
        all[3].tied = convert::Tied::Duplicate;
        all[4].stripPrefixes = {"model.", "-x."};
        all[4].dropOptimizer = true;
        all[4].valuesFile = at("some values.json");
        all[5].exclude = {"*norm*"};
        all[5].tiedDrop = {"lm_head.weight"};
        all[5].sideFiles = false;
        all[6].like = at("sharded");
        all[6].likeRenames = {{"^model\\.", "model."}};
        all[7].verify = convert::Verify::Full;
        all[7].sync = false;
        all[7].force = true;
        all[8].mapFile = at("ref map.json");
        for (auto& options : all) {
            options.output = at("a new 'folder'");
            const auto source = open(at("slices"), {}, {});
            QVERIFY(source);
            auto plan = convert::planConversion(*source, options, {});
            QVERIFY(plan);
            if (!plan->blocked()) {
                const auto found = convert::preflight(*plan, options, {});
                QVERIFY(found);
                plan->notes.insert(plan->notes.end(), found->begin(), found->end());
            }
            auto words = shellWords(convert::asCommand(at("slices"), options));
            QCOMPARE(words.takeFirst(), QStringLiteral("shardlens-cli"));
            std::vector<std::string> call;
            for (const auto& word : words)
                call.push_back(word.toStdString());
            call.insert(call.end(), {"--dry-run", "--json"});
            const auto ran = runCli(call);
            QCOMPARE(ran.status, plan->blocked() ? 2 : 0);
            QCOMPARE(QByteArray::fromStdString(ran.out),
                     QByteArray::fromStdString(convert::planDocument(*plan)));
        }
    }
};

QTEST_GUILESS_MAIN(ConvertCommandTest)
#include "convert_command_test.moc"
