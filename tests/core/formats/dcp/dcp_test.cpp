// SPDX-License-Identifier: Apache-2.0
#include "data/tensor_reader.h"
#include "formats/dcp/folder_layout.h"
#include "formats/dcp/metadata_file.h"
#include "formats/dcp/rules.h"
#include "formats/open.h"
#include "formats/survey.h"
#include "model/value_json.h"
#include "support/dcp_maker.h"
#include "support/pickle_maker.h"

#include <QTest>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <limits>
#include <optional>
#include <set>
#include <string>

using namespace shardlens;
using namespace shardlens::test;
using namespace std::string_literals;

namespace {

std::set<std::string> rulesOf(const Findings& findings) {
    std::set<std::string> rules;
    for (const Finding& finding : findings)
        rules.emplace(finding.what.rule->id);
    return rules;
}

std::vector<float> readFloats(const CheckpointPtr& checkpoint, std::string_view name) {
    const auto tensor = checkpoint->findTensor(name);
    if (!tensor)
        return {};
    const auto reader = TensorReader::open(checkpoint, *tensor, {});
    if (!reader)
        return {};
    std::vector<float> out((*reader)->elements());
    return (*reader)->read({0, out.size()}, std::as_writable_bytes(std::span(out))) ? out
                                                                                    : std::vector<float>();
}

} // namespace

class DcpTest : public QObject {
    Q_OBJECT

private slots:
    void readsASoundOne();
    void tellsFactsAsStored();
    void mergesRanks();
    void reportsRanksThatDisagree();
    void opensFromAnyFile();
    void offersSubfolders();
    void readsSafetensorsParts();
    void readsNames();
    void stopsWhenAsked();
};

void DcpTest::readsASoundOne() {
    const TempFolder folder;
    folder.write(".metadata", DcpMaker::sound().write(folder));
    const auto opened = open(folder.path(), {}, {});
    QVERIFY2(opened, opened ? "" : describe(opened.error()).c_str());
    const CheckpointPtr& checkpoint = *opened;
    QVERIFY(checkpoint->findings().empty());
    QCOMPARE(checkpoint->tensorCount(), 2U);
    QCOMPARE(readFloats(checkpoint, "rows"), (std::vector<float>{0, 1, 2, 3, 4, 5, 0, 1, 2, 3, 4, 5}));
    const TensorView dotted = checkpoint->tensor(*checkpoint->findTensor("a.b"));
    QCOMPARE(dotted.pathLength(), 1U); // planner data says so
    const auto value = checkpoint->value(*checkpoint->findEntry("step"));
    QVERIFY(value);
    QCOMPARE(value->asInt(), 7);
    QCOMPARE(checkpoint->entry(EntryId(0U)).typeName, "int"s);
    QCOMPARE(checkpoint->file(checkpoint->slice(SliceId(1U)).file).rank.value_or(99), 1U);
}

void DcpTest::tellsFactsAsStored() {
    const auto factOf = [](const DcpMaker& maker, std::string_view name) {
        const TempFolder folder;
        folder.write(".metadata", maker.write(folder));
        const auto opened = open(folder.path(), {}, {});
        if (!opened)
            return std::string("does not open");
        for (const auto& [title, text] : (*opened)->tensor(*(*opened)->findTensor("rows")).facts())
            if (title == name)
                return text;
        return std::string("absent");
    };
    DcpMaker maker = DcpMaker::sound();
    const auto indexes = [&](std::optional<std::int64_t> first, std::optional<std::int64_t> second) {
        maker.tensors[0].slices[0].hint = first;
        maker.tensors[0].slices[1].hint = second;
        return factOf(maker, "MetadataIndex.index");
    };
    QCOMPARE(indexes({}, {}), "none"s);
    QCOMPARE(indexes(0, 1), "0, 1"s);
    QCOMPARE(indexes(1, 0), "1, 0"s);
    QCOMPARE(indexes(5, {}), "5, none"s);
    QCOMPARE(factOf(maker, "requires_grad"), "false"s);
    QCOMPARE(factOf(maker, "pin_memory"), "false"s);
}

void DcpTest::mergesRanks() {
    const TempFolder folder;
    DcpMaker first = DcpMaker::sound();
    DcpMaker second = first;
    first.tensors[0].slices.pop_back();
    second.tensors[0].slices.erase(second.tensors[0].slices.begin());
    second.tensors[1].slices[0].file = "__1_0.distcp";
    second.values[0].item.file = "__1_0.distcp";
    second.values[0].item.content = DcpMaker::archive(pickled::integer(8));
    folder.write("__0.metadata", first.write(folder));
    folder.write("__1.metadata", second.write(folder));
    const auto opened = open(folder.path(), {}, {});
    QVERIFY2(opened, opened ? "" : describe(opened.error()).c_str());
    QCOMPARE((*opened)->tensorCount(), 2U);
    QCOMPARE((*opened)->sliceCount(), 3U); // the replica once
    QCOMPARE(readFloats(*opened, "rows").size(), 12U);
    QVERIFY(rulesOf((*opened)->findings()).contains("dcp.values-differ"));
    QVERIFY(std::ranges::none_of(
        (*opened)->findings(), [](const Finding& finding) { return finding.severity() == Severity::Error; }));
    QCOMPARE((*opened)->value(EntryId(0U))->asInt(), 7);
}

