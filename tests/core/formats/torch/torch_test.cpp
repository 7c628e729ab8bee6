// SPDX-License-Identifier: Apache-2.0
#include "data/tensor_reader.h"
#include "formats/torch/add_torch_file.h"
#include "formats/torch/archive.h"
#include "formats/torch/legacy.h"
#include "formats/torch/torch_file.h"
#include "model/checkpoint_builder.h"
#include "model/value_json.h"
#include "support/pickle_maker.h"
#include "support/zip_maker.h"

#include <QTest>

#include <chrono>
#include <cstring>
#include <memory>
#include <random>

using namespace shardlens;
using namespace shardlens::test;
using namespace shardlens::test::pickled;

namespace {

const std::string sixFloats(24, '\1');

std::vector<std::byte> bytesOf(const std::string& text) {
    std::vector<std::byte> out(text.size());
    std::memcpy(out.data(), text.data(), text.size());
    return out;
}

Result<CheckpointPtr> openBytes(std::vector<std::byte> bytes) {
    const auto source = memorySource("a.pt", std::move(bytes));
    SHARDLENS_TRY(auto read, torch::readTorchFile(source, {}));
    const auto file = std::make_shared<const torch::TorchFile>(std::move(read));
    CheckpointBuilder builder{JobContext()};
    FileRecord record;
    record.path = "a.pt";
    record.bytes = source->size();
    record.source = source;
    const auto id = builder.addFile(std::move(record));
    const auto backend = std::make_shared<torch::TorchBackend>();
    SHARDLENS_CHECK(torch::addTorchFile(builder, file, id, *backend, {}).map([](auto&&) {}));
    builder.setBackend(backend);
    return builder.build();
}

QByteArray id(const Rule& rule) {
    return {rule.id.data(), qsizetype(rule.id.size())};
}

QByteArray rulesOf(const Result<CheckpointPtr>& checkpoint) {
    if (!checkpoint)
        return id(*checkpoint.error().rule);
    QByteArray out;
    for (const auto& finding : (*checkpoint)->findings())
        out += (out.isEmpty() ? "" : " ") + id(*finding.what.rule);
    return out;
}

std::string floatTensor(const std::string& key = "0") {
    return tensor(storage("FloatStorage", key, 6), 0, {2, 3}, {3, 1});
}

/// The old format, as `_legacy_save` lays it out.
std::string legacyFile(const std::string& object, const std::string& keys, const std::string& data) {
    const std::string magic("\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.", 15);
    return magic + whole(integer(1001)) + whole(dict({{text("little_endian"), "\x88"}})) + whole(object) +
           whole(keys) + data;
}

std::string count(std::uint64_t value) {
    std::string out(8, '\0');
    std::memcpy(out.data(), &value, 8);
    return out;
}

} // namespace

class TorchTest : public QObject {
    Q_OBJECT

private slots:
    void names();
    void reportsDamage_data();
    void reportsDamage();
    void readsLegacyFiles();
    void resolvesViews();
    void survivesMutations();
    void doesNotExplode();
};

void TorchTest::names() {
    const auto nested = dict({{text("list"), list({floatTensor(), integer(7)})},
                              {text("tuple"), tuple({integer(1), integer(2)})},
                              {integer(5), floatTensor()},
                              {text("a.b"), floatTensor()},
                              {text("a"), dict({{text("b"), floatTensor()}})},
                              {text("empty"), "}"},
                              {tuple({integer(1), text("x")}), integer(1)}});
    const auto checkpoint = openBytes(makeTorchFile(nested, {{"0", sixFloats}}));
    QVERIFY(checkpoint);
    QCOMPARE((*checkpoint)->tensorCount(), 4U);
    for (const auto* name : {"list.0", "5", "a.b", "a.b#2"})
        QVERIFY2((*checkpoint)->findTensor(name), name);
    QCOMPARE((*checkpoint)->tensor(*(*checkpoint)->findTensor("a.b")).pathLength(), 1U);
    QCOMPARE((*checkpoint)->tensor(*(*checkpoint)->findTensor("a.b#2")).pathLength(), 2U);
    for (const auto* name : {"list.1", "tuple", "empty", "(1, 'x')"})
        QVERIFY2((*checkpoint)->findEntry(name), name);
    QCOMPARE(toJson(*(*checkpoint)->value(*(*checkpoint)->findEntry("tuple")), {.indent = -1}),
             std::string("[1, 2]"));
    QCOMPARE(rulesOf(checkpoint), QByteArray("torch.name-collision torch.tied-tensors"));
}

