// SPDX-License-Identifier: Apache-2.0
#include "io/byte_source.h"
#include "io/file_source.h"
#include "support/fault_source.h"
#include "support/results.h"
#include "support/temp_folder.h"

#include <QtTest>

#include <atomic>
#include <fcntl.h>
#include <filesystem>
#include <string>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

using namespace shardlens;
using namespace shardlens::test;
namespace fs = std::filesystem;

namespace {

Result<std::string> readText(const ByteSource& source, std::uint64_t offset, std::size_t length) {
    std::vector<std::byte> bytes(length);
    SHARDLENS_CHECK(source.readAt(offset, bytes));
    return textOf(bytes);
}

std::size_t openDescriptors() {
    std::size_t count = 0;
    for ([[maybe_unused]] const auto& entry : fs::directory_iterator("/proc/self/fd"))
        ++count;
    return count;
}

} // namespace

class ByteSourceTest : public QObject {
    Q_OBJECT

private slots:
    void readsAFile() {
        const TempFolder temp;
        const auto path = temp.write("a.bin", "0123456789");
        const auto file = openFile(path, "a.bin");
        VERIFY_OK(file);
        QCOMPARE((*file)->size(), 10u);
        COMPARE_TEXT((*file)->name(), "a.bin");
        COMPARE_TEXT(readText(**file, 3, 4).value(), "3456");
        COMPARE_TEXT(readText(**file, 10, 0).value(), "");
        VERIFY_RULE(readText(**file, 8, 3), "io.unexpected-end");
        VERIFY_RULE(readText(**file, 11, 0), "io.unexpected-end");
        VERIFY_RULE(readText(**file, ~std::uint64_t{0}, 2), "io.unexpected-end");
        COMPARE_TEXT(textOf(readAll(**file, 10).value()), "0123456789");
        VERIFY_RULE(readAll(**file, 9), "io.too-large");
        (*file)->willRead(0, 10);
        (*file)->willRead(100, ~std::uint64_t{0});
        const auto descriptor = (*file)->descriptor();
        VERIFY_OK(descriptor);
        char c = 0;
        QCOMPARE(::pread(descriptor->fd, &c, 1, 5), ssize_t{1});
        QCOMPARE(c, '5');
        QCOMPARE((*file)->identity().bytes, 10u);
        QVERIFY((*file)->identity() == openFile(path).value()->identity());
    }

