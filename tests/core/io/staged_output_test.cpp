// SPDX-License-Identifier: Apache-2.0
#include "io/staged_output.h"
#include "support/results.h"
#include "support/temp_folder.h"

#include <QtTest>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <sched.h>
#include <string>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace shardlens;
using namespace shardlens::test;
using Names = std::vector<std::string>;

namespace {

Result<void> put(StagedOutput& output, std::string_view path, std::string_view content, bool sync = true) {
    SHARDLENS_TRY(const auto file, output.create(path, content.size()));
    SHARDLENS_CHECK(file->writeAt(0, bytesOf(content)));
    return file->close(sync);
}

Result<void> publishFiles(const std::string& target, const Names& paths, StagingOptions options = {}) {
    SHARDLENS_TRY(const auto output, StagedOutput::create(target, options));
    for (const auto& path : paths)
        SHARDLENS_CHECK(put(*output, path, "new " + path));
    return output->publish(paths);
}

bool hasStaging(const Names& names) {
    return std::any_of(names.begin(), names.end(),
                       [](const std::string& name) { return name.find(".shardlens-staging-") != name.npos; });
}

} // namespace

class StagedOutputTest : public QObject {
    Q_OBJECT

private slots:
    void appearsWithOneRename() {
        const TempFolder temp;
        {
            const auto output = StagedOutput::create(temp.path("a/b/out"), StagingOptions{});
            VERIFY_OK(output);
            VERIFY_OK(put(**output, "x.bin", "xx"));
            VERIFY_OK(put(**output, "sub/deep/y.bin", "yyy", false));
            VERIFY_OK(put(**output, "unlisted.bin", "z"));
            QVERIFY(!temp.exists("a/b/out"));
            VERIFY_OK((*output)->publish({"sub/deep/y.bin", "x.bin"}));
            QCOMPARE(temp.names("a/b/out"), (Names{"sub/", "sub/deep/", "sub/deep/y.bin", "x.bin"}));
            VERIFY_RULE((*output)->publish({"x.bin"}), "io.write-failed");
            VERIFY_RULE((*output)->create("more", 1), "io.write-failed");
        }
        COMPARE_TEXT(temp.read("a/b/out/sub/deep/y.bin"), "yyy");
        QVERIFY(!hasStaging(temp.names()));
    }

    void keepsTheModeOfAnEmptyFolder() {
        const TempFolder temp;
        std::filesystem::create_directory(temp.path("out"));
        ::chmod(temp.path("out").c_str(), 0750);
        VERIFY_OK(publishFiles(temp.path("out"), {"x"}));
        struct stat status {};
        QCOMPARE(::stat(temp.path("out").c_str(), &status), 0);
        QCOMPARE(status.st_mode & 07777u, 0750u);
        QVERIFY(!hasStaging(temp.names()));
    }

    void leavesNothingUnpublished() {
        const TempFolder temp;
        {
            const auto output = StagedOutput::create(temp.path("a/b/out"), StagingOptions{});
            VERIFY_OK(output);
            VERIFY_OK(put(**output, "x.bin", "xx"));
            QVERIFY(temp.exists("a/b"));
        }
        QCOMPARE(temp.names(), Names{});
    }

    void goesIntoAFolderFileByFile() {
        const TempFolder temp;
        temp.write("out/keep.txt", "mine");
        VERIFY_OK(publishFiles(temp.path("out"), {"sub/a", "b", "index"}));
        QCOMPARE(temp.names("out"), (Names{"b", "index", "keep.txt", "sub/", "sub/a"}));
        COMPARE_TEXT(temp.read("out/sub/a"), "new sub/a");
    }

    void refusesNamesInTheWay() {
        const TempFolder temp;
        temp.write("out/b", "mine");
        VERIFY_RULE(publishFiles(temp.path("out"), {"a", "b"}), "io.target-exists");
        QCOMPARE(temp.names("out"), Names{"b"});
        // A name that comes to stand there only after the file was created.
        const auto output = StagedOutput::create(temp.path("out"), StagingOptions{});
        VERIFY_OK(output);
        VERIFY_OK(put(**output, "c", "1"));
        VERIFY_OK(put(**output, "d", "1"));
        temp.write("out/d", "mine");
        VERIFY_RULE((*output)->publish({"c", "d"}), "io.target-exists");
        QVERIFY(!temp.exists("out/c"));
        COMPARE_TEXT(temp.read("out/d"), "mine");
    }