void DcpTest::reportsRanksThatDisagree() {
    const TempFolder folder;
    DcpMaker first = DcpMaker::sound();
    DcpMaker second = first;
    second.tensors[1] = DcpMaker::whole("a.b", {6});
    folder.write("__0.metadata", first.write(folder));
    folder.write("__2.metadata", second.write(folder));
    const auto opened = open(folder.path(), {}, {});
    QVERIFY(opened);
    QVERIFY(rulesOf((*opened)->findings()).contains("dcp.metadata-differs"));
    QVERIFY(rulesOf((*opened)->findings()).contains("dcp.rank-missing"));
    QVERIFY(!(*opened)->tensor(*(*opened)->findTensor("a.b")).readable());
}

void DcpTest::opensFromAnyFile() {
    const TempFolder folder;
    folder.write(".metadata", DcpMaker::sound().write(folder));
    for (const char* name : {".metadata", "__0_0.distcp", "__1_0.distcp"}) {
        const auto opened = open(folder.path(name), {}, {});
        QVERIFY2(opened, name);
        QCOMPARE((*opened)->tensorCount(), 2U);
    }
}

void DcpTest::offersSubfolders() {
    const TempFolder folder;
    for (const char* step : {"checkpoint/step-9/", "checkpoint/step-10/", "checkpoint/step-2/"})
        folder.write(std::string(step) + ".metadata", DcpMaker::sound().write(folder, step));
    folder.write("checkpoint/step-11/.metadata.tmp", "unfinished");
    const auto found = survey(folder.path(), {}, {});
    QVERIFY(found);
    QCOMPARE(found->parts.size(), 3U);
    QCOMPARE(found->parts[found->chosen].name, "checkpoint/step-10"s);
    QVERIFY(found->parts[0].about.find("torchtitan") != std::string::npos);
    QCOMPARE(found->leftOut.size(), 1U);
    const auto newest = open(folder.path(), {}, {});
    QVERIFY(newest);
    QVERIFY((*newest)->facts().writer.find("torchtitan") != std::string::npos);
    const auto chosen = open(folder.path(), {.part = "checkpoint/step-2", .variant = {}}, {});
    QVERIFY(chosen);
    QCOMPARE((*chosen)->facts().name, "step-2"s);

    const TempFolder pair;
    for (const char* part : {"optimizer_0/", "pytorch_model_fsdp_0/"})
        pair.write(std::string(part) + ".metadata", DcpMaker::sound().write(pair, part));
    const auto both = survey(pair.path(), {}, {});
    QVERIFY(both);
    QCOMPARE(both->chosenPart()->name, "pytorch_model_fsdp_0"s);
}

void DcpTest::readsSafetensorsParts() {
    const TempFolder folder;
    DcpMaker maker = DcpMaker::sound();
    const std::string header =
        R"({"__metadata__":{"DCP_SHARDING_INFO":"{\"rows\": {\"saved_offsets\": [2, 0]}}"},)"
        R"("rows":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]}})";
    std::string length(8, '\0');
    length[0] = static_cast<char>(header.size());
    DcpItem& slice = maker.tensors[0].slices[1];
    std::string data;
    for (const float value : {10.F, 11.F, 12.F, 13.F, 14.F, 15.F})
        data.append(reinterpret_cast<const char*>(&value), sizeof value);
    slice.content = length + header + data;
    slice.length = 24; // plain bytes, which say nothing of the place
    folder.write(".metadata", maker.write(folder));
    const auto opened = open(folder.path(), {}, {});
    QVERIFY2(opened, opened ? "" : describe(opened.error()).c_str());
    QVERIFY((*opened)->findings().empty());
    QCOMPARE(readFloats(*opened, "rows"), (std::vector<float>{0, 1, 2, 3, 4, 5, 10, 11, 12, 13, 14, 15}));
}

void DcpTest::readsNames() {
    QCOMPARE(dcp::metadataRank("__12.metadata").value_or(0), 12U);
    QVERIFY(!dcp::metadataRank(".metadata"));
    QVERIFY(!dcp::metadataRank("__x.metadata"));
    QVERIFY(!dcp::metadataRank("__99999999999.metadata"));
    QCOMPARE(dcp::dataFileRank("__3_0.distcp").value_or(0), 3U);
    QCOMPARE(dcp::dataFileRank("hint__14_2.distcp").value_or(0), 14U);
    QVERIFY(!dcp::dataFileRank("3_0.distcp"));
    QVERIFY(!dcp::dataFileRank("__0.distcp"));
    QVERIFY(dcp::naturallyLess("step-9", "step-10"));
    QVERIFY(dcp::naturallyLess("iter_0000009", "iter_0000010"));
    QVERIFY(!dcp::naturallyLess("b", "a10"));
}

void DcpTest::stopsWhenAsked() {
    const TempFolder folder;
    folder.write(".metadata", DcpMaker::sound().write(folder));
    std::stop_source source;
    source.request_stop();
    JobContext context;
    context.stop = source.get_token();
    const auto opened = open(folder.path(), {}, context);
    QVERIFY(!opened);
    QCOMPARE(std::string(opened.error().rule->id), "job.cancelled"s);
}

QTEST_GUILESS_MAIN(DcpTest)
#include "dcp_test.moc"
