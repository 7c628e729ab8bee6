// SPDX-License-Identifier: Apache-2.0
#include "formats/open.h"
#include "ui/dialogs/consolidate_dialog.h"
#include "ui/dialogs/left_out_model.h"
#include "ui/dialogs/more_options.h"
#include "ui/dialogs/plan_files_model.h"
#include "ui/dialogs/plan_notes.h"
#include "ui/dialogs/prefixes.h"
#include "ui/jobs/job_list.h"
#include "ui/settings/settings.h"

#include <QAbstractItemModelTester>
#include <QComboBox>
#include <QDir>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QPushButton>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace shardlens;
using namespace shardlens::ui;

namespace {

const std::string Sound = SHARDLENS_TEST_DATA "/st_metadata/model.safetensors";
const std::string Truncated = SHARDLENS_TEST_DATA "/st_truncated/model.safetensors";

} // namespace

class ConsolidateTest : public QObject {
    Q_OBJECT

private:
    QTemporaryDir m_folder;
    JobRunner m_runner;
    Settings m_settings{m_folder.filePath(QStringLiteral("settings.ini"))};
    JobList m_jobs{&m_runner};
    Services m_services{&m_runner, &m_jobs, &m_settings, nullptr};

    CheckpointPtr open(const std::string& path) {
        auto opened = shardlens::open(path, {}, {});
        return opened ? *opened : nullptr;
    }

    QString target(const char* name) const { return m_folder.filePath(QString::fromLatin1(name)); }

private slots:
    void plansAtOnceAndFitsASmallScreen() {
        const CheckpointPtr source = open(Sound);
        QVERIFY(source);
        ConsolidateDialog dialog(m_services, source, QString::fromStdString(Sound), target("a"));
        dialog.show();
        QVERIFY(!dialog.startButton()->isEnabled());
        QTRY_VERIFY(dialog.isSettled());
        QVERIFY(dialog.digest());
        QCOMPARE(dialog.digest()->tensors, std::uint64_t{source->tensorCount()});
        QVERIFY(dialog.startButton()->isEnabled());
        QVERIFY(dialog.height() <= 720);
        QVERIFY(dialog.minimumSizeHint().height() <= 720);
        QVERIFY(!QDir(target("a")).exists());
    }

    void everyChangePlansAgainAndTheNewestWins() {
        ConsolidateDialog dialog(m_services, open(Sound), QString::fromStdString(Sound), target("b"));
        QTRY_VERIFY(dialog.isSettled());
        QSignalSpy planned(&dialog, &ConsolidateDialog::planned);
        dialog.target()->setPath(target("c"));
        dialog.target()->setPath(target("d"));
        QVERIFY(!dialog.startButton()->isEnabled()); // what is shown is not what would run
        QTRY_COMPARE(planned.count(), 1);
        QVERIFY(dialog.isSettled());
        QCOMPARE(dialog.digest()->options.output, target("d").toStdString());
        dialog.target()->setPath({});
        QTRY_VERIFY(dialog.isSettled());
        QVERIFY(!dialog.digest());
        QVERIFY(!dialog.startButton()->isEnabled());
        QVERIFY(!dialog.notes()->text().isEmpty());
    }

    void aBlockedPlanOffersToExcludeExactlyTheNamedTensors() {
        const CheckpointPtr source = open(Truncated);
        QVERIFY(source);
        ConsolidateDialog dialog(m_services, source, QString::fromStdString(Truncated), target("e"));
        dialog.show();
        QTRY_VERIFY(dialog.isSettled());
        QVERIFY(dialog.digest()->blocked());
        QVERIFY(!dialog.startButton()->isEnabled());
        const std::vector<std::string> named = dialog.digest()->blockingTensors();
        QVERIFY(!named.empty());
        QVERIFY(dialog.notes()->excludeButton()->isVisible());
        dialog.notes()->excludeButton()->click();
        QCOMPARE(dialog.options().excludeNames, named);
        QTRY_VERIFY(dialog.isSettled());
        for (const PlanNote& note : dialog.digest()->notes)
            for (const std::string& name : named)
                QVERIFY(note.severity != Severity::Error ||
                        std::find(note.tensors.begin(), note.tensors.end(), name) == note.tensors.end());
    }

