// SPDX-License-Identifier: Apache-2.0
// What a path is: recognised, refused with a reason that helps, or never touched.
#include "formats/format_reader.h"
#include "formats/open.h"
#include "formats/survey.h"

#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <filesystem>
#include <string>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

using namespace shardlens;

namespace {

QByteArray text(std::string_view value) {
    return {value.data(), qsizetype(value.size())};
}

QByteArray soundFile() {
    const QByteArray json = R"({"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}} )";
    const auto length = std::uint64_t(json.size());
    return QByteArray(reinterpret_cast<const char*>(&length), 8) + json + "xy";
}

} // namespace

class OpenTest : public QObject {
    Q_OBJECT

private slots:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }
    void cleanup() { m_folder.reset(); }

    void aFileOpensUnderAnyName() {
        for (const auto* name : {"model.safetensors", "0a1b2c", "weights.bin.bak"}) {
            write(name, soundFile());
            const auto opened = open(path(name), {}, {});
            QVERIFY2(opened.has_value(), name);
            QCOMPARE((*opened)->format(), Format::Safetensors);
            QCOMPARE((*opened)->facts().location, path(name));
            QCOMPARE(text((*opened)->file(FileId(0u)).path), QByteArray(name));
            QCOMPARE((*opened)->tensorCount(), 1u);
        }
    }

    void linksAreFollowed() {
        QVERIFY(QDir(m_folder->path()).mkdir("blobs"));
        write("blobs/abc", soundFile());
        std::filesystem::create_symlink("blobs/abc", path("model.safetensors"));
        QVERIFY(open(path("model.safetensors"), {}, {}).has_value());
    }

    // A path without a folder is one in the working folder.
    void aPlainNameOpens() {
        write("model.safetensors", soundFile());
        const auto before = std::filesystem::current_path();
        std::filesystem::current_path(m_folder->path().toStdString());
        const auto opened = open("model.safetensors", {}, {});
        std::filesystem::current_path(before);
        QVERIFY(opened.has_value());
    }

    void surveyNamesTheFile() {
        write("model.safetensors", soundFile());
        const auto looked = survey(path("model.safetensors"), {}, {});
        QVERIFY(looked.has_value());
        QCOMPARE(looked->parts.size(), std::size_t(1));
        QVERIFY(looked->chosenPart() != nullptr);
        QCOMPARE(looked->chosenPart()->format, Format::Safetensors);
        QCOMPARE(looked->chosenPart()->bytes, std::uint64_t(soundFile().size()));
        QVERIFY(!looked->isPlainFolder);
    }

    // Each must be refused without being opened: opening a fifo would wait for a writer.
    void whatIsNoFileIsRefusedAtOnce() {
        QCOMPARE(::mkfifo(path("fifo.safetensors").c_str(), 0600), 0);
        std::filesystem::create_symlink("loop.safetensors", path("loop.safetensors"));
        const int descriptor = ::socket(AF_UNIX, SOCK_STREAM, 0);
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        path("socket.safetensors").copy(address.sun_path, sizeof address.sun_path - 1);
        QCOMPARE(::bind(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
        QElapsedTimer timer;
        timer.start();
        for (const auto& file : {path("fifo.safetensors"), path("loop.safetensors"),
                                 path("socket.safetensors"), std::string("/dev/zero")}) {
            QCOMPARE(ruleOf(file), QByteArray("io.not-a-file"));
            QVERIFY(!isDamage(open(file, {}, {}).error()));
            QVERIFY(!survey(file, {}, {}).has_value());
        }
        ::close(descriptor);
        QVERIFY(timer.elapsed() < 5000);
        QCOMPARE(ruleOf(path("absent.safetensors")), QByteArray("io.not-found"));
    }

    void aFolderNamedLikeAFileIsAFolder() {
        QVERIFY(QDir(m_folder->path()).mkdir("model.safetensors"));
        QCOMPARE(ruleOf(path("model.safetensors")), QByteArray("open.not-recognised"));
    }

    void reasonsHelp_data() {
        QTest::addColumn<QByteArray>("contents");
        QTest::addColumn<QByteArray>("reason");
        const auto row = [](const char* name, const QByteArray& contents, const char* reason) {
            QTest::newRow(name) << contents << QByteArray(reason);
        };
        row("notes.txt", "Some notes.\n", "it is a text file");
        row("config.json", " {\"a\": 1}", "JSON file");
        row("model.gguf", "GGUF\x03", "GGUF");
        row("model.onnx", QByteArray("\x08\x07\x12\x00", 4), "ONNX");
        row("model.h5", "\x89HDF\r\n\x1a\n", "HDF5");
        row("a.npy", "\x93NUMPY\x01", "NumPy");
        row("page", "<!DOCTYPE html><html>", "web page");
        row("a.gz", "\x1f\x8b\x08", "gzip");
        row("empty.txt", "", "it is empty");
        row("noise", QByteArray("\x01\x02\x80\xff", 4), "no known format");
    }

    void reasonsHelp() {
        QFETCH(QByteArray, contents);
        QFETCH(QByteArray, reason);
        const auto* name = QTest::currentDataTag();
        write(name, contents);
        const auto opened = open(path(name), {}, {});
        QVERIFY(!opened.has_value());
        QCOMPARE(text(opened.error().rule->id), QByteArray("open.not-recognised"));
        QVERIFY2(text(message(opened.error())).contains(reason), message(opened.error()).c_str());
        QVERIFY(!isDamage(opened.error()));
    }

    void foldersWithoutACheckpointAreDestinations() {
        const auto folder = m_folder->path().toStdString();
        const auto empty = open(folder, {}, {});
        QVERIFY(text(message(empty.error())).contains("folder is empty"));
        write("notes.txt", "x");
        const auto plain = open(folder, {}, {});
        QCOMPARE(text(plain.error().rule->id), QByteArray("open.not-recognised"));
        QVERIFY(text(message(plain.error())).contains("notes.txt"));
        const auto looked = survey(folder, {}, {});
        QVERIFY(looked.has_value() && looked->isPlainFolder && looked->chosenPart() == nullptr);
    }

    // A file that promises weights and holds none is damage, whatever the format would have been.
    void damageIsToldApart_data() {
        QTest::addColumn<QByteArray>("contents");
        QTest::addColumn<QByteArray>("rule");
        const QByteArray pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12345\n";
        QTest::newRow("a.safetensors") << pointer << QByteArray("file.lfs-pointer");
        QTest::newRow("anything") << pointer << QByteArray("file.lfs-pointer");
        QTest::newRow("empty.safetensors") << QByteArray() << QByteArray("file.empty");
        QTest::newRow("zeros.safetensors") << QByteArray(100, '\0') << QByteArray("file.zeros");
    }

    void damageIsToldApart() {
        QFETCH(QByteArray, contents);
        QFETCH(QByteArray, rule);
        write(QTest::currentDataTag(), contents);
        const auto opened = open(path(QTest::currentDataTag()), {}, {});
        QVERIFY(!opened.has_value());
        QCOMPARE(text(opened.error().rule->id), rule);
        QVERIFY(isDamage(opened.error()));
    }

    void aPartThatIsNotThereNamesThoseThatAre() {
        write("model.safetensors", soundFile());
        const auto opened = open(path("model.safetensors"), {.part = "optim", .variant = "fp16"}, {});
        QCOMPARE(text(opened.error().rule->id), QByteArray("open.no-such-part"));
        QVERIFY2(text(message(opened.error())).contains("optim"), message(opened.error()).c_str());
        QVERIFY2(text(message(opened.error())).contains("the only part"), message(opened.error()).c_str());
        const auto looked = survey(path("model.safetensors"), {.part = "optim", .variant = {}}, {});
        QVERIFY(looked.has_value());
        QVERIFY(looked->chosenPart() == nullptr);
    }

    void readersHaveNames() {
        QVERIFY(!formatReaders().empty());
        for (const auto* reader : formatReaders())
            QVERIFY(!reader->id().empty());
    }

private:
    std::string path(const std::string& name) const { return m_folder->path().toStdString() + "/" + name; }
    void write(const QString& name, const QByteArray& contents) const {
        QFile file(m_folder->filePath(name));
        QVERIFY(file.open(QIODevice::WriteOnly));
        QCOMPARE(file.write(contents), contents.size());
    }
    static QByteArray ruleOf(const std::string& file) {
        const auto opened = open(file, {}, {});
        return opened ? QByteArray("opened") : text(opened.error().rule->id);
    }

    std::unique_ptr<QTemporaryDir> m_folder;
};

QTEST_GUILESS_MAIN(OpenTest)
#include "open_test.moc"
