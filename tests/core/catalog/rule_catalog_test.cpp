// SPDX-License-Identifier: Apache-2.0
#include "catalog/rule_catalog.h"
#include "support/results.h"

#include <QDirIterator>
#include <QFile>
#include <QRegularExpression>
#include <QSet>
#include <QtTest>

#include <algorithm>
#include <string>

using namespace shardlens;

namespace {

QString textOf(const QString& path) {
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
}

const QRegularExpression& idShape() {
    static const QRegularExpression shape("^[a-z0-9-]+\\.[a-z0-9-]+$");
    return shape;
}

QString listed(QStringList ids) {
    ids.sort();
    return ids.join(' ');
}

/// The ids of rules that the sources below a folder define.
QSet<QString> definedIn(const QString& folder) {
    static const QRegularExpression definition("\\bRule\\s+\\w+\\s*\\{\\s*\"([^\"]*)\"");
    QSet<QString> ids;
    QDirIterator files(folder, {"*.h", "*.cpp"}, QDir::Files, QDirIterator::Subdirectories);
    while (files.hasNext()) {
        auto matches = definition.globalMatch(textOf(files.next()));
        while (matches.hasNext())
            ids.insert(matches.next().captured(1));
    }
    return ids;
}

/// All that tests say: their sources, what they expect, and the names of hostile files (which are rules'
/// ids).
QString saidInTests() {
    QString text;
    const QString folder = QStringLiteral(SHARDLENS_SOURCE_DIR "/tests");
    QDirIterator sources(folder, {"*.h", "*.cpp"}, QDir::Files, QDirIterator::Subdirectories);
    while (sources.hasNext())
        text += textOf(sources.next());
    QDirIterator expected(folder + "/data/expected", {"*.json"}, QDir::Files);
    while (expected.hasNext())
        text += textOf(expected.next());
    QDirIterator hostile(folder + "/hostile", QDir::Files, QDirIterator::Subdirectories);
    while (hostile.hasNext()) {
        hostile.next();
        text += hostile.fileName() + '\n';
    }
    return text;
}

} // namespace

class RuleCatalogTest : public QObject {
    Q_OBJECT

private slots:
    void idsAreSoundAndUnique() {
        QSet<QString> seen;
        for (const auto* rule : allRules()) {
            const auto id = QString::fromUtf8(rule->id.data(), qsizetype(rule->id.size()));
            QVERIFY2(idShape().match(id).hasMatch(), qPrintable(id));
            QVERIFY2(!seen.contains(id), qPrintable(id));
            seen.insert(id);
        }
        QVERIFY(seen.size() > 50);
    }

    void everyRuleSaysWhatAndWhatToDo() {
        for (const auto* rule : allRules()) {
            const std::string id(rule->id);
            QVERIFY2(!rule->sentence.empty() && !rule->advice.empty(), id.c_str());
            // A sentence may end with another one that stands in a placeholder.
            QVERIFY2(rule->sentence.ends_with('.') || rule->sentence.ends_with('}'), id.c_str());
            QVERIFY2(rule->advice.ends_with('.'), id.c_str());
        }
    }

    void everyRuleOfTheSourcesIsListed() {
        QStringList missing;
        for (const auto& id : definedIn(QStringLiteral(SHARDLENS_SOURCE_DIR "/core")))
            if (findRule(id.toStdString()) == nullptr)
                missing << id;
        QVERIFY2(missing.isEmpty(), qPrintable("not in core/catalog/rule_catalog.cpp: " + listed(missing)));
    }

    void rulesOfProgramsHaveIdsOfTheirOwn() {
        for (const auto* folder : {"ui", "app"})
            for (const auto& id : definedIn(QStringLiteral(SHARDLENS_SOURCE_DIR "/") + folder)) {
                QVERIFY2(idShape().match(id).hasMatch(), qPrintable(id));
                QVERIFY2(findRule(id.toStdString()) == nullptr, qPrintable(id));
            }
    }

    void everyRuleHasATest() {
        const auto said = saidInTests();
        QStringList missing;
        for (const auto* rule : allRules()) {
            const auto id = QString::fromUtf8(rule->id.data(), qsizetype(rule->id.size()));
            const QRegularExpression mention("(?<![\\w.-])" + QRegularExpression::escape(id) + "(?![\\w-])");
            if (!mention.match(said).hasMatch())
                missing << id;
        }
        QVERIFY2(missing.isEmpty(), qPrintable("no test mentions: " + listed(missing)));
    }

    void findsById() {
        QVERIFY(findRule("io.not-found") != nullptr);
        COMPARE_TEXT(findRule("io.not-found")->id, "io.not-found");
        QVERIFY(findRule("io.not-foun") == nullptr);
        QVERIFY(findRule("") == nullptr);
        QVERIFY(findRule("zzz.zzz") == nullptr);
        const auto rules = allRules();
        QVERIFY(std::is_sorted(rules.begin(), rules.end(),
                               [](const Rule* a, const Rule* b) { return a->id < b->id; }));
    }
};

QTEST_GUILESS_MAIN(RuleCatalogTest)
#include "rule_catalog_test.moc"
