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

/// What is done to a sound checkpoint, in its description or afterwards in its folder.
struct Damage {
    std::string rule;
    std::function<void(DcpMaker&)> maker = [](DcpMaker&) {
    };
    std::function<void(const TempFolder&)> folder = [](const TempFolder&) {
    };
    bool opens = true;
};

std::vector<Damage> damages() {
    std::vector<Damage> all;
    const auto made = [&all](const char* rule, std::function<void(DcpMaker&)> maker) {
        all.push_back({});
        all.back().rule = rule;
        all.back().maker = std::move(maker);
    };
    const auto left = [&all](const char* rule, bool opens, std::function<void(const TempFolder&)> folder) {
        all.push_back({});
        all.back().rule = rule;
        all.back().opens = opens;
        all.back().folder = std::move(folder);
    };
    const auto remove = [](const TempFolder& folder, const char* name) {
        std::filesystem::remove(folder.path(name));
    };
    left("dcp.unfinished-save", false, [remove](const TempFolder& folder) {
        folder.write(".metadata.tmp", folder.read(".metadata"));
        remove(folder, ".metadata");
    });
    left("dcp.no-metadata", false, [remove](const TempFolder& folder) { remove(folder, ".metadata"); });
    left("dcp.not-metadata", false,
         [](const TempFolder& folder) { folder.write(".metadata", pickled::whole(pickled::list({}))); });
    left("dcp.paddle", false, [](const TempFolder& folder) {
        folder.write(
            ".metadata",
            pickled::whole(pickled::global("paddle.distributed.checkpoint.metadata", "Metadata") + ")\x81"));
    });
    left("dcp.paddle", false, [remove](const TempFolder& folder) {
        remove(folder, ".metadata");
        folder.write(
            "0.metadata",
            pickled::whole(pickled::global("paddle.distributed.checkpoint.metadata", "Metadata") + ")\x81"));
    });
    left("pickle.truncated", false, [](const TempFolder& folder) {
        folder.write(".metadata", folder.read(".metadata").substr(0, 100));
    });
    left("file.lfs-pointer", false, [](const TempFolder& folder) {
        folder.write(".metadata", "version https://git-lfs.github.com/spec/v1\noid sha256:" +
                                      std::string(64, 'a') + "\nsize 12345\n");
    });
    left("dcp.file-missing", true, [remove](const TempFolder& folder) { remove(folder, "__1_0.distcp"); });
    left("dcp.file-unreadable", true, [remove](const TempFolder& folder) {
        remove(folder, "__1_0.distcp");
        folder.write("__1_0.distcp/inner", "a folder where a file should be");
    });
    left("dcp.stale-files", true, [](const TempFolder& folder) { folder.write("__7_0.distcp", "old"); });
    left("dcp.temporary-left", true, [](const TempFolder& folder) { folder.write(".metadata.tmp", "new"); });
    left("dcp.unclaimed-bytes", true, [](const TempFolder& folder) {
        folder.write("__0_0.distcp", folder.read("__0_0.distcp") + "more");
    });
    left("slices.past-end-of-file", true, [](const TempFolder& folder) {
        folder.write("__1_0.distcp", folder.read("__1_0.distcp").substr(0, 200));
    });
    left("dcp.value-past-end", true, [](const TempFolder& folder) {
        const std::string whole = folder.read("__0_0.distcp");
        folder.write("__0_0.distcp", std::string_view(whole).substr(0, whole.size() - 10));
    });
    left("dcp.item-unreadable", true, [](const TempFolder& folder) {
        folder.write("__1_0.distcp", std::string(folder.read("__1_0.distcp").size(), 'x'));
    });
    left("dcp.value-unreadable", true, [](const TempFolder& folder) {
        std::string whole = folder.read("__0_0.distcp");
        const std::size_t begin =
            whole.rfind("data.pkl"); // the central directory's entry of the value's archive
        whole.replace(begin, 8, "DATA.PKL");
        folder.write("__0_0.distcp", whole);
    });
    made("dcp.bad-entry", [](DcpMaker& maker) { maker.tensors[1].sizePickle = pickled::text("large"); });
    made("dcp.bad-entry", [](DcpMaker& maker) { maker.tensors[1].slices[0].size = {5, 1}; });
    made("dcp.unknown-dtype", [](DcpMaker& maker) { maker.tensors[1].dtype = "float3"; });
    for (const char* path : {"../up.distcp", "/etc/passwd", "a/../../up", "C:\\x", ""})
        made("dcp.unsafe-path", [path](DcpMaker& maker) {
            maker.tensors[1].slices[0].file = path;
            maker.tensors[1].slices[0].content.clear();
        });
    made("dcp.value-without-bytes", [](DcpMaker& maker) { maker.values[0].item.stored = false; });
    made("slices.without-bytes", [](DcpMaker& maker) { maker.tensors[0].slices[1].stored = false; });
    made("dcp.size-differs",
         [](DcpMaker& maker) { maker.tensors[1].slices[0].content = DcpMaker::floats({4}); });
    made("dcp.dtype-differs", [](DcpMaker& maker) { maker.tensors[1].dtype = "int32"; });
    made("dcp.dtypes-mixed", [](DcpMaker& maker) {
        const std::string storage = pickled::storage("IntStorage", "0", 6);
        maker.tensors[0].slices[1].content = textOf(
            makeTorchFile(pickled::tensor(storage, 0, {2, 3}, {3, 1}), {{"0", std::string(24, '\1')}}));
    });
    made("dcp.unknown-transform", [](DcpMaker& maker) {
        maker.tensors[1].slices[0].transforms = {"stream.zstd/1", "stream.rot13/1"};
    });
    made("dcp.items-overlap", [](DcpMaker& maker) { maker.values[0].item.begin = 10; });
    made("dcp.trainers-path", [](DcpMaker& maker) { maker.checkpointId = "/home/someone/run-1"; });
    made("dcp.megatron-names", [](DcpMaker& maker) { maker.moreFields = pickled::text("mcore_data") + "}"; });
    made("dcp.reformulated", [](DcpMaker& maker) {
        const std::string shape = pickled::dims({5, 1});
        maker.moreFields =
            pickled::text("mcore_data") +
            pickled::dict({{pickled::text("a.b"),
                            pickled::dict({{pickled::text("nd_reformulated_orig_global_shape"), shape}})}});
    });
    made("dcp.values-not-searched", [](DcpMaker& maker) {
        for (int i = 0; i < 5000; ++i) {
            DcpValue value = maker.values[0];
            value.name = "value" + std::to_string(i);
            value.item.content.clear();
            value.item.begin = 0;
            value.item.length = 1;
            maker.values.push_back(value);
        }
    });
    made("pickle.dangerous-global", [](DcpMaker& maker) {
        maker.values[0].item.content =
            DcpMaker::archive(pickled::call(pickled::global("posix", "system"), {pickled::text("true")}));
    });
    made("pickle.dangerous-global", [](DcpMaker& maker) {
        maker.moreFields = pickled::text("extra") + pickled::call(pickled::global("os", "system"), {"N"});
    });
    made("pickle.unknown-classes", [](DcpMaker& maker) {
        maker.values[0].item.content = DcpMaker::archive(pickled::global("my.module", "Config") + ")\x81");
    });
    made("dcp.slice-not-in-part", [](DcpMaker& maker) {
        // A safetensors part that holds the first tensor's slice alone.
        const std::string header = R"({"rows":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]}})";
        DcpTensor& tensor = maker.tensors[1];
        std::string length(8, '\0');
        length[0] = static_cast<char>(header.size());
        tensor.slices[0].file = "__2_0.distcp";
        tensor.slices[0].content = length + header + std::string(24, '\0');
    });
    return all;
}

} // namespace