    void refusesWhatIsNoFile() {
        const TempFolder temp;
        QCOMPARE(::mkfifo(temp.path("fifo").c_str(), 0600), 0);
        fs::create_directory(temp.path("folder.safetensors"));
        fs::create_symlink("loop-b", temp.path("loop-a"));
        fs::create_symlink("loop-a", temp.path("loop-b"));
        fs::create_symlink("fifo", temp.path("to-fifo"));
        const int socket = ::socket(AF_UNIX, SOCK_STREAM, 0);
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        temp.path("socket").copy(address.sun_path, sizeof address.sun_path - 1);
        QCOMPARE(::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
        for (const auto* name : {"fifo", "folder.safetensors", "loop-a", "to-fifo", "socket"})
            VERIFY_RULE(openFile(temp.path(name)), "io.not-a-file"); // a fifo would block if it were opened
        ::close(socket);
        VERIFY_RULE(openFile("/dev/zero"), "io.not-a-file");
        VERIFY_RULE(openFile(temp.path("nothing")), "io.not-found");
        VERIFY_RULE(openFile(temp.write("file", "x") + "/below"), "io.not-found");
        VERIFY_RULE(openFile(std::string(5000, 'x')), "io.not-found");
        VERIFY_RULE(openFile(temp.path("file") + std::string("\0.txt", 5)), "io.not-found");
        VERIFY_RULE(openFile(""), "io.not-found");
        fs::create_symlink("file", temp.path("link"));
        VERIFY_OK(openFile(temp.path("link")));
    }

    void permission() {
        const TempFolder temp;
        const auto path = temp.write("secret", "x");
        ::chmod(path.c_str(), 0);
        const auto child = ::fork();
        if (child == 0) { // root may read everything
            const bool dropped =
                ::geteuid() != 0 || (::chmod(temp.path().c_str(), 0755) == 0 && ::setuid(65534) == 0);
            ::_exit(dropped && ruleOf(openFile(path)) == "io.no-permission" ? 0 : 1);
        }
        int status = 0;
        QCOMPARE(::waitpid(child, &status, 0), child);
        QCOMPARE(WEXITSTATUS(status), 0);
    }

    void noticesAFileThatShrank() {
        const TempFolder temp;
        const auto path = temp.write("a", std::string(1000, 'x'));
        const auto file = openFile(path).value();
        QCOMPARE(::truncate(path.c_str(), 500), 0);
        COMPARE_TEXT(readText(*file, 0, 1).value(), "x");
        VERIFY_RULE(readText(*file, 400, 200), "io.unexpected-end");
    }

    void readErrorsAreSaid() {
        const TempFolder temp;
        const auto file = openFile(temp.write("a", "xyz")).value();
        const auto descriptor = file->descriptor().value();
        // Takes the file's place behind its number: reading a folder fails in every system.
        const int folder = ::open(temp.path().c_str(), O_RDONLY | O_DIRECTORY);
        QCOMPARE(::dup2(folder, descriptor.fd), descriptor.fd);
        ::close(folder);
        VERIFY_RULE(readText(*file, 0, 1), "io.read-failed");
    }

    void thePoolKeepsFewOpen() {
        const TempFolder temp;
        const auto pool = std::make_shared<DescriptorPool>(4);
        std::vector<ByteSourcePtr> files;
        for (int i = 0; i < 50; ++i)
            files.push_back(
                FileSource::open(temp.write("f" + std::to_string(i), std::to_string(i)), "f", pool).value());
        QCOMPARE(pool->openCount(), 4u);
        const auto descriptors = openDescriptors();
        for (int round = 0; round < 3; ++round)
            for (std::size_t i = 0; i < files.size(); ++i)
                COMPARE_TEXT(readText(*files[i], 0, files[i]->size()).value(), std::to_string(i));
        QCOMPARE(pool->openCount(), 4u);
        QCOMPARE(openDescriptors(), descriptors);
        const auto held = files[0]->descriptor().value();
        for (const auto& file : files)
            VERIFY_OK(readText(*file, 0, 1));
        char c = 0;
        QCOMPARE(::pread(held.fd, &c, 1, 0), ssize_t{1}); // still open, although evicted
        files.clear();
        QCOMPARE(pool->openCount(), 0u);
    }

    void thePoolFromManyThreads() {
        const TempFolder temp;
        const auto pool = std::make_shared<DescriptorPool>(3);
        std::vector<ByteSourcePtr> files;
        for (int i = 0; i < 16; ++i)
            files.push_back(
                FileSource::open(temp.write("f" + std::to_string(i), std::string(4096, char('a' + i))), "f",
                                 pool)
                    .value());
        std::atomic<int> wrong{0};
        {
            std::vector<std::jthread> threads;
            for (std::size_t t = 0; t < 4; ++t)
                threads.emplace_back([&, t] {
                    for (std::size_t i = 0; i < 2000; ++i) {
                        const auto which = (i * 7 + t * 3) % files.size();
                        const auto text = readText(*files[which], 100 * t, 64);
                        if (!text || *text != std::string(64, char('a' + which)))
                            ++wrong;
                    }
                });
        }
        QCOMPARE(wrong.load(), 0);
        QVERIFY(pool->openCount() <= 3);
    }

    void aReopenedFileMustBeTheSame_data() {
        QTest::addColumn<int>("how");
        QTest::newRow("replaced") << 0;
        QTest::newRow("rewritten in place") << 1;
        QTest::newRow("gone") << 2;
        QTest::newRow("now a fifo") << 3;
        QTest::newRow("untouched") << 4;
    }
    void aReopenedFileMustBeTheSame() {
        QFETCH(const int, how);
        const TempFolder temp;
        const auto pool = std::make_shared<DescriptorPool>(1);
        const auto path = temp.write("a", "first");
        const auto file = FileSource::open(path, "a", pool).value();
        const auto other = FileSource::open(temp.write("b", "x"), "b", pool).value(); // takes the only place
        if (how == 0) {
            temp.write("new", "other");
            fs::rename(temp.path("new"), path);
        } else if (how == 1) {
            std::this_thread::sleep_for(std::chrono::milliseconds(20)); // the clock of time stamps is coarse
            temp.write("a", "other");
        } else if (how == 2 || how == 3) {
            fs::remove(path);
        }
        if (how == 3)
            QCOMPARE(::mkfifo(path.c_str(), 0600), 0);
        const std::string expected[] = {"io.changed", "io.changed", "io.not-found", "io.not-a-file", "ok"};
        VERIFY_RULE(readText(*file, 0, 5), expected[how]);
    }

    void outOfDescriptors() {
        const TempFolder temp;
        std::vector<std::string> paths;
        for (int i = 0; i < 40; ++i)
            paths.push_back(temp.write("f" + std::to_string(i), "x"));
        const auto child = ::fork();
        if (child == 0) {
            const rlimit few{24, 24};
            ::setrlimit(RLIMIT_NOFILE, &few);
            std::vector<ByteSourcePtr> files;
            for (const auto& path : paths) { // the pool would keep 256
                auto file = openFile(path);
                if (!file)
                    ::_exit(1);
                files.push_back(*file);
            }
            for (const auto& file : files)
                if (!readText(*file, 0, 1))
                    ::_exit(2);
            ::_exit(0);
        }
        int status = 0;
        QCOMPARE(::waitpid(child, &status, 0), child);
        QCOMPARE(WEXITSTATUS(status), 0);
    }

    void relativePathsOutliveAChangeOfFolder() {
        const TempFolder temp;
        temp.write("a", "x");
        temp.write("b", "y");
        const auto before = fs::current_path();
        fs::current_path(temp.path());
        const auto pool = std::make_shared<DescriptorPool>(1);
        const auto a = FileSource::open("a", "a", pool).value();
        const auto b = FileSource::open("b", "b", pool).value();
        fs::current_path(before);
        COMPARE_TEXT(readText(*a, 0, 1).value(), "x");
    }

    void memoryAndWindows() {
        const auto memory = memorySource("m", bytesOf("0123456789"));
        COMPARE_TEXT(readText(*memory, 2, 3).value(), "234");
        VERIFY_RULE(readText(*memory, 9, 2), "io.unexpected-end");
        VERIFY_RULE(readText(*memory, ~std::uint64_t{0}, 2), "io.unexpected-end");
        QVERIFY(memory->identity() != memorySource("m", bytesOf("0123456789"))->identity());
        QCOMPARE(memory->descriptor()->fd, -1);
        const auto window = windowSource(memory, 4, 4, "w").value();
        COMPARE_TEXT(textOf(readAll(*window, 10).value()), "4567");
        VERIFY_RULE(readText(*window, 3, 2), "io.unexpected-end");
        COMPARE_TEXT(readText(*windowSource(window, 1, 2, "ww").value(), 0, 2).value(), "56");
        VERIFY_RULE(windowSource(memory, 8, 3, "w"), "io.unexpected-end");
        VERIFY_RULE(windowSource(memory, ~std::uint64_t{0}, 2, "w"), "io.unexpected-end");
        VERIFY_OK(windowSource(memory, 10, 0, "w"));
    }

    void faultsForOtherTests() {
        FaultSource source(memorySource("m", bytesOf("0123456789")));
        source.badByte = 5;
        COMPARE_TEXT(readText(source, 0, 5).value(), "01234");
        VERIFY_RULE(readText(source, 4, 2), "io.read-failed");
        source.badByte = {};
        source.endsAt = 8;
        VERIFY_RULE(readText(source, 7, 2), "io.unexpected-end");
        source.changesAtRead = source.reads();
        VERIFY_RULE(readText(source, 0, 1), "io.changed");
        source.claimedSize = ~std::uint64_t{0};
        VERIFY_RULE(readAll(source, ~std::uint64_t{0}), "job.out-of-memory");
    }
};

QTEST_GUILESS_MAIN(ByteSourceTest)
#include "byte_source_test.moc"
