// SPDX-License-Identifier: Apache-2.0
// What goes wrong while a conversion runs: no input changes, nothing stands under a final name, a second run
// succeeds.
#include "convert/convert.h"
#include "convert/rules.h"
#include "io/rules.h"
#include "io/staged_output.h"
#include "support/slices_on_disk.h"

#include <QtTest>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>
#include <sys/resource.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace shardlens;
using namespace shardlens::convert;
using test::SlicesOnDisk;

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

namespace {

/// Reads like another source until its reads are to fail.
class FailingSource final : public ByteSource {
public:
    FailingSource(ByteSourcePtr real, int readsBefore) : m_real(std::move(real)), m_left(readsBefore) {}
    const std::string& name() const override { return m_real->name(); }
    std::uint64_t size() const override { return m_real->size(); }
    FileIdentity identity() const override { return m_real->identity(); }
    Result<void> readAt(std::uint64_t offset, std::span<std::byte> out) const override {
        if (--m_left < 0)
            return fail(rules::ReadFailed, {name(), std::string("Input/output error")});
        return m_real->readAt(offset, out);
    }

private:
    ByteSourcePtr m_real;
    mutable std::atomic<int> m_left;
};

/// Reads slowly, so that a test can act in the middle.
class SlowSource final : public ByteSource {
public:
    explicit SlowSource(ByteSourcePtr real) : m_real(std::move(real)) {}
    const std::string& name() const override { return m_real->name(); }
    std::uint64_t size() const override { return m_real->size(); }
    FileIdentity identity() const override { return m_real->identity(); }
    Result<void> readAt(std::uint64_t offset, std::span<std::byte> out) const override {
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
        return m_real->readAt(offset, out);
    }
    Result<Descriptor> descriptor() const override { return m_real->descriptor(); }

private:
    ByteSourcePtr m_real;
};

std::string everything(const std::string& folder) {
    std::ostringstream out;
    std::vector<fs::path> paths;
    for (const auto& entry : fs::directory_iterator(folder))
        paths.push_back(entry.path());
    std::ranges::sort(paths);
    for (const auto& path : paths) {
        std::ifstream file(path, std::ios::binary);
        out << path.filename() << file.rdbuf();
    }
    return out.str();
}

/// True where nothing stands in the parent but what is expected, staging folders of dead runs aside.
std::vector<std::string> standing(const std::string& parent) {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(parent))
        if (const auto name = entry.path().filename().string(); !name.starts_with(".shardlens-staging-"))
            names.push_back(name);
    std::ranges::sort(names);
    return names;
}

template <typename Wrap>
CheckpointPtr wrapped(SlicesOnDisk& model, std::size_t files, Wrap wrap) {
    return model.build(files, [&](CheckpointBuilder& builder) {
        for (std::size_t i = 0; i != files; ++i)
            builder.file(FileId(i)).source = wrap(builder.file(FileId(i)).source);
    });
}

} // namespace

class FaultsTest : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    int m_number = 0;

    std::string newFolder() {
        const auto path = m_folder.filePath(QString::number(m_number++)).toStdString();
        fs::create_directory(path);
        return path;
    }

    SlicesOnDisk model(const std::string& folder) {
        SlicesOnDisk out(folder);
        out.add("rows", DType::BF16, {2000, 1000}, 0, 4);
        out.add("columns", DType::F32, {1000, 1000}, 1, 4);
        for (int i = 0; i != 50; ++i)
            out.add("small." + std::to_string(i), DType::F32, {100, 10}, 0, 4);
        return out;
    }

    static Options options(const std::string& parent) {
        Options out;
        out.output = parent + "/out";
        out.maxShardSize = 3'000'000;
        return out;
    }

    static Options small(const std::string& parent) {
        Options out = options(parent);
        out.maxShardSize = 100'000;
        return out;
    }

    void succeeds(const CheckpointPtr& source, Options wanted) {
        wanted.verify = convert::Verify::Full;
        const auto plan = *planConversion(source, wanted, {});
        const auto report = execute(plan, wanted, {});
        if (!report)
            QTest::qFail(describe(report.error()).c_str(), __FILE__, __LINE__);
        for (const auto& entry : fs::directory_iterator(fs::path(wanted.output).parent_path()))
            if (entry.path().filename().string().starts_with(".shardlens-staging-"))
                QTest::qFail("a staging folder is left", __FILE__, __LINE__);
    }