    void optionsReachThePlanAndTheCommand() {
        ConsolidateDialog dialog(m_services, open(Sound), QString::fromStdString(Sound), target("f"));
        QTRY_VERIFY(dialog.isSettled());
        auto* shards = dialog.findChild<QComboBox*>(QStringLiteral("shards"));
        QVERIFY(shards);
        QVERIFY(!dialog.options().maxShardSize && !dialog.options().singleFile);
        shards->setCurrentIndex(1);
        QVERIFY(dialog.options().singleFile);
        shards->setEditText(QStringLiteral("500 MiB"));
        QCOMPARE(dialog.options().maxShardSize, std::optional<std::uint64_t>(500U << 20));
        QVERIFY(!dialog.options().singleFile);
        shards->setEditText(QStringLiteral("nonsense"));
        QTRY_VERIFY(dialog.isSettled());
        QVERIFY(!dialog.startButton()->isEnabled());
        QVERIFY(dialog.notes()->text().contains(QStringLiteral("nonsense")));
        shards->setCurrentIndex(0);
        QTRY_VERIFY(dialog.isSettled() && dialog.digest());
        const QString command =
            dialog.findChild<QObject*>(QStringLiteral("command"))->property("command").toString();
        QVERIFY2(command.startsWith(QStringLiteral("shardlens-cli convert ")), qPrintable(command));
    }

    void aJobWritesThePlan() {
        const CheckpointPtr source = open(Sound);
        ConsolidateDialog dialog(m_services, source, QString::fromStdString(Sound), target("written"));
        QSignalSpy started(&dialog, &ConsolidateDialog::started);
        QTRY_VERIFY(dialog.isSettled());
        QVERIFY(dialog.startButton()->isEnabled());
        dialog.startButton()->click();
        QCOMPARE(started.count(), 1);
        const int job = started.first().first().toInt();
        QTRY_VERIFY(m_jobs.find(job)->report.has_value());
        const JobReport& report = *m_jobs.find(job)->report;
        QVERIFY2(report.outcome == JobReport::Outcome::Done, qPrintable(report.sentence));
        const CheckpointPtr result = open(report.result.toStdString());
        QVERIFY(result);
        QCOMPARE(result->tensorCount(), source->tensorCount());
        QVERIFY(result->findings().empty());

        // The same again: the folder is not empty now, which one button allows.
        ConsolidateDialog again(m_services, source, QString::fromStdString(Sound), target("written"));
        again.show();
        QTRY_VERIFY(again.isSettled());
        QVERIFY(again.digest()->blocked());
        QVERIFY(again.notes()->replaceButton()->isVisible());
        again.notes()->replaceButton()->click();
        QTRY_VERIFY(again.isSettled());
        QVERIFY(again.options().force);
        QVERIFY(!again.digest()->blocked());
    }

    void aDialogMayGoWhileItPlans() {
        for (int round = 0; round < 5; ++round)
            ConsolidateDialog dialog(m_services, open(Sound), QString::fromStdString(Sound), target("g"));
    }

    void modelsAreSound() {
        convert::Options options;
        options.output = target("h").toStdString();
        options.exclude = {"*"};
        for (const bool all : {true, false}) {
            if (all)
                options.exclude.clear();
            const auto digest = digestPlan(open(Sound), options, {});
            QVERIFY(digest);
            PlanFilesModel files;
            LeftOutModel leftOut;
            QAbstractItemModelTester first(&files, QAbstractItemModelTester::FailureReportingMode::QtTest);
            QAbstractItemModelTester second(&leftOut, QAbstractItemModelTester::FailureReportingMode::QtTest);
            files.setDigest(*digest);
            leftOut.setDigest(*digest);
            QCOMPARE(files.rowCount(), static_cast<int>((*digest)->files.size()));
            const auto json = QJsonDocument::fromJson(planAsJson(**digest)).object();
            QCOMPARE(json[QStringLiteral("schema")].toInt(), 1);
            QCOMPARE(json[QStringLiteral("plan")].toObject()[QStringLiteral("files")].toArray().size(),
                     qsizetype((*digest)->files.size()));
            files.setDigest(nullptr);
            QCOMPARE(files.rowCount(), 0);
        }
    }

    void namesAreToldInAFewWords() {
        std::vector<std::string> names{"model.embed_tokens.weight"};
        for (int layer = 0; layer < 9; ++layer)
            names.push_back("model.layers." + std::to_string(layer) + ".mlp.weight");
        names.emplace_back("lm_head.weight");
        QCOMPARE(holdsText(names), QStringLiteral("embed_tokens, layers.0 … 8, lm_head"));
        QCOMPARE(holdsText({"a"}), QStringLiteral("a"));
        QCOMPARE(holdsText({}), QString());
        QCOMPARE(holdsText({"layers.3.a", "layers.3.b"}), QStringLiteral("layers.3"));
        QCOMPARE(patternOf({"optim.state.a.exp_avg", "optim.state.b.c.exp_avg"}),
                 QStringLiteral("optim.state.*.exp_avg"));
        QCOMPARE(patternOf({"one.name"}), QStringLiteral("one.name"));
        QCOMPARE(patternOf({"a", "b"}), QStringLiteral("*"));
    }
};

QTEST_MAIN(ConsolidateTest)
#include "consolidate_test.moc"
