// SPDX-License-Identifier: Apache-2.0
#include "base/endian.h"
#include "formats/zip/archive_layout.h"
#include "formats/zip/directory.h"
#include "formats/zip/entry_data.h"
#include "formats/zip/local_header.h"
#include "support/results.h"
#include "support/temp_folder.h"

#include <QtTest>

#include <array>
#include <random>
#include <string>
#include <utility>
#include <vector>

using namespace shardlens;
using namespace shardlens::zip;
using test::bytesOf;

namespace {

constexpr std::uint64_t MiB = 1024 * 1024, GiB = 1024 * MiB;

std::string withCrc(const SplitHeader& header, std::uint32_t crc) {
    std::array<std::byte, 4> bytes{};
    storeLittle(bytes.data(), crc);
    return header.beforeCrc + test::textOf(bytes) + header.afterCrc;
}

/// The whole archive, as the layout says.
std::string archiveOf(const std::vector<std::pair<std::string, std::string>>& files) {
    std::vector<EntryToWrite> entries;
    for (const auto& [name, data] : files)
        entries.push_back({name, data.size()});
    const auto layout = *layOutArchive(entries);
    std::string out, directory;
    for (std::size_t i = 0; i != files.size(); ++i) {
        const auto crc = updateCrc(0, bytesOf(files[i].second));
        out += withCrc(localHeader(entries[i], layout.entries[i]), crc) + files[i].second;
        directory += withCrc(centralHeader(entries[i], layout.entries[i]), crc);
    }
    return out + directory + endRecords(layout);
}

std::string hex(std::string_view text) {
    return QByteArray(text.data(), qsizetype(text.size())).toHex().toStdString();
}

std::uint64_t number(std::string_view text, std::size_t at, std::size_t bytes) {
    std::uint64_t out = 0;
    for (std::size_t i = 0; i != bytes; ++i)
        out |= std::uint64_t{static_cast<unsigned char>(text[at + i])} << (8 * i);
    return out;
}

} // namespace

class ArchiveLayoutTest : public QObject {
    Q_OBJECT

private slots:
    /// The name is of a length that needs no padding: CPython's zipfile writes these very bytes.
    void bytesOfCPython() {
        COMPARE_TEXT(hex(archiveOf({{"aaa/config.txt", "hello\n"}})),
                     "504b03042d00000000000000210020303a36ffffffffffffffff0e0014006161612f636f6e666967"
                     "2e747874010010000600000000000000060000000000000068656c6c6f0a504b01022d032d000000"
                     "00000000210020303a3606000000060000000e00000000000000000000008001000000006161612f"
                     "636f6e6669672e747874504b050600000000010001003c000000460000000000");
    }

    void readersFindEverything() {
        std::mt19937 random(7);
        std::vector<std::pair<std::string, std::string>> files;
        for (std::size_t i = 0; i != 200; ++i)
            files.emplace_back(std::string(1 + i % 90, 'n') + std::to_string(i) + ".json",
                               std::string(random() % 300, static_cast<char>('a' + i % 26)));
        files.emplace_back("unet/gr\xc3\xbc\xc3\x9f.txt", "text");
        files.emplace_back("unet/large.safetensors", std::string(MiB, 'x'));
        files.emplace_back("unet/smaller.safetensors", std::string(MiB - 1, 'y'));
        const auto source = memorySource("a.dduf", bytesOf(archiveOf(files)));
        const auto directory = Directory::read(*source, {});
        VERIFY_OK(directory);
        QVERIFY(directory->anomalies().empty());
        QVERIFY(!directory->hasZip64End());
        QCOMPARE(directory->entries().size(), files.size());
        std::vector<LocalHeader> headers;
        for (std::size_t i = 0; i != files.size(); ++i) {
            const auto& entry = directory->entries()[i];
            COMPARE_TEXT(entry.name, files[i].first);
            const auto local = readLocalHeader(*source, *directory, entry);
            VERIFY_OK(local);
            QVERIFY(local->disagreements.empty());
            QCOMPARE(local->data.begin % (files[i].second.size() >= MiB ? 4096 : 64), 0u);
            const auto data = readEntry(*source, *directory, entry, 2 * MiB);
            VERIFY_OK(data);
            QVERIFY(*data == bytesOf(files[i].second));
            QCOMPARE(entry.flags, files[i].first.starts_with("unet/gr") ? Entry::FlagUtf8 : 0);
            headers.push_back(*local);
        }
        QVERIFY(findOverlaps(*source, *directory, headers).empty());
    }