    void replacesOnlyWithConsent() {
        const TempFolder temp;
        temp.write("out/b", "old");
        temp.write("elsewhere", "untouched");
        std::filesystem::create_symlink(temp.path("elsewhere"), temp.path("out/link"));
        VERIFY_OK(
            publishFiles(temp.path("out"), {"a", "b", "link"}, {.replaceExisting = true, .sync = true}));
        COMPARE_TEXT(temp.read("out/b"), "new b");
        COMPARE_TEXT(temp.read("out/link"), "new link"); // the link was replaced, not what it points to
        COMPARE_TEXT(temp.read("elsewhere"), "untouched");
        QVERIFY(!hasStaging(temp.names()));
    }

    void takesBackWhatCannotBeCompleted() {
        const TempFolder temp;
        temp.write("out/a", "old a");
        {
            const auto output =
                StagedOutput::create(temp.path("out"), {.replaceExisting = true, .sync = false});
            VERIFY_OK(output);
            for (const auto* path : {"a", "n", "sub/m", "z"})
                VERIFY_OK(put(**output, path, "new", false));
            ::unlink(((*output)->stagingPath() + "/z").c_str()); // lost after it was written
            QVERIFY(!(*output)->publish({"a", "n", "sub/m", "z"}));
        }
        QCOMPARE(temp.names("out"), Names{"a"});
        COMPARE_TEXT(temp.read("out/a"), "old a");
    }

    void joinsAFolderThatFillsMeanwhile() {
        const TempFolder temp;
        const auto output = StagedOutput::create(temp.path("out"), StagingOptions{});
        VERIFY_OK(output);
        VERIFY_OK(put(**output, "a", "new"));
        temp.write("out/other", "mine");
        VERIFY_OK((*output)->publish({"a"}));
        QCOMPARE(temp.names("out"), (Names{"a", "other"}));
    }

    void neverLeavesTheTarget_data() {
        QTest::addColumn<QString>("path");
        for (const auto* path : {"../x", "/x", "a/../x", "", "a//b", "a\\b", "a\nb"})
            QTest::newRow(path) << path;
    }
    void neverLeavesTheTarget() {
        QFETCH(const QString, path);
        const TempFolder temp;
        const auto output = StagedOutput::create(temp.path("out"), StagingOptions{});
        VERIFY_OK(output);
        VERIFY_RULE((*output)->create(path.toStdString(), 1), "path.unsafe");
    }

    void followsNoLinkInTheTargetOrTheStaging() {
        const TempFolder temp;
        std::filesystem::create_directories(temp.path("outside"));
        temp.write("out/keep", "mine");
        std::filesystem::create_directory_symlink(temp.path("outside"), temp.path("out/sub"));
        VERIFY_RULE(publishFiles(temp.path("out"), {"sub/x"}), "path.unsafe");
        const auto output = StagedOutput::create(temp.path("fresh"), StagingOptions{});
        VERIFY_OK(output);
        std::filesystem::create_directory_symlink(temp.path("outside"), (*output)->stagingPath() + "/s");
        std::filesystem::create_symlink(temp.path("outside/new"), (*output)->stagingPath() + "/f");
        VERIFY_RULE((*output)->create("s/x", 1), "path.unsafe");
        VERIFY_RULE((*output)->create("f", 1), "io.target-exists");
        QCOMPARE(temp.names("outside"), Names{});
    }

    void refusesTargetsThatAreNoFolder() {
        const TempFolder temp;
        temp.write("file", "x");
        std::filesystem::create_symlink(temp.path("nowhere"), temp.path("dangling"));
        VERIFY_RULE(StagedOutput::create(temp.path("file"), StagingOptions{}), "io.not-a-folder");
        VERIFY_RULE(StagedOutput::create(temp.path("file/below"), StagingOptions{}), "io.not-found");
        VERIFY_RULE(StagedOutput::create(temp.path("dangling"), StagingOptions{}), "io.target-exists");
        VERIFY_RULE(StagedOutput::create("", StagingOptions{}), "io.not-found");
        QCOMPARE(temp.names(), (Names{"dangling", "file"}));
    }

