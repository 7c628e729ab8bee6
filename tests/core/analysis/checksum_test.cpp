// SPDX-License-Identifier: Apache-2.0
// The CRC-32 that archives keep of their records, over torch.save files and the items of distributed
// checkpoints.
#include "analysis/checksum_scan.h"
#include "analysis/deep_check.h"
#include "formats/open.h"
#include "model/checksum_source.h"
#include "support/dcp_maker.h"
#include "support/pickle_maker.h"
#include "support/results.h"
#include "support/temp_folder.h"
#include "support/zip_maker.h"

#include <QtTest>

#include <set>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

using namespace shardlens;
using namespace shardlens::test;

namespace {

/// A torch.save file of `count` tensors t0, t1, … of 64 bytes, each on a storage of its own; the `damaged`
/// first ones claim another CRC.
std::vector<std::byte> torchFile(int count, int damaged) {
    std::vector<std::pair<std::string, std::string>> state;
    std::vector<ZipMakerEntry> entries(1);
    for (int i = 0; i < count; ++i) {
        const auto key = std::to_string(i);
        state.emplace_back(pickled::text("t" + key),
                           pickled::tensor(pickled::storage("FloatStorage", key, 16), 0, {16}, {1}));
        entries.push_back({.name = "archive/data/" + key,
                           .data = std::string(64, static_cast<char>(i)),
                           .crcDelta = i < damaged ? 1 : 0});
    }
    entries[0] = {.name = "archive/data.pkl", .data = pickled::whole(pickled::dict(state))};
    return makeZip(entries);
}

std::vector<const Finding*> aboutCrc(const Findings& findings) {
    std::vector<const Finding*> out;
    for (const auto& finding : findings)
        if (finding.what.rule->id.starts_with("values.crc"))
            out.push_back(&finding);
    return out;
}

} // namespace

class ChecksumTest : public QObject {
    Q_OBJECT

private slots:
    void namesADamagedStorage();
    void tellsManyAsOne();
    void looksIntoItems();
    void acceptsWhatTorchWrites_data();
    void acceptsWhatTorchWrites();
    void stops();
};

void ChecksumTest::namesADamagedStorage() {
    const TempFolder folder;
    const auto opened = open(folder.write("a.pt", torchFile(3, 1)), {}, {});
    VERIFY_OK(opened);
    QVERIFY((*opened)->findings().empty()); // only a look at all data can tell
    const auto findings = deepCheck(*opened, {});
    VERIFY_OK(findings);
    const auto found = aboutCrc(*findings);
    QCOMPARE(found.size(), std::size_t{1});
    COMPARE_TEXT(found[0]->what.rule->id, "values.crc-mismatch");
    COMPARE_TEXT(found[0]->what.where.item, "archive/data/0");
    const auto damaged = (*opened)->findTensor("t0");
    QVERIFY(damaged);
    QCOMPARE(found[0]->tensors, std::vector{*damaged});
    const auto stored = (*opened)->slice((*opened)->tensor(*damaged).slice(0)).stored;
    QCOMPARE(found[0]->what.where.offset.value_or(0), stored.begin);
}

void ChecksumTest::tellsManyAsOne() {
    const TempFolder folder;
    const auto opened = open(folder.write("a.pt", torchFile(20, 12)), {}, {});
    VERIFY_OK(opened);
    const auto findings = deepCheck(*opened, {});
    VERIFY_OK(findings);
    const auto found = aboutCrc(*findings);
    QCOMPARE(found.size(), std::size_t{1});
    COMPARE_TEXT(found[0]->what.rule->id, "values.crc-mismatches");
    QCOMPARE(found[0]->tensors.size(), std::size_t{12});
}

void ChecksumTest::looksIntoItems() {
    const TempFolder folder;
    const auto metadata = DcpMaker::sound().write(folder);
    folder.write(".metadata", metadata);
    auto data = folder.read("__1_0.distcp");
    const auto payload = data.find(std::string("\0\0\x80\x3f", 4)); // 1.0F, the second element
    QVERIFY(payload != data.npos);
    data[payload] = '\x01';
    folder.write("__1_0.distcp", data);
    const auto opened = open(folder.path(), {}, {});
    VERIFY_OK(opened);
    QVERIFY((*opened)->findings().empty());
    QVERIFY(checksumBytes(**opened) > 0);
    const auto findings = deepCheck(*opened, {});
    VERIFY_OK(findings);
    const auto found = aboutCrc(*findings);
    QCOMPARE(found.size(), std::size_t{1});
    QCOMPARE(found[0]->tensors, std::vector{*(*opened)->findTensor("rows")});
    COMPARE_TEXT(found[0]->what.where.file, "__1_0.distcp");
}

void ChecksumTest::acceptsWhatTorchWrites_data() {
    QTest::addColumn<QString>("name");
    QTest::addColumn<bool>("hasChecksums");
    const auto row = [](const char* name, bool hasChecksums) {
        QTest::newRow(name) << QString::fromLatin1(name) << hasChecksums;
    };
    row("torch_plain", true);
    row("torch_crc_off", false); // switched off by the writer: no damage
    row("torch_views", true);
    row("torch_bigendian", true);
    row("torch_sharded_bin", true);
    row("dcp_fsdp2", true);
    row("dcp_zstd", true);
    row("dcp_safetensors_mixed", true);
}

void ChecksumTest::acceptsWhatTorchWrites() {
    QFETCH(QString, name);
    QFETCH(bool, hasChecksums);
    const auto opened = open(SHARDLENS_TEST_DATA "/" + name.toStdString(), {}, {});
    VERIFY_OK(opened);
    const auto* source = ChecksumSource::of(**opened);
    QVERIFY(source != nullptr);
    std::size_t checksums = 0;
    for (std::size_t step = 0; step < source->checksumWork(**opened).steps; ++step) {
        const auto parts = source->checksums(**opened, step, {});
        VERIFY_OK(parts);
        checksums += parts->size();
    }
    QCOMPARE(checksums > 0, hasChecksums);
    const auto findings = verifyChecksums(*opened, {});
    VERIFY_OK(findings);
    QVERIFY(findings->empty());
}

void ChecksumTest::stops() {
    const TempFolder folder;
    const auto opened = open(folder.write("a.pt", torchFile(3, 1)), {}, {});
    VERIFY_OK(opened);
    std::stop_source source;
    source.request_stop();
    JobContext context;
    context.stop = source.get_token();
    VERIFY_RULE(verifyChecksums(*opened, context), "job.cancelled");
}

QTEST_GUILESS_MAIN(ChecksumTest)
#include "checksum_test.moc"
