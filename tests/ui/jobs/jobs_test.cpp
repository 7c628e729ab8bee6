// SPDX-License-Identifier: Apache-2.0
#include "ui/jobs/job_list.h"
#include "ui/jobs/job_row.h"
#include "ui/jobs/jobs_panel.h"
#include "ui/jobs/stall_watchdog.h"

#include <QAccessible>
#include <QLabel>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>
#include <QToolButton>

#include <atomic>

using namespace shardlens;
using namespace shardlens::ui;

namespace {

/// Works until it is asked to stop.
JobReport untilStopped(const JobContext& context) {
    context.begin("copying", 1000);
    context.add(250);
    while (!context.stopped())
        QThread::msleep(1);
    return {JobReport::Outcome::Cancelled, QStringLiteral("stopped"), {}, {}, {}};
}

} // namespace

class JobsTest : public QObject {
    Q_OBJECT

private slots:
    void resultsArriveOnTheReceiversThread() {
        JobRunner runner;
        QThread* receiver = nullptr;
        QThread* worker = nullptr;
        auto job = runner.run<int>([&](const JobContext&) {
            worker = QThread::currentThread();
            return 42;
        });
        int result = 0;
        job.then([&](int value) {
            receiver = QThread::currentThread();
            result = value;
        });
        QTRY_COMPARE(result, 42);
        QCOMPARE(receiver, QThread::currentThread());
        QVERIFY(worker != receiver);
    }

    void droppingAsksToStopAndWaitsForNothing() {
        JobRunner runner;
        std::atomic<bool> stopped{false}, mayEnd{false};
        bool called = false;
        {
            auto job = runner.run<int>([&](const JobContext& context) {
                while (!context.stopped())
                    QThread::msleep(1);
                stopped = true;
                while (!mayEnd)
                    QThread::msleep(1);
                return 1;
            });
            job.then([&](int) { called = true; });
        } // returns at once: the work cannot have ended
        QTRY_VERIFY(stopped);
        mayEnd = true;
        QTest::qWait(50);
        QVERIFY(!called);
    }

    void aReceiverMayDropItsHandleInTheCallback() {
        JobRunner runner;
        std::optional<JobHandle<int>> job;
        int calls = 0;
        job.emplace(runner.run<int>([](const JobContext&) { return 1; }));
        job->then([&](int) {
            job.reset();
            ++calls;
        });
        QTRY_COMPARE(calls, 1);
        QTest::qWait(20);
        QCOMPARE(calls, 1);
    }

    void theRunnersEndStopsEverything() {
        std::atomic<int> ended{0};
        {
            JobRunner runner;
            JobList jobs(&runner);
            auto work = [&ended](const JobContext& context) {
                const JobReport report = untilStopped(context);
                ++ended;
                return report;
            };
            jobs.add(QStringLiteral("one"), work);
            jobs.add(QStringLiteral("two"), work);
            QTRY_VERIFY(jobs.jobs().front().isRunning());
        }
        QCOMPARE(ended.load(), 1); // the queued one never began
    }

    void jobsRunOneAfterTheOther() {
        JobRunner runner;
        JobList jobs(&runner);
        std::atomic<int> running{0}, most{0};
        for (int index = 0; index < 4; ++index)
            jobs.add(QStringLiteral("job"), [&](const JobContext&) {
                most = std::max(most.load(), ++running);
                QThread::msleep(5);
                --running;
                return JobReport{JobReport::Outcome::Done, QStringLiteral("done"), {}, {}, {}};
            });
        QCOMPARE(jobs.unfinished(), 4);
        QTRY_COMPARE(jobs.unfinished(), 0);
        QCOMPARE(most.load(), 1);
        jobs.clearFinished();
        QVERIFY(jobs.jobs().empty());
    }

    void cancellingShowsWithin200Milliseconds() {
        JobRunner runner;
        JobList jobs(&runner);
        JobsPanel panel(&jobs);
        panel.resize(400, 200);
        panel.show();
        const int running = jobs.add(QStringLiteral("Consolidate a → b"), untilStopped);
        const int queued = jobs.add(QStringLiteral("Consolidate c → d"), untilStopped);
        QTRY_COMPARE(panel.summary(), QStringLiteral("1 running, 1 waiting"));
        jobs.cancel(queued);
        jobs.cancel(running);
        QVERIFY(jobs.find(running)->isStopping());
        QTRY_COMPARE(jobs.unfinished(), 0);
        QCOMPARE(jobs.find(running)->report->outcome, JobReport::Outcome::Cancelled);
        QCOMPARE(jobs.find(queued)->report->outcome, JobReport::Outcome::Cancelled);
        QCOMPARE(panel.summary(), QString());
    }

    void aWaitingJobGoesAtOnce() {
        JobRunner runner;
        JobList jobs(&runner);
        const int running = jobs.add(QStringLiteral("first"), untilStopped);
        const int queued = jobs.add(QStringLiteral("second"), untilStopped);
        QTRY_VERIFY(jobs.find(running)->isRunning());
        QVERIFY(jobs.find(queued)->isQueued());
        jobs.cancel(queued);
        QVERIFY(jobs.find(queued)->report.has_value()); // not only when its turn comes
        QVERIFY(jobs.find(running)->isRunning());
        const int now = jobs.add(QStringLiteral("reads alone"), untilStopped, JobList::Start::Now);
        QTRY_VERIFY(jobs.find(now)->isRunning()); // beside the one that writes
        jobs.cancelAll();
        QTRY_COMPARE(jobs.unfinished(), 0);
    }

