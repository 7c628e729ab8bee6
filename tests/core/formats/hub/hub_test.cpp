// SPDX-License-Identifier: Apache-2.0
// Folders of safetensors that lie, lack and contradict: every rule of the room, and what must still come out.
#include "formats/hub/reader.h"
#include "formats/hub/rules.h"
#include "formats/open.h"
#include "formats/safetensors/writer.h"
#include "formats/survey.h"

#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <cstring>
#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

using namespace shardlens;

namespace {

struct Tensor {
    std::string name;
    Dims shape;
    DType dtype = DType::U8;
};
using Metadata = std::vector<std::pair<std::string, std::string>>;

/// A sound file; its data are zeros.
QByteArray shard(const std::vector<Tensor>& tensors, const Metadata& metadata = {}) {
    std::vector<safetensors::TensorToWrite> list;
    for (const auto& tensor : tensors)
        list.push_back({tensor.name, tensor.dtype, tensor.shape});
    const auto written = safetensors::buildHeader(list, {.metadata = metadata});
    QByteArray bytes(reinterpret_cast<const char*>(written->bytes.data()), qsizetype(written->bytes.size()));
    bytes.resize(qsizetype(written->fileBytes), '\0');
    return bytes;
}

QByteArray slices(const std::vector<Tensor>& tensors, const std::string& info,
                  const std::string& version = "1.0") {
    return shard(tensors, {{"format", "pt"}, {"DCP_VERSION", version}, {"DCP_SHARDING_INFO", info}});
}

QByteArray index(const std::string& map, const std::string& metadata = "{}") {
    return QByteArray::fromStdString(R"({"metadata":)" + metadata + R"(,"weight_map":)" + map + "}");
}

const std::string One = "model-00001-of-00002.safetensors";
const std::string Two = "model-00002-of-00002.safetensors";
const std::string Rank0 = "shard-00001-model-00001-of-00001.safetensors";
const std::string Rank1 = "shard-00002-model-00001-of-00001.safetensors";
const std::string Index = "model.safetensors.index.json";
const std::string GoodMap =
    R"({"a":"model-00001-of-00002.safetensors","b":"model-00002-of-00002.safetensors"})";

std::string rulesOf(const Findings& findings) {
    std::set<std::string> ids;
    for (const auto& finding : findings)
        ids.emplace(finding.what.rule->id);
    std::string text;
    for (const auto& id : ids)
        text += (text.empty() ? "" : " ") + id;
    return text;
}

QByteArray bytes(std::string_view text) {
    return {text.data(), qsizetype(text.size())};
}

} // namespace