    void writesThroughALinkToTheFolder() {
        const TempFolder temp;
        std::filesystem::create_directories(temp.path("real"));
        std::filesystem::create_directory_symlink(temp.path("real"), temp.path("link"));
        VERIFY_OK(publishFiles(temp.path("link/"), {"x"}));
        QCOMPARE(temp.names("real"), Names{"x"});
        QVERIFY(std::filesystem::is_symlink(temp.path("link")));
    }

    void makesOneFile() {
        const TempFolder temp;
        {
            const auto output =
                StagedOutput::createForFile(temp.path("new/model.safetensors"), StagingOptions{});
            VERIFY_OK(output);
            VERIFY_RULE((*output)->create("other", 1), "path.unsafe");
            VERIFY_OK(put(**output, "model.safetensors", "data"));
            QVERIFY(!temp.exists("new/model.safetensors"));
            VERIFY_OK((*output)->publish({"model.safetensors"}));
        }
        QCOMPARE(temp.names(), (Names{"new/", "new/model.safetensors"}));
        VERIFY_RULE(StagedOutput::createForFile(temp.path("new/model.safetensors"), StagingOptions{}),
                    "io.target-exists");
        VERIFY_RULE(StagedOutput::createForFile(temp.path("new"), {.replaceExisting = true, .sync = true}),
                    "io.target-exists");
        VERIFY_OK(StagedOutput::createForFile(temp.path("p/q/r"), StagingOptions{}));
        QVERIFY(!temp.exists("p"));
    }

    void publishesOnlyWhatWasCreated() {
        const TempFolder temp;
        const auto output = StagedOutput::create(temp.path("out"), StagingOptions{});
        VERIFY_OK(output);
        VERIFY_OK(put(**output, "a", "1"));
        VERIFY_RULE((*output)->publish({"a", "b"}), "io.not-found");
        VERIFY_RULE((*output)->publish({"a", "a"}), "io.not-found");
        VERIFY_RULE((*output)->create("a", 1), "io.target-exists");
        VERIFY_OK((*output)->publish({"a"}));
    }

    void writesFromManyThreads() {
        const TempFolder temp;
        const auto output = StagedOutput::create(temp.path("out"), StagingOptions{});
        VERIFY_OK(output);
        constexpr std::size_t Piece = 4096, Pieces = 64;
        auto file = (*output)->create("x", Piece * Pieces);
        VERIFY_OK(file);
        {
            std::vector<std::jthread> threads;
            for (std::size_t t = 0; t < 4; ++t)
                threads.emplace_back([&file, t] {
                    for (std::size_t i = t; i < Pieces; i += 4) {
                        const std::vector<std::byte> bytes(Piece, std::byte(i));
                        if (!(*file)->writeAt(i * Piece, bytes))
                            std::abort();
                        (*file)->startWriteBack(i * Piece, Piece);
                    }
                });
        }
        VERIFY_OK((*file)->close(true));
        VERIFY_OK((*output)->publish({"x"}));
        const auto content = temp.read("out/x");
        QCOMPARE(content.size(), Piece * Pieces);
        for (std::size_t i = 0; i < Pieces; ++i)
            QCOMPARE(std::count(content.begin() + std::ptrdiff_t(i * Piece),
                                content.begin() + std::ptrdiff_t((i + 1) * Piece), char(i)),
                     std::ptrdiff_t(Piece));
    }

    void aKilledProcessLeavesNothingForLong_data() {
        QTest::addColumn<bool>("filled");
        QTest::newRow("new target") << false;
        QTest::newRow("target with files") << true;
    }
    void aKilledProcessLeavesNothingForLong() {
        QFETCH(const bool, filled);
        const TempFolder temp;
        if (filled)
            temp.write("out/keep", "mine");
        int ready[2];
        QCOMPARE(::pipe(ready), 0);
        const auto child = ::fork();
        if (child == 0) {
            const auto output = StagedOutput::create(temp.path("out"), StagingOptions{});
            const char done = output && put(**output, "sub/x", "half") ? 'y' : 'n';
            if (::write(ready[1], &done, 1) == 1)
                ::pause();
            ::_exit(1);
        }
        char done = 0;
        QCOMPARE(::read(ready[0], &done, 1), ssize_t{1});
        QCOMPARE(done, 'y');
        ::close(ready[0]);
        ::close(ready[1]);
        StagedOutput::removeAbandoned(temp.path("out"));
        QVERIFY(hasStaging(temp.names())); // its process lives
        ::kill(child, SIGKILL);
        QCOMPARE(::waitpid(child, nullptr, 0), child);
        QVERIFY(hasStaging(temp.names()));
        QVERIFY(!temp.exists("out/sub"));
        VERIFY_OK(publishFiles(temp.path("out"), {"x"})); // the next run clears up
        QVERIFY(!hasStaging(temp.names()));
    }

