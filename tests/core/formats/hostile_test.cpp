// SPDX-License-Identifier: Apache-2.0
// Opens what lies below tests/hostile and expects of each the rule that it is named after. With
// SHARDLENS_WRITE_HOSTILE=1 it writes those files anew that support/hostile_files.cpp makes.
#include "formats/open.h"
#include "formats/survey.h"
#include "support/hostile_files.h"
#include "support/results.h"

#include <QDir>
#include <QFile>
#include <QRegularExpression>
#include <QtTest>

#include <algorithm>
#include <array>
#include <filesystem>
#include <set>
#include <string>

using namespace shardlens;
using namespace shardlens::test;

namespace {

const std::filesystem::path root = SHARDLENS_TEST_HOSTILE;
constexpr std::array Rooms{"pickle", "zip", "torch", "dcp", "hub"};

/// `zip.truncated` of `zip.truncated.pt`.
QString ruleNamed(const QString& name) {
    static const QRegularExpression shape("^([a-z]+\\.[a-z0-9-]+)(\\.[a-z]+)?$");
    return shape.match(name).captured(1);
}

std::string contentOf(const std::filesystem::path& path) {
    QFile file(QString::fromStdString(path.string()));
    return file.open(QIODevice::ReadOnly) ? file.readAll().toStdString() : std::string("absent");
}

std::set<std::string> rulesOf(const std::string& path) {
    std::set<std::string> rules;
    const auto note = [&](const Findings& findings) {
        for (const auto& finding : findings)
            rules.emplace(finding.what.rule->id);
    };
    if (const auto looked = survey(path, {}, {}))
        note(looked->findings);
    const auto opened = open(path, {}, {});
    if (opened)
        note((*opened)->findings());
    else
        rules.emplace(opened.error().rule->id);
    return rules;
}

} // namespace

class HostileTest : public QObject {
    Q_OBJECT

private slots:
    void filesAreAsTheyAreMade() {
        const auto files = hostileFiles();
        const bool write = qEnvironmentVariableIsSet("SHARDLENS_WRITE_HOSTILE");
        std::set<std::string> made;
        for (const auto& file : files) {
            const auto path = root / file.path;
            made.insert(path.string());
            if (write) {
                std::filesystem::create_directories(path.parent_path());
                QFile out(QString::fromStdString(path.string()));
                QVERIFY(out.open(QIODevice::WriteOnly));
                QCOMPARE(out.write(file.bytes.data(), qsizetype(file.bytes.size())),
                         qsizetype(file.bytes.size()));
            }
            QVERIFY2(file.bytes.size() < 64 * 1024, file.path.c_str());
        }
        for (const auto& file : files)
            QVERIFY2(contentOf(root / file.path) == file.bytes, file.path.c_str());
        for (const auto* room : Rooms)
            for (const auto& entry : std::filesystem::recursive_directory_iterator(root / room))
                QVERIFY2(entry.is_directory() || made.contains(entry.path().string()), entry.path().c_str());
    }

    void breaksItsRule_data() {
        QTest::addColumn<QString>("path");
        for (const auto* room : Rooms)
            for (const auto& entry : std::filesystem::directory_iterator(root / room)) {
                const auto name = std::string(room) + "/" + entry.path().filename().string();
                QTest::newRow(name.c_str()) << QString::fromStdString(entry.path().string());
            }
    }

    void breaksItsRule() {
        QFETCH(QString, path);
        const auto rule = ruleNamed(QFileInfo(path).fileName()).toStdString();
        QVERIFY2(!rule.empty(), qPrintable(path));
        const auto found = rulesOf(path.toStdString());
        std::string listed;
        for (const auto& one : found)
            listed += one + " ";
        QVERIFY2(found.contains(rule), listed.c_str());
    }
};

QTEST_GUILESS_MAIN(HostileTest)
#include "hostile_test.moc"
