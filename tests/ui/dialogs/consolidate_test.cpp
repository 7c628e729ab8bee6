// SPDX-License-Identifier: Apache-2.0
#include "convert/convert.h"
#include "convert/plan_json.h"
#include "formats/open.h"
#include "support/written_checkpoint.h"
#include "ui/dialogs/consolidate_dialog.h"
#include "ui/dialogs/left_out_model.h"
#include "ui/dialogs/more_options.h"
#include "ui/dialogs/plan_files_model.h"
#include "ui/dialogs/plan_notes.h"
#include "ui/jobs/job_list.h"
#include "ui/settings/settings.h"

#include <QAbstractButton>
#include <QAbstractItemModelTester>
#include <QComboBox>
#include <QDir>
#include <QDragEnterEvent>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QMimeData>
#include <QPlainTextEdit>
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

    void whatNamesSuggestIsOneClickAndNeverTaken() {
        test::SafetensorsFile file;
        file.add(QStringLiteral("module.model.a"), {4});
        file.add(QStringLiteral("module.model.b"), {4});
        file.add(QStringLiteral("optim.state.a.exp_avg"), {4});
        file.add(QStringLiteral("train_state.step"), {1});
        QVERIFY(file.write(target("training.safetensors")));
        const CheckpointPtr source = open(target("training.safetensors").toStdString());
        QVERIFY(source);
        ConsolidateDialog dialog(m_services, source, target("training.safetensors"), target("weights"));
        dialog.show();
        QTRY_VERIFY(dialog.isSettled());
        QCOMPARE(dialog.digest()->tensors, std::uint64_t{4}); // nothing is taken by itself
        QVERIFY(!dialog.options().dropOptimizer);
        QVERIFY(!dialog.offers().empty() && dialog.offers().front()->isVisible());
        QCOMPARE(dialog.offers().front()->text(),
                 QStringLiteral(
                     "Weights only, without train_state, prefix module.model. removed: 2 tensors, 16 B"));
        dialog.offers().front()->click();
        QTRY_VERIFY(dialog.isSettled());
        QVERIFY(dialog.options().dropOptimizer);
        QCOMPARE(dialog.digest()->tensors, std::uint64_t{2});
        QCOMPARE(dialog.digest()->plan->renamed.size(), std::size_t{2});
        QCOMPARE(dialog.digest()->plan->renamed.front().second, std::string("a"));
        QVERIFY(dialog.offers().empty());
        const QString command =
            dialog.findChild<QObject*>(QStringLiteral("command"))->property("command").toString();
        QCOMPARE(command, QString::fromStdString(convert::asCommand(
                              target("training.safetensors").toStdString(), dialog.options())));
    }

    void aDroppedLayoutIsCopied() {
        ConsolidateDialog dialog(m_services, open(Sound), QString::fromStdString(Sound), target("i"));
        dialog.show();
        QTRY_VERIFY(dialog.isSettled());
        QVERIFY(!dialog.more()->isVisible());
        QMimeData data;
        data.setUrls({QUrl::fromLocalFile(QString::fromStdString(Sound))});
        QDragEnterEvent enter(QPoint(300, 300), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(&dialog, &enter);
        QVERIFY(enter.isAccepted());
        QVERIFY(dialog.more()->isVisible()); // the place where it would go is in sight
        QDropEvent drop(QPoint(300, 300), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(&dialog, &drop);
        QCOMPARE(dialog.options().like, Sound);
        QTRY_VERIFY(dialog.isSettled());
        QVERIFY(dialog.digest());
    }

    void everyBlockingNoteHasItsOwnButton() {
        auto digest = std::make_shared<PlanDigest>();
        digest->notes.push_back({Severity::Error, "a", QStringLiteral("One."), {}, {}, {"x", "y"}});
        digest->notes.push_back({Severity::Error, "b", QStringLiteral("Two."), {}, {}, {"z"}});
        digest->notes.push_back({Severity::Warning, "c", QStringLiteral("Three."), {}, {}, {"w"}});
        PlanNotes notes;
        notes.setDigest(digest);
        notes.show();
        QCOMPARE(notes.noteButtons().size(), std::size_t{2});
        std::vector<std::string> asked;
        connect(&notes, &PlanNotes::excludeRequested, this,
                [&asked](const std::vector<std::string>& names) { asked = names; });
        notes.noteButtons()[1]->click();
        QCOMPARE(asked, std::vector<std::string>{"z"});
        notes.noteButtons()[0]->click();
        QCOMPARE(asked, (std::vector<std::string>{"x", "y"}));
        notes.excludeButton()->click();
        QCOMPARE(asked, (std::vector<std::string>{"x", "y", "z"}));
    }

    void whatCannotBeReadIsSaid() {
        ConsolidateDialog dialog(m_services, open(Sound), QString::fromStdString(Sound), target("j"));
        QTRY_VERIFY(dialog.isSettled());
        for (QPlainTextEdit* edit : dialog.more()->findChildren<QPlainTextEdit*>()) {
            edit->setPlainText(QStringLiteral("no equals sign"));
            QTRY_VERIFY(dialog.isSettled());
            QVERIFY(!dialog.digest());
            QVERIFY(dialog.notes()->text().contains(QStringLiteral("no equals sign")));
            edit->clear();
            QTRY_VERIFY(dialog.isSettled() && dialog.digest());
        }
    }

    void aReportOffersToVerify() {
        ConsolidateDialog dialog(m_services, open(Sound), QString::fromStdString(Sound), target("verified"));
        QSignalSpy started(&dialog, &ConsolidateDialog::started);
        QTRY_VERIFY(dialog.isSettled());
        dialog.start();
        const int job = started.first().first().toInt();
        QTRY_VERIFY(m_jobs.find(job)->report.has_value());
        QVERIFY(m_jobs.find(job)->report->verify);
        QVERIFY(m_jobs.find(job)->report->source);
        const auto verification = m_jobs.find(job)->report->verify; // once more, after damage
        const int verifying = m_jobs.verify(job);
        QVERIFY(verifying > 0);
        QCOMPARE(m_jobs.verify(job), 0); // offered once
        QTRY_VERIFY(m_jobs.find(verifying)->report.has_value());
        QVERIFY2(m_jobs.find(verifying)->report->outcome == JobReport::Outcome::Done,
                 qPrintable(m_jobs.find(verifying)->report->sentence));
        QFile file(target("verified") + QStringLiteral("/model.safetensors"));
        QVERIFY(file.open(QIODevice::ReadWrite));
        QVERIFY(file.seek(file.size() - 1) && file.putChar('\x5a'));
        file.close();
        QVERIFY(verification({}).outcome == JobReport::Outcome::Failed);
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
            QCOMPARE(planAsJson(**digest),
                     QByteArray::fromStdString(convert::planDocument(*(*digest)->plan)));
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