    void leavesForeignFoldersAlone() {
        const TempFolder temp;
        temp.write(".shardlens-staging-1-0000/lock", "somebody else's");
        temp.write(".shardlens-staging-2-0000/precious", "x");
        temp.write("victim/precious", "x");
        std::filesystem::create_directory_symlink(temp.path("victim"),
                                                  temp.path(".shardlens-staging-3-0000"));
        const auto before = temp.names();
        StagedOutput::removeAbandoned(temp.path("out"));
        QCOMPARE(temp.names(), before);
    }

    void aFullDiskIsSaidBeforeWriting() {
        const TempFolder temp;
        const auto free = freeSpace(temp.path("not/yet/there"));
        VERIFY_OK(free);
        QVERIFY(*free > 0);
        const auto output = StagedOutput::create(temp.path("out"), StagingOptions{});
        VERIFY_OK(output);
        const auto tooMuch = *free + (std::uint64_t{1} << 40);
        const auto rule = ruleOf((*output)->create("x", tooMuch));
        // Where a file may not even be that long, the system says so instead.
        QVERIFY2(rule == "io.no-space" || rule == "io.write-failed", rule.c_str());
        QCOMPARE(temp.names((*output)->stagingPath()), Names{});
    }

    void aSmallDiskFillsUp() {
        if (::access("/dev/shm", W_OK) != 0 || !runOnSmallDisk())
            QSKIP("needs the right to mount a small file system");
    }

    void aLimitOfTheProcessIsAnError() {
        const TempFolder temp;
        const auto child = ::fork();
        if (child == 0) {
            ::signal(SIGXFSZ, SIG_IGN);
            const rlimit small{65536, 65536};
            ::setrlimit(RLIMIT_FSIZE, &small);
            const auto output = StagedOutput::create(temp.path("out"), StagingOptions{});
            if (!output)
                ::_exit(10);
            const auto large = (*output)->create("large", 1 << 20);
            const auto file = (*output)->create("small", 1024);
            if (large || !file)
                ::_exit(11);
            const std::vector<std::byte> bytes(1 << 17);
            const auto wrote = (*file)->writeAt(0, bytes);
            ::_exit(ruleOf(wrote) == "io.write-failed" && ruleOf(large) == "io.write-failed" ? 0 : 12);
        }
        int status = 0;
        QCOMPARE(::waitpid(child, &status, 0), child);
        QCOMPARE(WEXITSTATUS(status), 0);
    }

private:
    /// Works in a mount of its own in a namespace of its own; false where that is not allowed.
    static bool runOnSmallDisk();
};

bool StagedOutputTest::runOnSmallDisk() {
    constexpr int NotAllowed = 99;
    const TempFolder temp;
    const auto child = ::fork();
    if (child == 0) {
        const bool mounted = (::unshare(CLONE_NEWNS) == 0 || ::unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0) &&
                             ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
                             ::mount("tmpfs", temp.path().c_str(), "tmpfs", 0, "size=1m") == 0;
        if (!mounted)
            ::_exit(NotAllowed);
        const auto output = StagedOutput::create(temp.path("out"), StagingOptions{});
        if (!output)
            ::_exit(1);
        if (ruleOf((*output)->create("too-large", 2 << 20)) != "io.no-space")
            ::_exit(2);
        if (temp.names((*output)->stagingPath()) != Names{})
            ::_exit(3);
        const auto file = (*output)->create("grows", 4096);
        if (!file)
            ::_exit(4);
        const std::vector<std::byte> bytes(2 << 20);
        if (ruleOf((*file)->writeAt(0, bytes)) != "io.no-space")
            ::_exit(5);
        ::_exit(0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    if (WEXITSTATUS(status) == NotAllowed)
        return false;
    if (status != 0)
        qFatal("the small disk: step %d", WEXITSTATUS(status));
    return true;
}

QTEST_GUILESS_MAIN(StagedOutputTest)
#include "staged_output_test.moc"