private slots:
    void readErrors() {
        const auto folder = newFolder();
        auto made = model(folder);
        made.build(4);
        const auto before = everything(folder);
        for (const int reads : {0, 1, 5, 20}) {
            const auto parent = newFolder();
            const auto source = wrapped(made, 4, [reads](ByteSourcePtr real) {
                return std::make_shared<FailingSource>(std::move(real), reads);
            });
            const auto plan = *planConversion(source, options(parent), {});
            const auto report = execute(plan, options(parent), {});
            QVERIFY(!report);
            QCOMPARE(std::string(report.error().rule->id), std::string("io.read-failed"));
            QVERIFY(fs::is_empty(parent));
            succeeds(made.build(4), options(parent));
        }
        QVERIFY(everything(folder) == before);
    }

    void cancelAtAnyMoment() {
        const auto folder = newFolder();
        auto made = model(folder);
        const auto source = wrapped(
            made, 4, [](ByteSourcePtr real) { return std::make_shared<SlowSource>(std::move(real)); });
        const auto before = everything(folder);
        std::mt19937 random(7);
        int cancelled = 0;
        for (int round = 0; round != 12; ++round) {
            const auto parent = newFolder();
            const auto plan = *planConversion(source, options(parent), {});
            std::stop_source stop;
            JobContext context;
            context.threads = 2;
            context.stop = stop.get_token();
            std::atomic<Clock::time_point> asked{};
            std::jthread other([&, wait = random() % 150] {
                std::this_thread::sleep_for(std::chrono::milliseconds(wait));
                asked = Clock::now();
                stop.request_stop();
            });
            const auto report = execute(plan, options(parent), context);
            const auto ended = Clock::now();
            if (report)
                continue;
            ++cancelled;
            QCOMPARE(std::string(report.error().rule->id), std::string("job.cancelled"));
            qInfo("ended %.1f ms after it was asked to",
                  std::chrono::duration<double, std::milli>(ended - asked.load()).count());
            QVERIFY(fs::is_empty(parent));
        }
        QVERIFY(cancelled > 0);
        QVERIFY(everything(folder) == before);
    }

    void killedAtAnyMoment() {
        const auto folder = newFolder();
        SlicesOnDisk made(folder); // little, so that many rounds take little
        made.add("columns", DType::F32, {300, 300}, 1, 4);
        for (int i = 0; i != 30; ++i)
            made.add("small." + std::to_string(i), DType::F32, {100, 10}, 0, 4);
        const auto sound = made.build(4);
        const auto before = everything(folder);
        std::mt19937 random(9);
        const auto parent = newFolder();
        int killed = 0;
        const int rounds = qEnvironmentVariableIsSet("SHARDLENS_ROUNDS")
                               ? qEnvironmentVariableIntValue("SHARDLENS_ROUNDS")
                               : 100;
        auto longest =
            std::chrono::microseconds(60'000); // how long a whole run takes is found out by round -1
        for (int round = -1; round != rounds; ++round) {
            const auto began = Clock::now();
            const auto child = ::fork(); // before this process has threads of its own
            QVERIFY(child >= 0);
            if (child == 0) {
                const auto plan = *planConversion(sound, small(parent), {});
                JobContext context;
                context.threads = 2;
                ::_exit(execute(plan, small(parent), context) ? 0 : 1);
            }
            int status = 0;
            if (round >= 0) {
                std::this_thread::sleep_for(longest * (random() % 1000) / 1000);
                ::kill(child, SIGKILL);
            }
            ::waitpid(child, &status, 0);
            if (round < 0)
                longest = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - began);
            killed += WIFSIGNALED(status) ? 1 : 0;
            if (const auto names = standing(parent);
                !names.empty()) { // it was complete before the signal came
                QCOMPARE(names, std::vector<std::string>{"out"});
                QVERIFY(fs::exists(parent + "/out/model.safetensors.index.json"));
                fs::remove_all(parent + "/out");
            }
        }
        QVERIFY(killed > 0);
        succeeds(sound, small(parent));
        QVERIFY(everything(folder) == before);
    }

    void aSourceThatChangesOrShrinks_data() {
        QTest::addColumn<bool>("shrink");
        QTest::newRow("changes") << false;
        QTest::newRow("shrinks") << true;
    }
    void aSourceThatChangesOrShrinks() {
        QFETCH(bool, shrink);
        const auto folder = newFolder();
        auto made = model(folder);
        const auto source = wrapped(
            made, 4, [](ByteSourcePtr real) { return std::make_shared<SlowSource>(std::move(real)); });
        const auto parent = newFolder();
        const auto plan = *planConversion(source, options(parent), {});
        std::jthread other([&] {
            std::this_thread::sleep_for(std::chrono::milliseconds(15));
            if (shrink) {
                fs::resize_file(made.path(3), 1000);
            } else {
                std::ofstream(made.path(3), std::ios::binary | std::ios::app) << "x";
            }
        });
        JobContext context;
        context.threads = 2;
        const auto report = execute(plan, options(parent), context);
        QVERIFY(!report);
        const std::string rule(report.error().rule->id);
        QVERIFY2(rule == "convert.source-changed" || rule == "io.unexpected-end" || rule == "io.changed",
                 rule.c_str());
        QVERIFY(fs::is_empty(parent));
    }

    void aSourceThatVanishedBefore() {
        const auto folder = newFolder();
        auto made = model(folder);
        made.build(4);
        for (int i = 0; i != 4; ++i)
            fs::permissions(made.path(static_cast<std::size_t>(i)), fs::perms::owner_read);
        const auto source = made.build(4, [&](CheckpointBuilder& builder) {
            builder.file(FileId(2u)).source = nullptr;
            builder.file(FileId(2u)).missing = true;
        });
        const auto parent = newFolder();
        const auto plan = planConversion(source, options(parent), {});
        QVERIFY(plan);
        QVERIFY(!execute(*plan, options(parent), {}));
        QVERIFY(fs::is_empty(parent));
    }

    /// RLIMIT_FSIZE stands in for a full disk where nobody may mount one: writes beyond it fail.
    void aDiskThatFills() {
        const auto folder = newFolder();
        auto made = model(folder);
        const auto sound = made.build(4);
        const auto parent = newFolder();
        ::signal(SIGXFSZ, SIG_IGN);
        const auto child = ::fork();
        if (child == 0) {
            const rlimit limit{1'000'000, 1'000'000};
            ::setrlimit(RLIMIT_FSIZE, &limit);
            const auto plan = *planConversion(sound, options(parent), {});
            const auto report = execute(plan, options(parent), {});
            ::_exit(!report && (report.error().rule->id == "io.write-failed" ||
                                report.error().rule->id == "io.no-space")
                        ? 0
                        : 1);
        }
        int status = 1;
        ::waitpid(child, &status, 0);
        QCOMPARE(status, 0);
        QVERIFY(fs::is_empty(parent));
        succeeds(sound, options(parent));
    }

    /// /dev/shm is a small disk of its own where it can be limited; otherwise the room is claimed by the
    /// plan.
    void aDiskThatIsFullBeforehand() {
        const auto folder = newFolder();
        auto made = model(folder);
        const auto source = made.build(4);
        const auto parent = newFolder();
        auto plan = *planConversion(source, options(parent), {});
        plan.bytesWritten = *freeSpace(parent) + (std::uint64_t{1} << 40);
        const auto report = execute(plan, options(parent), {});
        QVERIFY(!report);
        QCOMPARE(std::string(report.error().rule->id), std::string("io.no-space"));
        QVERIFY(fs::is_empty(parent));
    }
};

QTEST_GUILESS_MAIN(FaultsTest)
#include "faults_test.moc"