class DcpTest : public QObject {
    Q_OBJECT

private slots:
    void readsASoundOne();
    void everyRuleHasAProvocation_data();
    void everyRuleHasAProvocation();
    void coversEveryRule();
    void mergesRanks();
    void reportsRanksThatDisagree();
    void keepsItsPromisesWhenNumbersLie();
    void opensFromAnyFile();
    void offersSubfolders();
    void readsSafetensorsParts();
    void readsNames();
    void survivesDamagedMetadata();
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

void DcpTest::everyRuleHasAProvocation_data() {
    QTest::addColumn<int>("index");
    const auto all = damages();
    for (std::size_t i = 0; i < all.size(); ++i)
        QTest::addRow("%s (%zu)", all[i].rule.c_str(), i) << static_cast<int>(i);
}

void DcpTest::everyRuleHasAProvocation() {
    QFETCH(int, index);
    const Damage damage = damages()[static_cast<std::size_t>(index)];
    const TempFolder folder;
    DcpMaker maker = DcpMaker::sound();
    damage.maker(maker);
    folder.write(".metadata", maker.write(folder));
    damage.folder(folder);
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

void DcpTest::coversEveryRule() {
    std::set<std::string> provoked{"dcp.values-differ", "dcp.metadata-differs", "dcp.rank-missing"}; // below
    for (const Damage& damage : damages())
        provoked.insert(damage.rule);
    for (const Rule* rule : rules::dcp::all)
        QVERIFY2(provoked.contains(std::string(rule->id)), std::string(rule->id).c_str());
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

void DcpTest::keepsItsPromisesWhenNumbersLie() {
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

void DcpTest::survivesDamagedMetadata() {
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