    void largeArchives() {
        const std::vector<EntryToWrite> entries{
            {"a.safetensors", GiB}, {"b.safetensors", 2 * GiB}, {"c.json", 10}, {"d.safetensors", 5 * GiB}};
        const auto layout = layOutArchive(entries);
        VERIFY_OK(layout);
        QCOMPARE(layout->bytes, layout->directoryOffset + layout->directoryBytes + layout->endBytes);
        // In the directory ZIP64 begins above 2^31 - 1, with the fields that need it alone.
        const auto small = withCrc(centralHeader(entries[0], layout->entries[0]), 1);
        QCOMPARE(number(small, 30, 2), 0u);
        QCOMPARE(number(small, 24, 4), GiB);
        const auto large = withCrc(centralHeader(entries[1], layout->entries[1]), 1);
        QCOMPARE(number(large, 30, 2), 20u);
        QCOMPARE(number(large, 20, 4), 0xffffffffu);
        QCOMPARE(number(large, 42, 4), layout->entries[1].headerOffset);
        QCOMPARE(number(large, 46 + 13 + 4, 8), 2 * GiB);
        const auto far = withCrc(centralHeader(entries[2], layout->entries[2]), 1);
        QCOMPARE(number(far, 30, 2), 12u);
        QCOMPARE(number(far, 42, 4), 0xffffffffu);
        QCOMPARE(number(far, 46 + 6 + 4, 8), layout->entries[2].headerOffset);
        QCOMPARE(centralHeader(entries[3], layout->entries[3]).bytes(), 46u + 13 + 4 + 24);
        const auto end = endRecords(*layout);
        QCOMPARE(end.size(), layout->endBytes);
        QCOMPARE(number(end, 0, 4), 0x06064b50u);
        QCOMPARE(number(end, 48, 8), layout->directoryOffset);
        QCOMPARE(number(end, 56 + 8, 8), layout->directoryOffset + layout->directoryBytes);
        QCOMPARE(number(end, 76 + 16, 4), 0xffffffffu); // beyond 4 GiB
        QCOMPARE(number(end, 76 + 10, 2), 4u);
        for (std::size_t i = 0; i != entries.size(); ++i)
            QCOMPARE(localHeader(entries[i], layout->entries[i]).bytes(),
                     layout->entries[i].dataOffset - layout->entries[i].headerOffset);
    }

    /// Between 2 and 4 GiB the classic record keeps real values beside the ZIP64 one.
    void betweenTwoAndFourGiB() {
        const std::vector<EntryToWrite> entries{{"a.safetensors", 3 * GiB}};
        const auto layout = *layOutArchive(entries);
        const auto end = endRecords(layout);
        QCOMPARE(end.size(), 98u);
        QCOMPARE(number(end, 76 + 16, 4), layout.directoryOffset);
    }

    void manyEntries() {
        const std::vector<EntryToWrite> entries(65'536, {"a.json", 0});
        const auto layout = *layOutArchive(entries);
        const auto end = endRecords(layout);
        QCOMPARE(end.size(), 98u);
        QCOMPARE(number(end, 32, 8), 65'536u);
        QCOMPARE(number(end, 76 + 10, 2), 0xffffu);
        QCOMPARE(endRecords(*layOutArchive(std::vector<EntryToWrite>(65'535, {"a.json", 0}))).size(), 22u);
    }

    void whatCannotBeWritten() {
        const auto rule = [](std::vector<EntryToWrite> entries) {
            return layOutArchive(entries);
        };
        VERIFY_RULE(rule({{std::string(65'536, 'a'), 1}}), "zip.cannot-write");
        VERIFY_RULE(rule({{"", 1}}), "zip.cannot-write");
        VERIFY_RULE(rule({{"a", std::uint64_t{1} << 63}}), "zip.cannot-write");
        VERIFY_RULE(rule({{"a", ~std::uint64_t{0}}}), "zip.cannot-write");
        VERIFY_RULE(rule({{"a", (std::uint64_t{1} << 63) - 4096}, {"b", 4096}}), "zip.cannot-write");
        VERIFY_OK(rule({{std::string(65'535, 'a'), 1}}));
    }

    void sumsCombine() {
        const auto whole = bytesOf(std::string(100'000, 'q') + "tail");
        for (const std::size_t cut : {std::size_t{0}, std::size_t{1}, std::size_t{4096}, whole.size()}) {
            const auto first = std::span(whole).first(cut), second = std::span(whole).subspan(cut);
            QCOMPARE(combineCrc(updateCrc(0, first), updateCrc(0, second), second.size()),
                     updateCrc(0, whole));
        }
    }
};

QTEST_GUILESS_MAIN(ArchiveLayoutTest)
#include "archive_layout_test.moc"
