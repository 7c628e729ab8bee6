// SPDX-License-Identifier: Apache-2.0
// Disks that fill up, files that go away or may not be read, a disk that is slow to sync.
#include "convert/convert.h"
#include "convert/writer.h"
#include "formats/open.h"
#include "io/rules.h"
#include "support/slices_on_disk.h"
#include "support/written_checkpoint.h"

#include <QtTest>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <functional>
#include <sched.h>
#include <sstream>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace shardlens;
using namespace shardlens::convert;
using test::SlicesOnDisk;

namespace fs = std::filesystem;

namespace {

/// Does something before its n-th read.
class ActingSource final : public ByteSource {
public:
    ActingSource(ByteSourcePtr real, std::function<void()> act, int reads)
        : m_real(std::move(real))
        , m_act(std::move(act))
        , m_left(reads) {}
    const std::string& name() const override { return m_real->name(); }
    std::uint64_t size() const override { return m_real->size(); }
    FileIdentity identity() const override { return m_real->identity(); }
    Result<void> readAt(std::uint64_t offset, std::span<std::byte> out) const override {
        if (m_left-- == 0)
            m_act();
        return m_real->readAt(offset, out);
    }
    Result<Descriptor> descriptor() const override { return m_real->descriptor(); }

private:
    ByteSourcePtr m_real;
    std::function<void()> m_act;
    mutable std::atomic<int> m_left;
};

/// Writes nowhere and remembers what it was asked to wait for.
class RecordedFile final : public OutputFile {
public:
    struct Record {
        std::vector<std::pair<std::uint64_t, std::uint64_t>> waits;
        bool synced = false;
        std::function<void()> onWait;
    };
    explicit RecordedFile(Record& record) : m_record(record) {}
    const std::string& name() const override { return m_name; }
    Result<void> writeAt(std::uint64_t, std::span<const std::byte>) override { return {}; }
    void startWriteBack(std::uint64_t, std::uint64_t) override {}
    Result<void> waitForWriteBack(std::uint64_t offset, std::uint64_t length) override {
        m_record.waits.emplace_back(offset, length);
        if (m_record.onWait)
            m_record.onWait();
        return {};
    }
    int descriptor() const override { return -1; }
    Result<void> close(bool sync) override {
        m_record.synced = sync;
        return {};
    }

private:
    Record& m_record;
    std::string m_name = "recorded";
};

std::string everything(const std::string& folder) {
    std::ostringstream out;
    std::vector<fs::path> paths;
    for (const auto& entry : fs::directory_iterator(folder))
        paths.push_back(entry.path());
    std::ranges::sort(paths);
    for (const auto& path : paths)
        out << path.filename() << std::ifstream(path, std::ios::binary).rdbuf();
    return out.str();
}

std::vector<std::string> names(const std::string& folder) {
    std::vector<std::string> out;
    for (const auto& entry : fs::directory_iterator(folder))
        out.push_back(entry.path().filename().string());
    return out;
}

std::string ruleOf(const Result<Report>& report) {
    return report ? "" : std::string(report.error().rule->id);
}

/// Runs in a process of its own; its verdict is the exit status, 77 where the system does not allow it.
int inChild(const std::function<int()>& work) {
    const auto child = ::fork();
    if (child == 0)
        ::_exit(work());
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

constexpr int NotAllowed = 77;

} // namespace

class DiskFaultsTest : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    int m_number = 0;

    std::string newFolder() {
        const auto path = m_folder.filePath(QString::number(m_number++)).toStdString();
        fs::create_directory(path);
        return path;
    }
    static SlicesOnDisk model(const std::string& folder) {
        SlicesOnDisk out(folder);
        for (int i = 0; i != 4; ++i)
            out.add("layer." + std::to_string(i), DType::F32, {500, 500}, 0, 4); // 1 MB each
        return out;
    }
    static Options options(const std::string& parent) {
        Options out;
        out.output = parent + "/out";
        out.maxShardSize = 1'000'000;
        return out;
    }
    static CheckpointPtr acting(SlicesOnDisk& made, const std::function<void()>& act, int reads) {
        return made.build(4, [&](CheckpointBuilder& builder) {
            auto& source = builder.file(FileId(1u)).source;
            source = std::make_shared<ActingSource>(source, act, reads);
        });
    }
    static Result<Report> run(const CheckpointPtr& source, const Options& wanted, unsigned threads = 1) {
        JobContext context;
        context.threads = threads;
        const auto plan = planConversion(source, wanted, context);
        return plan ? execute(*plan, wanted, context) : Result<Report>(Failure(plan.error()));
    }

private slots:
    /// A disk of 6 MB that something else fills after the first of four files.
    void aSmallDiskThatFillsMeanwhile() {
        const auto folder = newFolder(), disk = newFolder();
        auto made = model(folder);
        made.build(4);
        const auto before = everything(folder);
        const auto status = inChild([&] {
            const bool own =
                ::geteuid() == 0 ? ::unshare(CLONE_NEWNS) == 0 : ::unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0;
            if (!own || ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
                ::mount("tmpfs", disk.c_str(), "tmpfs", 0, "size=6m") != 0)
                return NotAllowed;
            const auto fill = [&] {
                std::ofstream filler(disk + "/filler", std::ios::binary);
                const std::string block(4096, 'x');
                while (filler << block << std::flush) {
                }
            };
            const auto report = run(acting(made, fill, 1), options(disk));
            if (ruleOf(report) != "io.no-space") {
                ::fprintf(stderr, "%s\n", ruleOf(report).c_str());
                return 1;
            }
            if (names(disk) != std::vector<std::string>{"filler"})
                return 2;
            // Full from the beginning: it is said before a byte is written.
            const auto full = run(made.build(4), options(disk));
            if (ruleOf(full) != "io.no-space" || names(disk) != std::vector<std::string>{"filler"})
                return 3;
            fs::remove(disk + "/filler");
            return run(made.build(4), options(disk)) && names(disk) == std::vector<std::string>{"out"} ? 0
                                                                                                       : 4;
        });
        if (status == NotAllowed)
            QSKIP("no disk of its own can be mounted here");
        QCOMPARE(status, 0);
        QVERIFY(everything(folder) == before);
    }