void TorchTest::reportsDamage_data() {
    QTest::addColumn<QByteArray>("rules");
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<int>("readable");
    const auto row = [](const char* name, const char* rules, const std::vector<std::byte>& bytes,
                        int readable) {
        QTest::newRow(name) << QByteArray(rules)
                            << QByteArray(reinterpret_cast<const char*>(bytes.data()),
                                          qsizetype(bytes.size()))
                            << readable;
    };
    const auto one = [](const std::string& value) {
        return dict({{text("good"), floatTensor()}, {text("w"), value}});
    };
    const auto file = [&](const std::string& value) {
        return makeTorchFile(one(value), {{"0", sixFloats}});
    };
    const auto floats = storage("FloatStorage", "0", 6);
    const std::int64_t huge = std::int64_t{1} << 62;
    row("sound", "torch.tied-tensors", file(floatTensor()), 2);
    row("no data.pkl", "torch.no-data-pickle", makeZip({{.name = "archive/data/0", .data = sixFloats}}), 0);
    row("byteorder", "torch.bad-byteorder", makeTorchFile(floatTensor(), {{"0", sixFloats}}, "middle"), 0);
    row("storage missing", "torch.storage-missing", file(floatTensor("9")), 1);
    row("storage too short", "torch.storage-size",
        makeTorchFile(one(tensor(storage("FloatStorage", "1", 100), 0, {2}, {1})),
                      {{"0", sixFloats}, {"1", sixFloats}}),
        1);
    row("beyond the storage", "torch.tensor-outside-storage torch.tied-tensors",
        file(tensor(floats, 4, {3}, {1})), 1);
    row("stride beyond", "torch.tensor-outside-storage torch.tied-tensors",
        file(tensor(floats, 0, {2, 2}, {6, 1})), 1);
    row("overflow", "torch.tensor-outside-storage torch.tied-tensors",
        file(tensor(floats, 0, {huge, huge}, {huge, 1})), 1);
    row("negative dim", "torch.bad-tensor", file(tensor(floats, 0, {-1}, {1})), 1);
    row("stride and size disagree", "torch.bad-tensor", file(tensor(floats, 0, {2, 3}, {1})), 1);
    row("no storage", "torch.bad-tensor", file(tensor(integer(3), 0, {2}, {1})), 1);
    row("unknown storage", "torch.bad-tensor pickle.unknown-classes",
        file(tensor(storage("WeirdStorage", "0", 6), 0, {2}, {1})), 1);
    row("another rebuild", "torch.not-plain", file(call(global("torch._utils", "_rebuild_xla_tensor"), {})),
        1);
    row("dangerous", "pickle.dangerous-global", file(call(global("os", "system"), {text("true")})), 1);
    std::vector<ZipMakerEntry> entries{{.name = "a/data.pkl", .data = whole(floatTensor())},
                                       {.name = "a/data/0", .data = sixFloats, .method = 8}};
    row("compressed record", "torch.storage-unreadable", makeZip(entries), 0);
    row("big-endian, newer dtype", "torch.big-endian-untyped",
        makeTorchFile(call(global("torch._utils", "_rebuild_tensor_v3"),
                           {storage("UntypedStorage", "0", 24), integer(0), dims({3}), dims({1}), "\x89",
                            call(global("collections", "OrderedDict"), {}), global("torch", "uint16")}),
                      {{"0", sixFloats}}, "big"),
        1);
    row("old, cut off", "torch.legacy-broken",
        bytesOf(legacyFile(floatTensor(), list({text("0")}), count(6) + sixFloats.substr(0, 9))), 0);
    row("old, count disagrees", "torch.storage-size torch.legacy-format",
        bytesOf(legacyFile(floatTensor(), list({text("0")}), count(5) + sixFloats)), 0);
}