    void reportsOfferWhatCanBeDone() {
        JobRunner runner;
        JobList jobs(&runner);
        JobsPanel panel(&jobs);
        panel.resize(520, 220);
        panel.show();
        JobReport report;
        report.sentence = QStringLiteral("Wrote it.");
        report.result = report.folder = QStringLiteral("/tmp/out");
        report.source = nullptr;
        report.verify = [](const JobContext&) {
            return JobReport();
        };
        const int id =
            jobs.add(QStringLiteral("Consolidate"), [report](const JobContext&) { return report; });
        QTRY_VERIFY(jobs.find(id)->report.has_value());
        const auto texts = [&panel] {
            QStringList out;
            for (const QPushButton* button : panel.findChildren<QPushButton*>())
                if (button->isVisible())
                    out << button->text();
            return out;
        };
        QCOMPARE(texts(), (QStringList{QStringLiteral("Verify"), QStringLiteral("Open folder"),
                                       QStringLiteral("Open result")}));
        for (QPushButton* button : panel.findChildren<QPushButton*>()) {
            QVERIFY(!button->accessibleName().isEmpty());
            if (button->text() == QLatin1String("Verify"))
                button->click();
        }
        QTRY_COMPARE(jobs.jobs().size(), std::size_t{2});
        QTRY_COMPARE(jobs.unfinished(), 0);
        QVERIFY(!texts().contains(QStringLiteral("Verify")));
    }

    void rowsShowProgressAndReport() {
        JobRunner runner;
        JobList jobs(&runner);
        JobsPanel panel(&jobs);
        panel.resize(420, 220);
        panel.show();
        QSignalSpy folder(&panel, &JobsPanel::openFolderRequested);
        const int id = jobs.add(QStringLiteral("Consolidate"), [](const JobContext& context) {
            untilStopped(context);
            return JobReport{JobReport::Outcome::Done,
                             QStringLiteral("Wrote it."),
                             QStringLiteral("One warning."),
                             QStringLiteral("/tmp/out"),
                             {}};
        });
        auto* row = panel.findChild<JobRow*>();
        QVERIFY(row);
        auto* stop = row->findChild<QToolButton*>();
        QCOMPARE(stop->accessibleName(), QStringLiteral("Stop Consolidate"));
        QTRY_VERIFY(stop->isVisible());
        QTRY_VERIFY(jobs.find(id)->isRunning());
        QTest::mouseClick(stop, Qt::LeftButton);
        QTRY_VERIFY(jobs.find(id)->report.has_value());
        QVERIFY(!stop->isVisible());
        QStringList texts;
        for (const QLabel* label : row->findChildren<QLabel*>())
            texts << label->text();
        QVERIFY(texts.join(QLatin1Char(' ')).contains(QStringLiteral("Wrote it.\nOne warning.")));
        QPushButton* open = nullptr;
        for (QPushButton* button : row->findChildren<QPushButton*>())
            if (button->isVisible())
                open = button;
        QVERIFY(open);
        QTest::mouseClick(open, Qt::LeftButton);
        QCOMPARE(folder.count(), 1);
        QCOMPARE(folder.first().first().toString(), QStringLiteral("/tmp/out"));
    }

    void aPanelMayGoWhileAJobRuns() {
        JobRunner runner;
        JobList jobs(&runner);
        const int id = [&] {
            JobsPanel panel(&jobs);
            panel.show();
            return jobs.add(QStringLiteral("long"), untilStopped);
        }();
        QTRY_VERIFY(jobs.find(id)->isRunning());
        jobs.cancelAll();
        QTRY_COMPARE(jobs.unfinished(), 0);
    }

    void amountsShareAUnit() {
        ProgressSnapshot progress;
        progress.done = 9 * (std::uint64_t{1} << 30);
        progress.total = 15 * (std::uint64_t{1} << 30);
        QCOMPARE(amountText(progress), QStringLiteral("9.00 of 15.0 GiB"));
        progress.done = 512 * 1024;
        QCOMPARE(amountText(progress), QStringLiteral("512 KiB of 15.0 GiB"));
        progress.countsBytes = false;
        progress.done = 1200;
        progress.total = 3400;
        QCOMPARE(amountText(progress), QStringLiteral("1,200 of 3,400"));
        QCOMPARE(rateText(progress), QString());
        progress.countsBytes = true;
        progress.perSecond = 2.0 * (1 << 30);
        progress.secondsLeft = 2.4;
        QCOMPARE(rateText(progress), QStringLiteral("2.00 GiB/s   3 s left"));
        QCOMPARE(durationText(59.2), QStringLiteral("1 min 0 s"));
        QCOMPARE(durationText(3725), QStringLiteral("1 h 2 min"));
    }

    void theWatchdogNoticesAStall() {
        StallWatchdog watchdog;
        QTest::qWait(30);
        watchdog.reset();
        QThread::msleep(80);
        QTRY_VERIFY(watchdog.longest() >= 60);
    }
};

QTEST_MAIN(JobsTest)
#include "jobs_test.moc"
