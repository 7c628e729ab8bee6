// SPDX-License-Identifier: Apache-2.0
#include "app/cli/run.h"

#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>
#include <QtTest>

#include <csignal>

/// What only the real program shows: signals, pipes, full disks, descriptors.
class BinaryTest : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    QString m_program = QCoreApplication::applicationDirPath() + "/../app/shardlens-cli";

    struct Ran {
        int status = -1;
        QByteArray out, err;
    };

    /// Runs a line of bash; $CLI is the program, the folder of the test the working folder.
    Ran bash(const QString& line) const {
        QProcess process;
        auto environment = QProcessEnvironment::systemEnvironment();
        environment.insert("CLI", m_program);
        process.setProcessEnvironment(environment);
        process.setWorkingDirectory(m_folder.path());
        process.start("bash", {"-c", line});
        if (!process.waitForFinished(120'000))
            process.kill();
        return {process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -2,
                process.readAllStandardOutput(), process.readAllStandardError()};
    }

    /// A file of one tensor that takes a while to read and no room: all holes.
    void makeBig(const QString& name, qint64 bytes) const {
        const auto header = QByteArray("{\"big\":{\"dtype\":\"U8\",\"shape\":[") + QByteArray::number(bytes) +
                            "],\"data_offsets\":[0," + QByteArray::number(bytes) + "]}}";
        QFile file(m_folder.filePath(name));
        QVERIFY(file.open(QIODevice::WriteOnly));
        QByteArray length(8, '\0');
        length[0] = static_cast<char>(header.size());
        file.write(length + header);
        QVERIFY(file.resize(8 + header.size() + bytes));
    }

private slots:
    void initTestCase() {
        QVERIFY2(QFile::exists(m_program), qPrintable(m_program));
        QCOMPARE(bash("\"$CLI\" sample slices --output slices").status, 0);
    }

    void readersThatGoAwayAreNoTrouble() {
        const auto ran = bash("\"$CLI\" ls slices | head -n 1; echo \"${PIPESTATUS[0]}\"");
        QVERIFY(ran.err.isEmpty());
        QVERIFY(ran.out.endsWith("0\n") || ran.out.endsWith("3\n")); // 0: all fitted into the pipe
        const auto closed = bash("\"$CLI\" ls slices --long 1> >(exec true); wait; true");
        QVERIFY2(closed.err.isEmpty(), closed.err.constData());
    }

    void aFullDiskIsNoticed() {
        const auto ran = bash("\"$CLI\" ls slices > /dev/full");
        QCOMPARE(ran.status, 3);
        QVERIFY(ran.err.contains("Writing the output failed"));
    }

    void noControlCharactersWithoutATerminal() {
        for (const auto* command : {"info", "ls", "tree", "check --deep", "hash", "stats"}) {
            const auto ran = bash(QString("\"$CLI\" %1 slices").arg(command));
            QCOMPARE(ran.status, 0);
            QVERIFY(!ran.out.contains('\x1b') && !ran.err.contains('\x1b') && !ran.err.contains('\r'));
        }
    }

    void interruptedWhileReading() {
        makeBig("huge.safetensors", qint64{64} << 30);
        QProcess process;
        process.start(m_program, {"hash", m_folder.filePath("huge.safetensors"), "--progress", "--verbose"});
        QVERIFY(process.waitForStarted());
        while (!process.readAllStandardError().contains("opened in"))
            QVERIFY(process.waitForReadyRead(30'000) || process.state() == QProcess::Running);
        ::kill(static_cast<pid_t>(process.processId()), SIGINT);
        QVERIFY(process.waitForFinished(30'000));
        QCOMPARE(process.exitStatus(), QProcess::NormalExit);
        QCOMPARE(process.exitCode(), 130);
        QFile::remove(m_folder.filePath("huge.safetensors"));
    }

    void interruptedWhileWriting() {
        makeBig("wide.safetensors", qint64{2} << 30);
        QProcess process;
        process.start(m_program, {"convert", m_folder.filePath("wide.safetensors"), "--output",
                                  m_folder.filePath("out"), "--verify", "full"});
        QVERIFY(process.waitForStarted());
        const auto staging = [&] {
            return !QDir(m_folder.path())
                        .entryList({".shardlens-staging*"}, QDir::AllEntries | QDir::Hidden)
                        .isEmpty();
        };
        QElapsedTimer timer;
        for (timer.start(); !staging() && process.state() == QProcess::Running && timer.elapsed() < 30'000;)
            QTest::qWait(1);
        ::kill(static_cast<pid_t>(process.processId()), SIGINT);
        QVERIFY(process.waitForFinished(60'000));
        if (process.exitCode() == 0)
            QSKIP("the machine was done before it could be interrupted");
        QCOMPARE(process.exitCode(), 130);
        QVERIFY(!staging());
        QVERIFY(!QDir(m_folder.filePath("out")).exists());
    }

    void partsAtOnceGiveWhatOneRunGives() {
        QCOMPARE(bash("\"$CLI\" convert slices --output whole --max-shard-size 400KB").status, 0);
        const auto ran =
            bash("for i in 1 2 3 4; do \"$CLI\" convert slices --output parts --max-shard-size "
                 "400KB --partition $i/4 --json > part-$i.json & done; for job in $(jobs -p); do "
                 "wait $job || exit 9; done; diff -r whole parts");
        QVERIFY2(ran.status == 0, ran.out + ran.err);
        int published = 0;
        for (int i = 1; i <= 4; ++i) {
            QFile file(m_folder.filePath(QString("part-%1.json").arg(i)));
            QVERIFY(file.open(QIODevice::ReadOnly));
            const auto document = QJsonDocument::fromJson(file.readAll()).object();
            QCOMPARE(document["plan"]["partition"]["part"].toInt(), i);
            QVERIFY(!document["plan"]["partition"]["files"].toArray().isEmpty());
            published += document["report"]["published"].toBool() ? 1 : 0;
        }
        QVERIFY(published > 0);
        const auto rank =
            bash("RANK=1 WORLD_SIZE=4 env -u OMPI_COMM_WORLD_RANK -u PMI_RANK -u SLURM_PROCID \"$CLI\" "
                 "convert slices --output else --max-shard-size 400KB --partition auto --dry-run");
        QVERIFY2(rank.out.contains("part 2 of 4 writes"), rank.out + rank.err);
        QCOMPARE(bash("\"$CLI\" convert slices --output else --partition 5/4").status, 2);
        QCOMPARE(bash("\"$CLI\" convert slices --output else --partition 1/4 --finish").status, 2);
        QCOMPARE(bash("\"$CLI\" convert slices --output else --finish").status, 3);
    }

    void aFailingDiskWhileWriting() {
        const auto ran = bash("ulimit -f 100; \"$CLI\" convert slices --output small --verify none");
        QVERIFY2(ran.status == 3 || ran.status == 2, ran.err.constData());
        QVERIFY(!ran.err.isEmpty());
        QVERIFY(!QDir(m_folder.filePath("small")).exists());
    }

    void helpAndVersion() {
        QCOMPARE(bash("\"$CLI\" --version").out, QByteArray("shardlens-cli " SHARDLENS_VERSION "\n"));
        QVERIFY(bash("ldd \"$CLI\" | grep -i qt").out.isEmpty());
    }
};

QTEST_GUILESS_MAIN(BinaryTest)
#include "binary_test.moc"