void TorchTest::reportsDamage() {
    QFETCH(QByteArray, rules);
    QFETCH(QByteArray, bytes);
    QFETCH(int, readable);
    const auto* begin = reinterpret_cast<const std::byte*>(bytes.constData());
    const auto checkpoint = openBytes({begin, begin + bytes.size()});
    QCOMPARE(rulesOf(checkpoint), rules);
    if (!checkpoint)
        return;
    int found = 0;
    for (std::uint32_t i = 0; i < (*checkpoint)->tensorCount(); ++i) {
        const auto tensor = (*checkpoint)->tensor(TensorId(i));
        found += tensor.readable();
        QCOMPARE(TensorReader::open(*checkpoint, TensorId(i), {}).has_value(), tensor.readable());
    }
    QCOMPARE(found, readable);
}

void TorchTest::readsLegacyFiles() {
    const auto checkpoint = openBytes(
        bytesOf(legacyFile(dict({{text("w"), floatTensor("k")}}), list({text("k")}), count(6) + sixFloats)));
    QCOMPARE(rulesOf(checkpoint), QByteArray("torch.legacy-format"));
    const auto reader = TensorReader::open(*checkpoint, TensorId(0U), {});
    QVERIFY(reader);
    std::vector<std::byte> out(24);
    QVERIFY((*reader)->read({0, 6}, out));
    QVERIFY(std::memcmp(out.data(), sixFloats.data(), 24) == 0);
}

void TorchTest::resolvesViews() {
    std::string bytes;
    for (char c = 0; c < 12; ++c)
        bytes += c;
    const auto transposed = tensor(storage("ByteStorage", "0", 12), 1, {3, 2}, {1, 4});
    const auto checkpoint = openBytes(makeTorchFile(transposed, {{"0", bytes}}));
    QVERIFY(checkpoint);
    QCOMPARE(rulesOf(checkpoint), QByteArray());
    const auto id = (*checkpoint)->findTensor("");
    QVERIFY(id);
    const auto reader = TensorReader::open(*checkpoint, *id, {});
    QVERIFY(reader);
    std::vector<std::byte> out(6);
    QVERIFY((*reader)->read({0, 6}, out));
    const std::array<int, 6> want{1, 5, 2, 6, 3, 7};
    for (std::size_t i = 0; i < want.size(); ++i)
        QCOMPARE(std::to_integer<int>(out[i]), want[i]);
    const auto stored = (*checkpoint)->slice(SliceId(0U)).stored;
    QCOMPARE(stored.size(), std::uint64_t{7});
}

void TorchTest::survivesMutations() {
    const auto whole =
        makeTorchFile(dict({{text("a"), floatTensor()},
                            {text("b"), list({floatTensor(), tuple({integer(1), floatTensor()})})}}),
                      {{"0", sixFloats}});
    std::mt19937 random(7);
    for (int round = 0; round < 1500; ++round) {
        auto bytes = whole;
        for (int hits = 0; hits < 2; ++hits)
            bytes[random() % bytes.size()] = static_cast<std::byte>(random());
        const auto checkpoint = openBytes(bytes);
        if (!checkpoint)
            continue;
        for (std::uint32_t i = 0; i < (*checkpoint)->tensorCount(); ++i)
            if (const auto reader = TensorReader::open(*checkpoint, TensorId(i), {});
                reader && (*reader)->bytes() < 4096) {
                std::vector<std::byte> out((*reader)->bytes());
                (void)(*reader)->read({0, (*reader)->elements()}, out);
            }
    }
    for (std::size_t length = 0; length < whole.size(); ++length)
        QVERIFY(!openBytes({whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length)}));
}

/// Twenty dicts, each twice the one before: a million leaves of one small pickle, and a list inside itself.
void TorchTest::doesNotExplode() {
    std::string value = dict({{text("x"), integer(1)}}) + "q\x01" + "0";
    for (char level = 1; level < 40; ++level)
        value += dict({{text("a"), std::string("h") + level}, {text("b"), std::string("h") + level}}) + "q" +
                 static_cast<char>(level + 1) + "0";
    value += "h\x28";
    const auto checkpoint = openBytes(makeTorchFile(value, {}));
    QCOMPARE(rulesOf(checkpoint), QByteArray("torch.too-many-values"));

    const std::string cycle = std::string("]q\x01") + "(h\x01" + floatTensor() + "e";
    const auto looped = openBytes(makeTorchFile(cycle, {{"0", sixFloats}}));
    QVERIFY(looped);
    QCOMPARE((*looped)->tensorCount(), 1U);
    QCOMPARE((*looped)->entryCount(), 1U);
}

QTEST_GUILESS_MAIN(TorchTest)
#include "torch_test.moc"
