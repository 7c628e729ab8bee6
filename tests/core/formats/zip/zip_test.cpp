// SPDX-License-Identifier: Apache-2.0
#include "formats/zip/directory.h"
#include "formats/zip/entry_data.h"
#include "formats/zip/local_header.h"
#include "support/zip_maker.h"

#include <QTest>

#include <zlib.h>

#include <algorithm>
#include <random>
#include <string>

using namespace shardlens;
using namespace shardlens::zip;
using shardlens::test::makeZip;
using shardlens::test::ZipMakerEntry;
using shardlens::test::ZipMakerOptions;

namespace {

ByteSourcePtr sourceOf(const std::vector<ZipMakerEntry>& entries, const ZipMakerOptions& options = {}) {
    return memorySource("a.zip", makeZip(entries, options));
}

std::string textOf(const std::vector<std::byte>& bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string deflated(const std::string& text) {
    std::string out(compressBound(text.size()) + 64, '\0');
    z_stream stream{};
    deflateInit2(&stream, 9, Z_DEFLATED, -MAX_WBITS, 9, Z_DEFAULT_STRATEGY);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    deflate(&stream, Z_FINISH);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}

QByteArray rulesOf(const std::vector<Error>& errors) {
    QByteArray out;
    for (const auto& error : errors)
        out +=
            (out.isEmpty() ? "" : " ") + QByteArray(error.rule->id.data(), qsizetype(error.rule->id.size()));
    return out;
}

QByteArray ruleOf(const Error& error) {
    return {error.rule->id.data(), qsizetype(error.rule->id.size())};
}

} // namespace

class ZipTest : public QObject {
    Q_OBJECT

private slots:
    void readsWhatWritersWrite_data();
    void readsWhatWritersWrite();
    void reportsAnomalies_data();
    void reportsAnomalies();
    void refusesWhatCannotBeRead_data();
    void refusesWhatCannotBeRead();
    void comparesLocalHeaders_data();
    void comparesLocalHeaders();
    void inflates();
    void verifiesData();
    void findsOverlaps();
    void survivesTruncationAnywhere();
    void survivesDamageAnywhere();
};

void ZipTest::readsWhatWritersWrite_data() {
    QTest::addColumn<bool>("zip64Sizes");
    QTest::addColumn<bool>("descriptor");
    QTest::addColumn<int>("padding");
    QTest::addColumn<bool>("zip64End");
    QTest::addColumn<QString>("comment");
    QTest::newRow("plain") << false << false << 0 << false << "";
    QTest::newRow("ZIP64 sizes on every entry") << true << false << 0 << false << "";
    QTest::newRow("descriptors, alignment, ZIP64 end") << false << true << 37 << true << "";
    QTest::newRow("a comment") << true << false << 5 << true << "made by a test";
}

void ZipTest::readsWhatWritersWrite() {
    QFETCH(bool, zip64Sizes);
    QFETCH(bool, descriptor);
    QFETCH(int, padding);
    QFETCH(bool, zip64End);
    QFETCH(QString, comment);
    ZipMakerEntry first{
        .name = "folder/one", .data = "hello", .zip64Sizes = zip64Sizes, .descriptor = descriptor};
    first.padding = static_cast<std::size_t>(padding);
    const ZipMakerEntry second{.name = "two", .data = "", .mode = 0120777};
    ZipMakerOptions options;
    options.zip64End = zip64End;
    options.comment = comment.toStdString();
    const auto source = sourceOf({first, second}, options);
    const auto directory = Directory::read(*source, {});
    QVERIFY(directory);
    QCOMPARE(rulesOf(directory->anomalies()), QByteArray());
    QCOMPARE(directory->entries().size(), std::size_t{2});
    QCOMPARE(directory->hasZip64End(), zip64End);
    const auto* one = directory->find("folder/one");
    QVERIFY(one);
    QVERIFY(!directory->find("folder"));
    QVERIFY(directory->find("two")->symlink());
    const auto content = readEntry(*source, *directory, *one, 100);
    QVERIFY(content);
    QCOMPARE(textOf(*content), std::string("hello"));
    const auto local = readLocalHeader(*source, *directory, *one);
    QVERIFY(local);
    QCOMPARE(rulesOf(local->disagreements), QByteArray());
    QCOMPARE(local->data.size(), std::uint64_t{5});
}

void ZipTest::reportsAnomalies_data() {
    QTest::addColumn<QByteArray>("rule");
    QTest::addColumn<QByteArray>("bytes");
    const auto row = [](const char* rule, const std::vector<ZipMakerEntry>& entries,
                        const ZipMakerOptions& options) {
        const auto bytes = makeZip(entries, options);
        QTest::newRow(rule) << QByteArray(rule)
                            << QByteArray(reinterpret_cast<const char*>(bytes.data()),
                                          qsizetype(bytes.size()));
    };
    const ZipMakerEntry good{.name = "a", .data = "data"};
    ZipMakerOptions options;
    options.prepended = "#!/bin/sh\n";
    row("zip.prepended-data", {good}, options);
    options = {};
    options.trailing = "more";
    row("zip.trailing-bytes", {good}, options);
    options = {};
    options.countDelta = 1;
    row("zip.entry-count-disagrees", {good}, options);
    options = {};
    const auto inner = makeZip({good});
    options.comment = textOf(inner);
    row("zip.several-end-records", {good}, options);
    row("zip.duplicate-name", {good, good}, {});
    ZipMakerEntry away = good;
    away.centralOffset = 1'000'000;
    row("zip.entry-past-end", {away}, {});
    // The directory's ZIP64 extra claims to be longer than the room that it has.
    auto longExtra = textOf(makeZip({{.name = "a", .data = "data", .zip64Sizes = true}}));
    const auto field = longExtra.rfind(std::string("\x01\0\x10\0", 4));
    QVERIFY(field != longExtra.npos);
    longExtra[field + 2] = '\x7f';
    QTest::newRow("zip.extra-broken")
        << QByteArray("zip.extra-broken") << QByteArray(longExtra.data(), qsizetype(longExtra.size()));
}

void ZipTest::reportsAnomalies() {
    QFETCH(QByteArray, rule);
    QFETCH(QByteArray, bytes);
    const auto* begin = reinterpret_cast<const std::byte*>(bytes.constData());
    const auto source = memorySource("a.zip", {begin, begin + bytes.size()});
    const auto directory = Directory::read(*source, {});
    QVERIFY(directory);
    QVERIFY2(rulesOf(directory->anomalies()).startsWith(rule), rulesOf(directory->anomalies()));
    QVERIFY(directory->anomalies().front().where.offset);
    QVERIFY(!directory->entries().empty());
}

void ZipTest::refusesWhatCannotBeRead_data() {
    QTest::addColumn<QByteArray>("rule");
    QTest::addColumn<QByteArray>("bytes");
    const auto row = [](const char* name, const char* rule, const std::string& bytes) {
        QTest::newRow(name) << QByteArray(rule) << QByteArray(bytes.data(), qsizetype(bytes.size()));
    };
    const ZipMakerEntry good{.name = "a", .data = std::string(100, 'x')};
    const auto whole = textOf(makeZip({good}));
    row("empty", "zip.no-end-record", "");
    row("text", "zip.no-end-record", "this is no archive");
    row("cut off", "zip.truncated", whole.substr(0, whole.size() - 30));
    ZipMakerOptions options;
    options.disk = 3;
    row("disks", "zip.multi-disk", textOf(makeZip({good}, options)));
    auto lies = whole;
    lies[lies.size() - 22 + 12 + 2] = 1; // the directory's size
    row("directory larger than the file", "zip.directory-broken", lies);
    lies = whole;
    lies[lies.size() - 22 - 47] = 'Q'; // the central signature
    row("no entry in the directory", "zip.directory-broken", lies);
}

void ZipTest::refusesWhatCannotBeRead() {
    QFETCH(QByteArray, rule);
    QFETCH(QByteArray, bytes);
    const auto* begin = reinterpret_cast<const std::byte*>(bytes.constData());
    const auto directory = Directory::read(*memorySource("a.zip", {begin, begin + bytes.size()}), {});
    QVERIFY(!directory);
    QCOMPARE(ruleOf(directory.error()), rule);

    Limits limits;
    limits.zipEntries = 1;
    JobContext context;
    context.limits = &limits;
    const ZipMakerEntry entry{.name = "a", .data = "x"};
    const auto many = Directory::read(*sourceOf({entry, entry, entry}), context);
    QVERIFY(!many);
    QCOMPARE(ruleOf(many.error()), QByteArray("zip.directory-too-large"));
}

void ZipTest::comparesLocalHeaders_data() {
    QTest::addColumn<QByteArray>("rule");
    QTest::addColumn<QString>("localName");
    QTest::addColumn<quint64>("centralBytes");
    QTest::addColumn<quint64>("centralOffset");
    QTest::newRow("name") << QByteArray("zip.local-header-disagrees") << "b" << quint64(0) << quint64(0);
    QTest::newRow("size") << QByteArray("zip.local-header-disagrees zip.local-header-disagrees") << ""
                          << quint64(3) << quint64(0);
    QTest::newRow("past the end") << QByteArray("zip.entry-past-end") << "" << quint64(5000) << quint64(0);
    QTest::newRow("2^63") << QByteArray("zip.entry-past-end") << "" << (quint64(1) << 63) << quint64(0);
    QTest::newRow("no header there") << QByteArray("zip.local-header-broken") << "" << quint64(0)
                                     << quint64(2);
}

void ZipTest::comparesLocalHeaders() {
    QFETCH(QByteArray, rule);
    QFETCH(QString, localName);
    QFETCH(quint64, centralBytes);
    QFETCH(quint64, centralOffset);
    ZipMakerEntry entry{.name = "a", .data = std::string(50, 'x')};
    entry.localName = localName.toStdString();
    entry.centralBytes = centralBytes;
    entry.centralOffset = centralOffset;
    const auto source = sourceOf({entry});
    const auto directory = Directory::read(*source, {});
    QVERIFY(directory);
    const auto local = readLocalHeader(*source, *directory, directory->entries().front());
    QCOMPARE(local ? rulesOf(local->disagreements) : ruleOf(local.error()), rule);
}

void ZipTest::inflates() {
    const std::string text(300'000, 'q');
    ZipMakerEntry entry{.name = "a", .data = deflated(text), .method = 8};
    // makeZip knows the stored size alone: the real one is patched into the directory.
    auto bytes = makeZip({entry});
    const auto directoryAt = bytes.size() - 22 - 47;
    const auto size = static_cast<std::uint32_t>(text.size());
    std::memcpy(bytes.data() + directoryAt + 24, &size, 4);
    const auto crc = updateCrc(0, std::as_bytes(std::span(text)));
    std::memcpy(bytes.data() + directoryAt + 16, &crc, 4);
    const auto source = memorySource("a.zip", bytes);
    const auto directory = Directory::read(*source, {});
    QVERIFY(directory);
    const auto content = readEntry(*source, *directory, directory->entries().front(), 1'000'000);
    QVERIFY(content);
    QCOMPARE(textOf(*content), text);
    const auto refused = readEntry(*source, *directory, directory->entries().front(), 1000);
    QVERIFY(!refused);
    QCOMPARE(ruleOf(refused.error()), QByteArray("io.too-large"));
    // A bomb: more comes out than the directory claims.
    const std::uint32_t claimed = 1000;
    std::memcpy(bytes.data() + directoryAt + 24, &claimed, 4);
    const auto bomb = memorySource("a.zip", bytes);
    const auto bombDirectory = Directory::read(*bomb, {});
    QVERIFY(bombDirectory);
    const auto bombContent = readEntry(*bomb, *bombDirectory, bombDirectory->entries().front(), 1'000'000);
    QVERIFY(!bombContent);
    QCOMPARE(ruleOf(bombContent.error()), QByteArray("zip.directory-broken"));
}

void ZipTest::verifiesData() {
    const auto verify = [](ZipMakerEntry entry) -> QByteArray {
        const auto source = sourceOf({entry});
        const auto directory = Directory::read(*source, {});
        const auto verified = verifyEntry(*source, *directory, directory->entries().front(), {});
        return verified ? QByteArray("good") : ruleOf(verified.error());
    };
    ZipMakerEntry entry{.name = "a", .data = std::string(3'000'000, 'x')};
    QCOMPARE(verify(entry), QByteArray("good"));
    entry.crcDelta = 1;
    QCOMPARE(verify(entry), QByteArray("zip.crc-mismatch"));
    entry.crcDelta = -std::int64_t{updateCrc(0, std::as_bytes(std::span(entry.data)))};
    QCOMPARE(verify(entry), QByteArray("good")); // no CRC was written
    entry.flags = Entry::FlagEncrypted;
    QCOMPARE(verify(entry), QByteArray("zip.encrypted"));
    entry.flags = 0;
    entry.method = 93;
    QCOMPARE(verify(entry), QByteArray("zip.method-unsupported"));
}

void ZipTest::findsOverlaps() {
    ZipMakerEntry hidden{.name = "a", .data = std::string(100, 'x')};
    ZipMakerEntry second{.name = "b", .data = "y"};
    const auto inner = makeZip({hidden});
    // The second entry's offset points at the first one's header.
    const ZipMakerEntry front{.name = "c", .data = std::string(10, 'z')};
    second.centralOffset = 30 + 1 + 10;
    hidden.name = "a";
    const auto source = sourceOf({front, hidden, second});
    const auto directory = Directory::read(*source, {});
    QVERIFY(directory);
    std::vector<LocalHeader> headers;
    for (const auto& entry : directory->entries()) {
        auto local = readLocalHeader(*source, *directory, entry);
        headers.push_back(local ? *local : LocalHeader{});
    }
    QCOMPARE(rulesOf(findOverlaps(*source, *directory, headers)), QByteArray("zip.entries-overlap"));
}

void ZipTest::survivesTruncationAnywhere() {
    const ZipMakerEntry entry{.name = "folder/a", .data = "some data", .zip64Sizes = true};
    ZipMakerOptions options;
    options.zip64End = true;
    const auto whole = makeZip({entry, entry}, options);
    for (std::size_t length = 0; length < whole.size(); ++length) {
        const auto source =
            memorySource("a.zip", {whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length)});
        QVERIFY(!Directory::read(*source, {}));
    }
}

void ZipTest::survivesDamageAnywhere() {
    const ZipMakerEntry entry{
        .name = "folder/a", .data = "some data", .zip64Sizes = true, .descriptor = true};
    ZipMakerOptions options;
    options.zip64End = true;
    const auto whole = makeZip({entry, {.name = "b", .data = "x"}}, options);
    std::mt19937 random(1);
    int opened = 0;
    for (int round = 0; round < 20'000; ++round) {
        auto bytes = whole;
        for (int hits = 0; hits < 3; ++hits)
            bytes[random() % bytes.size()] = static_cast<std::byte>(random());
        const auto source = memorySource("a.zip", bytes);
        const auto directory = Directory::read(*source, {});
        if (!directory)
            continue;
        ++opened;
        for (const auto& found : directory->entries()) {
            const auto content = readEntry(*source, *directory, found, 1 << 20);
            QVERIFY(!content || content->size() == found.bytes);
        }
    }
    QVERIFY(opened > 0);
}

QTEST_GUILESS_MAIN(ZipTest)
#include "zip_test.moc"