    void aFileThatIsLostOrReplacedMeanwhile_data() {
        QTest::addColumn<QString>("how");
        QTest::newRow("cut") << "cut";
        QTest::newRow("emptied") << "emptied";
        QTest::newRow("written over") << "written over";
        QTest::newRow("lost") << "lost";
        QTest::newRow("replaced") << "replaced";
    }
    void aFileThatIsLostOrReplacedMeanwhile() {
        QFETCH(QString, how);
        const auto folder = newFolder(), parent = newFolder();
        auto made = model(folder);
        const auto sound = made.build(4);
        const auto act = [&] {
            if (how == "cut")
                fs::resize_file(made.path(1), 1000);
            else if (how == "emptied")
                fs::resize_file(made.path(1), 0);
            else if (how == "written over")
                std::ofstream(made.path(1), std::ios::binary)
                    << std::string(fs::file_size(made.path(0)), 'x');
            else
                fs::remove(made.path(1));
            if (how == "replaced")
                fs::copy_file(made.path(0), made.path(1));
        };
        const auto report = run(acting(made, act, 2), options(parent));
        if (!report) { // one that is open may be read to its end without its name
            const auto rule = ruleOf(report);
            QVERIFY2(rule == "convert.source-changed" || rule == "io.unexpected-end" ||
                         rule == "io.changed" || rule == "io.not-found",
                     rule.c_str());
            QVERIFY(names(parent).empty());
        } else {
            QVERIFY(how == "lost" || how == "replaced");
        }
        fs::remove_all(parent + "/out");
        made.build(4); // as they were
        QVERIFY(run(made.build(4), options(parent)));
        QCOMPARE(names(parent), std::vector<std::string>{"out"});
    }

    /// A shard without read permission: a finding, a blocked plan, nothing written; with it, all is well.
    void aFileThatMayNotBeRead() {
        const auto folder = newFolder(), parent = newFolder();
        fs::permissions(m_folder.path().toStdString(), fs::perms::all);
        fs::permissions(folder, fs::perms::all);
        fs::permissions(parent, fs::perms::all);
        for (const auto* name : {"a", "b"}) {
            test::SafetensorsFile file;
            file.add(name, {4, 4});
            QVERIFY(file.write(QString::fromStdString(folder + "/" + name + ".safetensors")));
        }
        const auto before = everything(folder);
        fs::permissions(folder + "/b.safetensors", fs::perms::none);
        const auto status = inChild([&] {
            if (::geteuid() == 0 && (::setgid(65534) != 0 || ::setuid(65534) != 0))
                return NotAllowed;
            const auto source = open(folder, {}, {});
            if (!source)
                return 0; // refused as a whole, with its reason
            const auto report = run(*source, options(parent));
            return !report && names(parent).empty() ? 0 : 1;
        });
        if (status == NotAllowed)
            QSKIP("root reads everything");
        QCOMPARE(status, 0);
        fs::permissions(folder + "/b.safetensors", fs::perms::owner_all);
        QVERIFY(everything(folder) == before);
        QVERIFY(run(*open(folder, {}, {}), options(parent)));
    }

    /// fsync cannot be interrupted: what it waits for is awaited in steps before it, which a cancel ends.
    void theDiskIsWaitedForInSteps() {
        const auto folder = newFolder();
        SlicesOnDisk made(folder);
        made.add("large", DType::U8, {20'000'000}, 0, 2);
        auto wanted = options(newFolder());
        wanted.maxShardSize.reset();
        const auto plan = *planConversion(made.build(2), wanted, {});
        const std::vector<const PlannedFile*> files{&plan.files.front()};
        const auto write = [&](RecordedFile::Record& record, bool sync, const JobContext& context) {
            const auto create = [&](const PlannedFile&) -> Result<std::unique_ptr<OutputFile>> {
                return std::make_unique<RecordedFile>(record);
            };
            return writeFiles(plan, files, WriteTo{create, {}}, sync, context);
        };
        RecordedFile::Record record;
        QVERIFY(write(record, true, {}));
        QVERIFY(record.synced);
        std::uint64_t reached = 0;
        for (const auto& [offset, length] : record.waits) {
            QCOMPARE(offset, reached);
            QVERIFY(length <= 4 << 20);
            reached += length;
        }
        QCOMPARE(reached, plan.files.front().bytes);

        RecordedFile::Record unsynced;
        QVERIFY(write(unsynced, false, {}));
        QVERIFY(unsynced.waits.empty() && !unsynced.synced);

        RecordedFile::Record cancelled;
        std::stop_source stop;
        JobContext context;
        context.stop = stop.get_token();
        cancelled.onWait = [&] {
            stop.request_stop();
        };
        const auto ended = write(cancelled, true, context);
        QVERIFY(!ended);
        QCOMPARE(std::string(ended.error().rule->id), std::string("job.cancelled"));
        QCOMPARE(cancelled.waits.size(), std::size_t{1});
        QVERIFY(!cancelled.synced);
    }
};

QTEST_GUILESS_MAIN(DiskFaultsTest)
#include "disk_faults_test.moc"
