// SPDX-License-Identifier: Apache-2.0
// Distributed checkpoints that lie, lack and contradict: every rule of the room, and what must still come out.
#include "formats/dcp/rules.h"
#include "formats/open.h"
#include "model/value_json.h"
#include "support/dcp_damages.h"
#include "support/dcp_maker.h"

#include <QTest>

#include <algorithm>
#include <limits>
#include <set>
#include <string>

using namespace shardlens;
using namespace shardlens::test;

namespace {

std::set<std::string> rulesOf(const Findings& findings) {
    std::set<std::string> rules;
    for (const Finding& finding : findings)
        rules.emplace(finding.what.rule->id);
    return rules;
}

} // namespace

class DcpDamageTest : public QObject {
    Q_OBJECT

private slots:
    void everyRuleHasAProvocation_data();
    void everyRuleHasAProvocation();
    void coversEveryRule();
    void keepsItsPromisesWhenNumbersLie();
    void survivesDamagedMetadata();
};

void DcpDamageTest::everyRuleHasAProvocation_data() {
    QTest::addColumn<int>("index");
    const auto all = dcpDamages();
    for (std::size_t i = 0; i < all.size(); ++i)
        QTest::addRow("%s (%zu)", all[i].rule.c_str(), i) << static_cast<int>(i);
}

void DcpDamageTest::everyRuleHasAProvocation() {
    QFETCH(int, index);
    const DcpDamage damage = dcpDamages()[static_cast<std::size_t>(index)];
    const TempFolder folder;
    writeDamaged(damage, folder);
    const auto opened = open(folder.path(), {}, {});
    if (!damage.opens) {
        QVERIFY(!opened);
        QCOMPARE(std::string(opened.error().rule->id), damage.rule);
        return;
    }
    QVERIFY2(opened, opened ? "" : describe(opened.error()).c_str());
    const CheckpointPtr& checkpoint = *opened;
    const auto rules = rulesOf(checkpoint->findings());
    QVERIFY2(rules.contains(damage.rule), std::string(rules.empty() ? "no finding" : *rules.begin()).c_str());
    for (const Finding& finding : checkpoint->findings()) {
        QVERIFY(!message(finding.what).empty());
        QVERIFY(message(finding.what).find("{") == std::string::npos);
        QVERIFY2(message(finding.what).find("; 0 tensors and 0 values") == std::string::npos,
                 message(finding.what).c_str());
        QVERIFY2(!message(finding.what).starts_with("0 "), message(finding.what).c_str());
        for (const TensorId tensor : finding.tensors)
            QVERIFY(finding.severity() != Severity::Error || !checkpoint->tensor(tensor).readable());
    }
    // Whatever is wrong, asking for data gives bytes or a rule.
    for (std::uint32_t i = 0; i < checkpoint->sliceCount(); ++i)
        static_cast<void>(checkpoint->payload(SliceId(i)));
    for (std::uint32_t i = 0; i < std::min(checkpoint->entryCount(), 10U); ++i)
        static_cast<void>(checkpoint->value(EntryId(i)));
}

void DcpDamageTest::coversEveryRule() {
    std::set<std::string> provoked{"dcp.values-differ", "dcp.metadata-differs", "dcp.rank-missing"}; // below
    for (const DcpDamage& damage : dcpDamages())
        provoked.insert(damage.rule);
    for (const Rule* rule : rules::dcp::all)
        QVERIFY2(provoked.contains(std::string(rule->id)), std::string(rule->id).c_str());
}

void DcpDamageTest::keepsItsPromisesWhenNumbersLie() {
    for (const std::int64_t huge : {std::int64_t{1} << 40, std::numeric_limits<std::int64_t>::max()}) {
        const TempFolder folder;
        DcpMaker maker = DcpMaker::sound();
        maker.tensors[0].slices[0].begin = static_cast<std::uint64_t>(huge);
        maker.tensors[0].slices[1].length = static_cast<std::uint64_t>(huge);
        maker.tensors[1].size = {huge, huge, huge};
        maker.tensors[1].slices[0].size = {huge, huge, huge};
        maker.tensors[1].slices[0].offset = {huge, huge, huge};
        folder.write(".metadata", maker.write(folder));
        const auto opened = open(folder.path(), {}, {});
        QVERIFY(opened);
        QVERIFY(!(*opened)->tensor(*(*opened)->findTensor("rows")).readable());
        QVERIFY(!(*opened)->tensor(*(*opened)->findTensor("a.b")).readable());
        for (std::uint32_t i = 0; i < (*opened)->sliceCount(); ++i)
            QVERIFY(!(*opened)->payload(SliceId(i)) || (*opened)->slice(SliceId(i)).stored.size() < 10'000);
    }
}

void DcpDamageTest::survivesDamagedMetadata() {
    const TempFolder folder;
    const std::string sound = DcpMaker::sound().write(folder);
    std::uint32_t state = 12345;
    const auto random = [&state](std::size_t below) {
        state = state * 1664525 + 1013904223;
        return static_cast<std::size_t>(state >> 8) % below;
    };
    for (int round = 0; round < 400; ++round) {
        std::string text = sound;
        for (std::size_t i = 0; i <= random(4); ++i)
            text[random(text.size())] = static_cast<char>(random(256));
        folder.write(".metadata", text);
        const auto opened = open(folder.path(), {}, {});
        if (!opened)
            continue;
        for (std::uint32_t i = 0; i < (*opened)->sliceCount(); ++i)
            static_cast<void>((*opened)->payload(SliceId(i)));
        for (std::uint32_t i = 0; i < (*opened)->entryCount(); ++i)
            if (const auto value = (*opened)->value(EntryId(i)))
                static_cast<void>(toJson(*value));
        static_cast<void>(toJson((*opened)->metadata()));
    }
}

QTEST_GUILESS_MAIN(DcpDamageTest)
#include "dcp_damage_test.moc"
