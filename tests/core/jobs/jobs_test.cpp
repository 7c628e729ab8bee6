// SPDX-License-Identifier: Apache-2.0
#include "jobs/parallel_for.h"
#include "support/results.h"

#include <QtTest>

#include <atomic>
#include <chrono>
#include <mutex>
#include <new>
#include <set>
#include <stdexcept>
#include <thread>
#include <vector>

using namespace shardlens;
using namespace std::chrono_literals;

namespace {

constexpr Rule bad{"test.bad", Severity::Error, "{0}", "-"};

JobContext withThreads(unsigned threads) {
    JobContext context;
    context.threads = threads;
    return context;
}

} // namespace

class JobsTest : public QObject {
    Q_OBJECT

private slots:
    void doesEveryIndexOnce_data() {
        QTest::addColumn<unsigned>("threads");
        for (const unsigned threads : {0u, 1u, 2u, 7u})
            QTest::addRow("%u threads", threads) << threads;
    }
    void doesEveryIndexOnce() {
        QFETCH(const unsigned, threads);
        std::vector<std::atomic<int>> done(1000);
        VERIFY_OK(parallelFor(withThreads(threads), done.size(), [&](std::size_t i) -> Result<void> {
            ++done[i];
            return {};
        }));
        for (const auto& count : done)
            QCOMPARE(count.load(), 1);
        VERIFY_OK(
            parallelFor(withThreads(threads), 0, [](std::size_t) -> Result<void> { return fail(bad); }));
    }

    void usesTheThreadsItMay() {
        std::mutex mutex;
        std::set<std::thread::id> seen;
        VERIFY_OK(parallelFor(withThreads(3), 3, [&](std::size_t) -> Result<void> {
            {
                const std::lock_guard lock(mutex);
                seen.insert(std::this_thread::get_id());
            }
            std::this_thread::sleep_for(100ms);
            return {};
        }));
        QVERIFY(seen.size() > 1 && seen.size() <= 3);
        QVERIFY(seen.contains(std::this_thread::get_id()));
    }

    void theLowestFailureWins() {
        std::atomic<std::size_t> started{0};
        const auto result = parallelFor(withThreads(4), 100'000, [&](std::size_t i) -> Result<void> {
            ++started;
            if (i == 20)
                std::this_thread::sleep_for(50ms);
            if (i == 20 || i == 21)
                return fail(bad, {std::uint64_t{i}});
            return {};
        });
        VERIFY_RULE(result, "test.bad");
        COMPARE_TEXT(message(result.error()), "20");
        QVERIFY(started < 100'000);
    }

    void stopsWhenAsked() {
        std::stop_source source;
        auto context = withThreads(2);
        context.stop = source.get_token();
        VERIFY_OK(context.checkStop());
        std::atomic<std::size_t> started{0};
        const auto result = parallelFor(context, 1'000'000, [&](std::size_t i) -> Result<void> {
            ++started;
            if (i == 10)
                source.request_stop();
            return {};
        });
        VERIFY_RULE(result, "job.cancelled");
        QVERIFY(started < 1'000'000);
        VERIFY_RULE(context.checkStop(), "job.cancelled");
    }

    void exceptions() {
        const auto memory = [](std::size_t i) -> Result<void> {
            if (i == 3)
                throw std::bad_alloc();
            return {};
        };
        VERIFY_RULE(parallelFor(withThreads(2), 10, memory), "job.out-of-memory");
        const auto length = [](std::size_t) -> Result<void> {
            throw std::length_error("x");
        };
        VERIFY_RULE(parallelFor(withThreads(2), 10, length), "job.out-of-memory");
        const auto defect = [](std::size_t) -> Result<void> {
            throw std::logic_error("x");
        };
        QVERIFY_THROWS_EXCEPTION(std::logic_error,
                                 static_cast<void>(parallelFor(withThreads(2), 10, defect)));
    }

    void contextDefaults() {
        const JobContext context;
        QVERIFY(context.threadCount() >= 1);
        QCOMPARE(withThreads(5).threadCount(), 5u);
        context.begin("nothing listens", 5);
        context.add(3);
    }

    void progressTellsStageAndAmount() {
        Progress progress;
        JobContext context;
        context.progress = &progress;
        context.begin("copying", 100);
        context.add(30);
        context.add(12);
        auto now = progress.snapshot();
        COMPARE_TEXT(now.stage, "copying");
        QCOMPARE(now.done, 42u);
        QCOMPARE(now.total, 100u);
        QVERIFY(now.countsBytes);
        QCOMPARE(now.perSecond, 0.0); // nothing measured yet
        QVERIFY(!now.secondsLeft);
        context.begin("checking", 0, false);
        now = progress.snapshot();
        QCOMPARE(now.done, 0u);
        QVERIFY(!now.countsBytes);
    }

    void progressMeasuresTheLastSeconds() {
        Progress progress;
        progress.begin("copying", 100'000'000);
        progress.add(10'000'000); // long ago: must leave the window
        const auto until = [&](std::chrono::steady_clock::time_point end, std::uint64_t step) {
            while (std::chrono::steady_clock::now() < end) {
                progress.add(step);
                static_cast<void>(progress.snapshot());
                std::this_thread::sleep_for(20ms);
            }
        };
        const auto start = std::chrono::steady_clock::now();
        until(start + 600ms, 0);
        const auto early = progress.snapshot();
        QVERIFY(early.perSecond > 1'000'000); // the jump is in the window
        until(start + 3200ms, 0);
        const auto stalled = progress.snapshot();
        QVERIFY2(stalled.perSecond == 0, qPrintable(QString::number(stalled.perSecond)));
        QVERIFY(!stalled.secondsLeft);
        const auto before = progress.snapshot();
        until(start + 5600ms, 1000);
        const auto steady = progress.snapshot();
        const auto truth = double(steady.done - before.done) / (steady.elapsed - before.elapsed);
        QVERIFY2(steady.perSecond > truth / 2 && steady.perSecond < truth * 2,
                 qPrintable(QString::number(steady.perSecond)));
        QVERIFY(steady.secondsLeft.has_value());
        QVERIFY(steady.elapsed > 5);
    }

    void progressFromManyThreads() {
        Progress progress;
        progress.begin("counting", 4000, false);
        {
            std::vector<std::jthread> threads;
            for (int t = 0; t < 4; ++t)
                threads.emplace_back([&progress] {
                    for (int i = 0; i < 1000; ++i) {
                        progress.add(1);
                        static_cast<void>(progress.snapshot());
                    }
                });
        }
        QCOMPARE(progress.snapshot().done, 4000u);
    }
};

QTEST_GUILESS_MAIN(JobsTest)
#include "jobs_test.moc"
