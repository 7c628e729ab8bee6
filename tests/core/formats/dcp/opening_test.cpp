// SPDX-License-Identifier: Apache-2.0
// The way from a large .metadata to a checkpoint: every stage has a name and a length, and ends when asked to.
#include "formats/open.h"
#include "support/metadata_writer.h"
#include "support/results.h"
#include "support/temp_folder.h"

#include <QtTest>

#include <atomic>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <thread>

using namespace shardlens;
using namespace shardlens::test;

namespace {

constexpr std::size_t Slices = 120'000;
constexpr int Attempts = 40;

/// Opens while another thread looks at the progress all the time; asks for a stop once it sees `stage`.
struct Watched {
    Result<CheckpointPtr> opened;
    std::set<std::string> stages;
    bool asked = false;
    bool beyondTotal = false;

    static Watched open(const std::string& path, const std::optional<std::string>& stage) {
        std::stop_source stop;
        Progress progress;
        JobContext context;
        context.stop = stop.get_token();
        context.progress = &progress;
        std::atomic<bool> over = false;
        Watched out;
        std::jthread watcher([&] {
            while (!over) {
                const auto now = progress.snapshot();
                out.stages.insert(now.stage);
                out.beyondTotal = out.beyondTotal || now.done > now.total;
                if (!out.asked && now.stage == stage) {
                    out.asked = true;
                    stop.request_stop();
                }
                std::this_thread::yield();
            }
        });
        auto opened = shardlens::open(path, {}, context);
        over = true;
        watcher.join();
        out.opened = std::move(opened);
        return out;
    }
};

} // namespace

class OpeningTest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { writeLargeMetadata(m_folder.path() + "/.metadata", Slices, 8); }

    void tellsItsStages() {
        std::set<std::string> stages;
        for (int attempt = 0; attempt < Attempts && stages.size() < 6; ++attempt) {
            const auto watched = Watched::open(m_folder.path(), std::nullopt);
            VERIFY_OK(watched.opened);
            QVERIFY(!watched.beyondTotal);
            QCOMPARE(std::size_t((*watched.opened)->sliceCount()), Slices);
            stages.insert(watched.stages.begin(), watched.stages.end());
        }
        for (const auto* stage : Stages)
            QVERIFY2(stages.contains(stage), stage);
    }

    void stopsInEveryStage_data() {
        QTest::addColumn<QString>("stage");
        for (const auto* stage : Stages)
            QTest::newRow(stage) << QString::fromLatin1(stage);
    }

    void stopsInEveryStage() {
        QFETCH(QString, stage);
        // A busy machine can keep the watcher from seeing a short stage in time.
        for (int attempt = 0; attempt < Attempts; ++attempt) {
            const auto watched = Watched::open(m_folder.path(), stage.toStdString());
            if (watched.asked && !watched.opened) {
                VERIFY_RULE(watched.opened, "job.cancelled");
                return;
            }
        }
        QFAIL("it went on to the end each time");
    }

private:
    static constexpr const char* Stages[] = {"reading .metadata", "placing slices", "describing tensors",
                                             "adding slices", "checking slices"};
    const TempFolder m_folder;
};

QTEST_GUILESS_MAIN(OpeningTest)
#include "opening_test.moc"