class HubTest : public QObject {
    Q_OBJECT

private slots:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }
    void cleanup() { m_folder.reset(); }

    void indexRules_data() {
        QTest::addColumn<QByteArray>("index");
        QTest::addColumn<QByteArray>("rules");
        const auto row = [](const char* name, const QByteArray& text, const char* rules) {
            QTest::newRow(name) << text << QByteArray(rules);
        };
        row("sound", index(GoodMap), "");
        row("lfs", "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n",
            "hub.index-lfs-pointer");
        row("list", "[]", "hub.index-not-object");
        row("no map", R"({"metadata":{}})", "hub.no-weight-map");
        row("map is a list", R"({"weight_map":[]})", "hub.no-weight-map");
        row("not JSON", R"({"weight_map":{"a":)", "json.syntax");
        row("numbers", index(R"({"a":1,"b":{"c":"d"}})"), "hub.file-unmapped hub.weight-map-value");
        row("path", index(R"({"a":"../a.safetensors","b":"model-00002-of-00002.safetensors"})"),
            "hub.file-unmapped hub.weight-map-path");
        row("absolute", index(R"({"a":"/etc/passwd","b":"model-00002-of-00002.safetensors"})"),
            "hub.file-unmapped hub.weight-map-path");
        row("NUL", index(R"({"a":"x\u0000y","b":"model-00002-of-00002.safetensors"})"),
            "hub.file-unmapped hub.weight-map-path");
        row("repeated",
            index(GoodMap.substr(0, GoodMap.size() - 1) + R"(,"a":"model-00001-of-00002.safetensors"})"),
            "hub.index-duplicate-key");
        row("total", index(GoodMap, R"({"total_size":7})"), "hub.total-size");
        row("total sound", index(GoodMap, R"({"total_size":6})"), "");
        row("total float", index(GoodMap, R"({"total_size":6.0})"), "");
        row("absent",
            index(GoodMap.substr(0, GoodMap.size() - 1) + R"(,"c":"model-00001-of-00002.safetensors"})"),
            "hub.tensor-absent");
        row("elsewhere",
            index(R"({"a":"model-00002-of-00002.safetensors","b":"model-00002-of-00002.safetensors"})"),
            "hub.file-unmapped hub.tensor-elsewhere");
        row("unmapped", index(R"({"a":"model-00001-of-00002.safetensors"})"), "hub.file-unmapped");
        row("names with newline and NUL",
            index(GoodMap.substr(0, GoodMap.size() - 1) +
                  R"(,"x\n\u0000":"model-00001-of-00002.safetensors"})"),
            "hub.tensor-absent");
        row("two maps, the last counts",
            R"({"weight_map":{"z":"no"},"weight_map":)" + QByteArray::fromStdString(GoodMap) + "}", "");
    }

    void indexRules() {
        QFETCH(QByteArray, index);
        QFETCH(QByteArray, rules);
        writePair();
        write(Index, index);
        const auto opened = open(path(), {}, {});
        QVERIFY(opened.has_value());
        QCOMPARE(bytes(rulesOf((*opened)->findings())), rules);
        QCOMPARE((*opened)->tensorCount(), 2u); // headers are the truth
        QVERIFY((*opened)->tensor(TensorId(0u)).readable());
    }

    void fileRules_data() {
        using Files = QList<std::pair<std::string, QByteArray>>;
        QTest::addColumn<Files>("files");
        QTest::addColumn<QByteArray>("rules");
        QTest::addColumn<int>("tensors");
        const auto row = [](const char* rules, const Files& files, int tensors) {
            QTest::newRow(rules) << files << QByteArray(rules) << tensors;
        };
        const auto a = shard({{"a", {2}}}), b = shard({{"b", {4}}}), both = shard({{"a", {2}}, {"b", {4}}});
        row("hub.no-index", {{One, a}, {Two, b}}, 2);
        row("hub.number-missing", {{One, a}}, 1);
        row("hub.loose-files", {{"x.safetensors", a}, {"y.safetensors", b}}, 2);
        row("hub.file-missing", {{Index, index(GoodMap)}, {One, a}}, 1);
        row("hub.leftover-shards",
            {{Index, index(GoodMap)}, {One, a}, {Two, b}, {"model-00001-of-00005.safetensors", both}}, 2);
        row("hub.no-index hub.unfinished-save", {{One, a}, {Two, b}, {".incomplete", ""}}, 2);
        row("hub.tensor-twice", {{Index, index(GoodMap)}, {One, both}, {Two, b}}, 2);
        row("hub.tensor-unmapped",
            {{Index, index(GoodMap)}, {One, shard({{"a", {2}}, {"c", {1}}})}, {Two, b}}, 3);
        row("hub.no-index hub.tensor-ambiguous", {{One, both}, {Two, b}}, 2);
        row("file.lfs-pointer hub.no-index",
            {{One, "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12\n"}, {Two, b}}, 1);

        const std::string first = R"({"t":{"saved_offsets":[0,0]}})",
                          second = R"({"t":{"saved_offsets":[2,0]}})";
        const auto t0 = slices({{"t", {2, 3}}}, first), t1 = slices({{"t", {2, 3}}}, second);
        const auto with = [&](const std::string& info) {
            return Files{{Rank0, t0}, {Rank1, slices({{"t", {2, 3}}}, info)}};
        };
        row("", {{Rank0, t0}, {Rank1, t1}}, 1);
        row("hub.dcp-version", {{Rank0, t0}, {Rank1, slices({{"t", {2, 3}}}, second, "7")}}, 1);
        row("hub.sharding-info", with("[1,2]"), 1);
        row("hub.sharding-info", with(std::string(100000, '[')), 1);
        row("hub.saved-offsets", with(R"({"t":{"saved_offsets":[2]}})"), 1);
        row("hub.saved-offsets", with(R"({"t":{"saved_offsets":[-2,0]}})"), 1);
        row("hub.saved-offsets", with(R"({"t":{"saved_offsets":["2",0]}})"), 1);
        row("hub.saved-offsets", with(R"({"t":{"saved_offsets":[18446744073709551615,0]}})"), 1);
        row("hub.saved-offsets", with(R"({"t":{"saved_offsets":{"x":[1]}}})"), 1);
        row("hub.slice-absent",
            {{Rank0, t0},
             {Rank1, slices({{"t", {2, 3}}}, R"({"u":{"saved_offsets":[0]},"t":{"saved_offsets":[2,0]}})")}},
            1);
        row("hub.offsets-missing", {{Rank0, t0}, {Rank1, slices({{"u", {2, 3}}}, "{}")}}, 2);
        row("hub.dims-disagree",
            {{Rank0, t0}, {Rank1, slices({{"t", {2}}}, R"({"t":{"saved_offsets":[2]}})")}}, 1);
        row("hub.dtype-disagrees", {{Rank0, t0}, {Rank1, slices({{"t", {2, 3}, DType::F32}}, second)}}, 1);
        row("hub.global-shape-disagrees",
            {{Rank0, slices({{"t", {2, 3}}}, R"({"t":{"saved_offsets":[0,0],"global_shape":[4,3]}})")},
             {Rank1, slices({{"t", {2, 3}}}, R"({"t":{"saved_offsets":[2,0],"global_shape":[3,3]}})")}},
            1);
        row("slices.missing",
            {{Rank0, slices({{"t", {2, 3}}}, R"({"t":{"saved_offsets":[0,0],"global_shape":[4,3]}})")}}, 1);
        row("hub.lost-ranks", {{Rank0, t0}, {"shard-00004-model-00001-of-00001.safetensors", t1}}, 1);
        row("hub.whole-beside-slices", {{Rank0, t0}, {Rank1, t1}, {"extra.safetensors", a}}, 2);
        row("hub.broken-archive-prefix",
            {{Rank0, t0}, {Rank1, QByteArray("PK\3\4", 4) + QByteArray(200, 'x')}}, 1);
    }

    void fileRules() {
        using Files = QList<std::pair<std::string, QByteArray>>;
        QFETCH(Files, files);
        QFETCH(QByteArray, rules);
        QFETCH(int, tensors);
        for (const auto& [name, content] : files)
            write(name, content);
        const auto opened = open(path(), {}, {});
        QVERIFY(opened.has_value());
        // What the builder finds besides, holes above all, follows from the cause.
        std::set<QByteArray> found;
        for (const auto& id : bytes(rulesOf((*opened)->findings())).split(' '))
            if (!id.isEmpty() && (!id.startsWith("slices.") || rules == "slices.missing"))
                found.insert(id);
        std::set<QByteArray> wanted;
        for (const auto& id : rules.split(' '))
            if (!id.isEmpty())
                wanted.insert(id);
        QCOMPARE(found, wanted);
        QCOMPARE(int((*opened)->tensorCount()), tensors);
    }

    void anyFileOpensTheWhole() {
        writePair();
        write(Index, index(GoodMap));
        write("other.safetensors", shard({{"x", {1}}}));
        for (const auto& name : {One, Two, Index}) {
            const auto opened = open(path(name), {}, {});
            QVERIFY2(opened.has_value(), name.c_str());
            QCOMPARE((*opened)->tensorCount(), 2u);
            QCOMPARE((*opened)->format(), Format::ShardedSafetensors);
        }
        const auto alone = open(path("other.safetensors"), {}, {});
        QVERIFY(alone.has_value());
        QCOMPARE((*alone)->tensorCount(), 1u);
        QCOMPARE((*alone)->format(), Format::Safetensors);
    }

    void variantsAndStemsAreParts() {
        writePair();
        write(Index, index(GoodMap));
        write("model.fp16.safetensors", shard({{"a", {2}, DType::F16}}));
        write("adapter_model.safetensors", shard({{"lora", {2}}}));
        write("pytorch_model.bin", "x");
        const auto looked = survey(path(), {}, {});
        QVERIFY(looked.has_value());
        QVERIFY(looked->parts.size() >= 3);
        QCOMPARE(looked->chosenPart()->name, std::string("model"));
        QCOMPARE(looked->chosenPart()->variant, std::string());
        const auto fp16 = open(path(), {.part = "model", .variant = "fp16"}, {});
        QVERIFY(fp16.has_value());
        QCOMPARE((*fp16)->tensor(TensorId(0u)).dtype(), DType::F16);
        const auto adapter = open(path(), {.part = "adapter_model", .variant = {}}, {});
        QVERIFY(adapter.has_value());
        QVERIFY((*adapter)->findTensor("lora").has_value());
        QVERIFY(!(*open(path(), {}, {}))->facts().otherParts.empty());
    }

    void numberedNamesWithTheEndingInside() {
        write("model.safetensors-00001-of-00002.safetensors", shard({{"a", {2}}}));
        write("model.safetensors-00002-of-00002.safetensors", shard({{"b", {2}}}));
        QCOMPARE((*open(path("model.safetensors-00002-of-00002.safetensors"), {}, {}))->tensorCount(), 2u);
    }

    void theCacheIsMadeOfLinks() {
        QVERIFY(QDir(m_folder->path()).mkpath("blobs") && QDir(m_folder->path()).mkpath("snapshots/rev"));
        write("blobs/1", shard({{"a", {2}}}));
        write("blobs/2", shard({{"b", {4}}}));
        write("blobs/3", index(GoodMap));
        for (const auto& [name, blob] : {std::pair{One, "1"}, {Two, "2"}, {Index, "3"}})
            std::filesystem::create_symlink(std::string("../../blobs/") + blob,
                                            path("snapshots/rev/" + name));
        const auto opened = open(path("snapshots/rev"), {}, {});
        QVERIFY(opened.has_value());
        QCOMPARE(bytes(rulesOf((*opened)->findings())), QByteArray());
        QCOMPARE((*opened)->tensorCount(), 2u);
    }

    void linksInCirclesEnd() {
        writePair();
        std::filesystem::create_directory_symlink(".", path("sharded"));
        std::filesystem::create_symlink("loop.safetensors", path("loop.safetensors"));
        QVERIFY(open(path(), {}, {}).has_value());
    }

    void logicalNamesAndUnknownFields() {
        const auto chunk = [](const std::string& offsets) {
            return R"({"chunk_0":{"fqn":"w","shape":[4,3],"saved_offsets":)" + offsets +
                   R"(,"hint":{"x":[1]}}})";
        };
        write(Rank0, slices({{"chunk_0", {2, 3}}}, chunk("[0,0]")));
        write(Rank1, slices({{"chunk_0", {1, 3}}}, chunk("[2,0]")));
        const auto opened = open(path(Rank1), {}, {});
        QVERIFY(opened.has_value());
        const auto tensor = (*opened)->tensor(*(*opened)->findTensor("w"));
        QCOMPARE(tensor.sliceCount(), 2u);
        QVERIFY(equal(tensor.shape(), Dims{4, 3})); // the lost last row does not shrink it
        QVERIFY(!tensor.readable());
        QVERIFY(!tensor.facts().empty());
        QCOMPARE(tensor.facts().front(), (Fact{"hint", R"({"x":[1]})"}));
        QCOMPARE((*opened)->file(FileId(1u)).rank, std::optional<std::uint32_t>(1));
    }

    void archivesBeforeTheHeader() {
        // An empty archive: its end record alone behind a local header that nobody lists.
        QByteArray archive("PK\3\4", 4);
        archive += QByteArray(26, '\0') + QByteArray("PK\5\6", 4) + QByteArray(18, '\0');
        write(Rank0, archive + archive + slices({{"t", {2}}}, R"({"t":{"saved_offsets":[0]}})"));
        const auto opened = open(path(Rank0), {}, {});
        QVERIFY(opened.has_value());
        QCOMPARE(bytes(rulesOf((*opened)->findings())), QByteArray("hub.archive-before-header"));
        QCOMPARE((*opened)->entryCount(), 2u);
        QCOMPARE((*opened)->slice(SliceId(0u)).stored.size(), std::uint64_t(2));
        QVERIFY(!(*opened)->value(EntryId(0u)).has_value()); // damaged, and said so
    }

    void aStepFolderHasParts() {
        QVERIFY(QDir(m_folder->path()).mkpath("run/epoch_0_step_9/model/.hf_metadata") &&
                QDir(m_folder->path()).mkpath("run/epoch_0_step_10/model"));
        const std::string model = "run/epoch_0_step_9/model/";
        write(model + Rank0,
              slices({{"t", {2}}, {"v", {2}}}, R"({"t":{"saved_offsets":[0]},"v":{"saved_offsets":[0]}})"));
        write(model + ".hf_metadata/fqn_to_file_index_mapping.json", R"({"t":1,"tied":1})");
        write(model + ".hf_metadata/config.json", R"({"torch_dtype":"float32"})");
        write("run/epoch_0_step_10/model/" + Rank0, slices({{"u", {2}}}, R"({"u":{"saved_offsets":[0]}})"));
        QVERIFY((*open(path("run"), {}, {}))->findTensor("u").has_value()); // the last step
        write("run/LATEST.txt", "epoch_0_step_9\n");
        QVERIFY((*open(path("run"), {}, {}))->findTensor("t").has_value());
        const auto step = open(path("run/epoch_0_step_9"), {}, {});
        QVERIFY(step.has_value());
        QCOMPARE(bytes(rulesOf((*step)->findings())),
                 QByteArray("hub.mapped-absent hub.mapping-lacks-tensor"));
        const auto config = (*step)->findEntry(".hf_metadata/config.json");
        QVERIFY(config.has_value() && (*step)->entry(*config).sideFile);
        QCOMPARE(bytes((*step)->value(*config)->find("torch_dtype").text()), QByteArray("float32"));
        const auto mapping = (*step)->findEntry(".hf_metadata/fqn_to_file_index_mapping.json");
        QVERIFY(mapping.has_value() && !(*step)->entry(*mapping).sideFile);
    }

    void theFolderOfARunOpensTheModel() {
        const auto opened = open(SHARDLENS_TEST_DATA "/nemo_automodel", {}, {});
        QVERIFY(opened.has_value());
        QCOMPARE((*opened)->format(), Format::DcpSafetensors); // and not the optimizer beside it
        QVERIFY(!(*opened)->facts().otherParts.empty());
    }

    void limitsHold() {
        writePair();
        write(Index, index(GoodMap));
        Limits limits;
        JobContext context;
        context.limits = &limits;
        limits.files = 1;
        const auto files = open(path(), {}, context);
        QVERIFY(files.has_value());
        QCOMPARE(bytes(rulesOf((*files)->findings())), QByteArray("hub.too-many-files"));
    }

    void manyFindingsAreSummedUp() {
        std::string map = "{";
        for (int i = 1; i <= 300; ++i)
            map += (i > 1 ? ",\"t" : "\"t") + std::to_string(i) + "\":\"model-" + std::to_string(i) +
                   "-of-300.safetensors\"";
        write(Index, index(map + "}"));
        const auto missing = open(path(), {}, {});
        QVERIFY(missing.has_value());
        QCOMPARE(bytes(rulesOf((*missing)->findings())), QByteArray("hub.file-missing hub.further-errors"));
        QCOMPARE((*missing)->findings().size(), std::size_t(101));
        QCOMPARE((*missing)->fileCount(), 301u); // and the index
        write(Index, index(R"({"t1":"model-1-of-300.safetensors"})"));
        for (int i = 1; i <= 110; ++i)
            write("model-" + std::to_string(i) + "-of-300.safetensors",
                  shard({{"t" + std::to_string(i), {1}}}));
        const auto unmapped = open(path(), {}, {});
        QCOMPARE(bytes(rulesOf((*unmapped)->findings())),
                 QByteArray("hub.file-unmapped hub.further-findings"));
    }

    void manyNamesInOneMissingFile() {
        std::string map = "{\"0\":\"gone.safetensors\"";
        for (int i = 1; i < 200000; ++i)
            map += ",\"" + std::to_string(i) + "\":\"gone.safetensors\"";
        write(Index, index(map + "}"));
        const auto opened = open(path(), {}, {});
        QVERIFY(opened.has_value());
        QCOMPARE((*opened)->findings().size(), std::size_t(1));
        QCOMPARE(bytes(rulesOf((*opened)->findings())), QByteArray("hub.file-missing"));
    }

    void whatWentAwayIsSaid() {
        writePair();
        const auto folder = openFolder(path());
        QVERIFY(folder.has_value());
        const Candidate candidate{.path = path(),
                                  .folder = *folder,
                                  .file = {},
                                  .names = {},
                                  .head = {},
                                  .fileBytes = 0,
                                  .survey = nullptr};
        const auto opened = hub::reader().open(candidate, {}, {});
        QVERIFY(!opened.has_value());
        QCOMPARE(bytes(opened.error().rule->id), QByteArray("hub.vanished"));
    }

    void stopsWhenAsked() {
        writePair();
        std::stop_source stop;
        stop.request_stop();
        JobContext context;
        context.stop = stop.get_token();
        const auto opened = open(path(), {}, context);
        QVERIFY(!opened.has_value());
        QCOMPARE(bytes(opened.error().rule->id), QByteArray("job.cancelled"));
    }

private:
    std::string path(const std::string& name = {}) const {
        return m_folder->path().toStdString() + (name.empty() ? "" : "/" + name);
    }
    void write(const std::string& name, const QByteArray& content) const {
        QFile file(QString::fromStdString(path(name)));
        QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
        QCOMPARE(file.write(content), content.size());
    }
    void writePair() const {
        write(One, shard({{"a", {2}}}));
        write(Two, shard({{"b", {4}}}));
    }

    std::unique_ptr<QTemporaryDir> m_folder;
};

QTEST_GUILESS_MAIN(HubTest)
#include "hub_test.moc"
