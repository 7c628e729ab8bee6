// SPDX-License-Identifier: Apache-2.0
#include "model/checkpoint_builder.h"
#include "model/coverage.h"
#include "model/value_graph.h"
#include "support/results.h"
#include "support/temp_folder.h"

#include <QElapsedTimer>
#include <QtTest>

#include <algorithm>
#include <malloc.h>
#include <random>
#include <string>
#include <vector>

using namespace shardlens;
using namespace shardlens::test;

namespace {

using Added = CheckpointBuilder::Added;

TensorId add(CheckpointBuilder& builder, std::string_view name, const Dims& shape, DType dtype = DType::F32) {
    const auto added = builder.addTensor(name).value();
    builder.setShape(added.id, shape);
    builder.setDType(added.id, dtype);
    return added.id;
}

FileRecord fileOf(std::string path, std::uint64_t bytes) {
    FileRecord record;
    record.path = std::move(path);
    record.bytes = bytes;
    return record;
}

std::vector<std::string> rulesOf(const Checkpoint& checkpoint) {
    std::vector<std::string> ids;
    for (const auto& finding : checkpoint.findings())
        ids.emplace_back(finding.what.rule->id);
    return ids;
}

using Texts = std::vector<std::string>;

} // namespace

class CheckpointBuilderTest : public QObject {
    Q_OBJECT

private slots:
    void describesATensor() {
        CheckpointBuilder builder{JobContext{}};
        const auto file = builder.addFile(fileOf("a.bin", 100));
        const auto a = add(builder, "model.layers.0.weight", {2, 3});
        builder.addWholeSlice(a, DType::F32, file, {10, 34}, 7);
        builder.setFacts(a, {{"requires_grad", "true"}});
        builder.setStorage(a, 5);
        const auto b = add(builder, "odd.name", {});
        builder.addSlice(b, {}, {}, DType::BF16, file, {34, 36});
        const auto checkpoint = builder.build().value();

        QCOMPARE(checkpoint->tensorCount(), 2u);
        const auto view = checkpoint->tensor(a);
        COMPARE_TEXT(view.name(), "model.layers.0.weight");
        COMPARE_TEXT(view.dtypeName(), "F32");
        QCOMPARE(view.elements(), 6u);
        QCOMPARE(view.bytes(), 24u);
        QVERIFY(view.readable());
        QCOMPARE(view.storage(), std::optional<std::uint32_t>(5));
        QCOMPARE(view.facts().size(), 1u);
        QCOMPARE(view.path(), (std::vector<std::string_view>{"model", "layers", "0", "weight"}));
        QCOMPARE(view.pathLength(), 4u);
        COMPARE_TEXT(view.pathPart(2), "0");
        const auto slice = checkpoint->slice(view.slice(0));
        QVERIFY(equal(slice.box.offset, Dims{0, 0}) && equal(slice.box.size, Dims{2, 3}));
        QCOMPARE(slice.detail, 7u);
        QCOMPARE(slice.stored.size(), 24u);
        QVERIFY(!checkpoint->tensor(b).storage());
        QVERIFY(checkpoint->tensor(b).facts().empty());
        QCOMPARE(checkpoint->findTensor("odd.name"), std::optional(b));
        QVERIFY(!checkpoint->findTensor("odd"));
        QCOMPARE(checkpoint->parameters(), 7u);
        QCOMPARE(checkpoint->bytes(), 28u);
        const auto payload = checkpoint->payload(view.slice(0));
        VERIFY_OK(payload);
        QVERIFY(payload->plain());
        QCOMPARE(payload->bytes, (ByteRange{10, 34}));
        VERIFY_OK(checkpoint->payload(checkpoint->tensor(b).slice(0)));
    }

    void cutsDecideThePath() {
        CheckpointBuilder builder{JobContext{}};
        const auto planner = add(builder, "state.exp_avg.a.b", {});
        builder.setCuts(planner, std::vector<std::uint32_t>{5, 13});
        const auto dots = add(builder, "a.b", {});
        builder.setCuts(dots, std::vector<std::uint32_t>{1});
        const auto none = add(builder, "a.b.c", {});
        builder.setCuts(none, {});
        const auto wrong = add(builder, "x.y", {});
        builder.setCuts(wrong, std::vector<std::uint32_t>{77});
        const auto empty = add(builder, "", {});
        const auto checkpoint = builder.build().value();
        QCOMPARE(checkpoint->tensor(planner).path(),
                 (std::vector<std::string_view>{"state", "exp_avg", "a.b"}));
        COMPARE_TEXT(checkpoint->tensor(planner).pathPart(2), "a.b");
        QCOMPARE(checkpoint->tensor(dots).path(), (std::vector<std::string_view>{"a", "b"}));
        QCOMPARE(checkpoint->tensor(none).path(), (std::vector<std::string_view>{"a.b.c"}));
        QCOMPARE(checkpoint->tensor(none).pathLength(), 1u);
        QCOMPARE(checkpoint->tensor(wrong).path(), (std::vector<std::string_view>{"x", "y"}));
        QCOMPARE(checkpoint->tensor(empty).path(), (std::vector<std::string_view>{""}));
        COMPARE_TEXT(checkpoint->tensor(empty).pathPart(0), "");
    }

    void namesAreUnique() {
        CheckpointBuilder builder{JobContext{}};
        const auto first = builder.addTensor("a").value();
        const auto again = builder.addTensor("a").value();
        QVERIFY(first.isNew && !again.isNew);
        QCOMPARE(first.id, again.id);
        std::string zero("a\0b", 3);
        QVERIFY(builder.addTensor(zero).value().isNew);
        QVERIFY(builder.addTensor("").value().isNew);
        QCOMPARE(builder.tensorCount(), 3u);
    }

    void slicesComeInOrder() {
        CheckpointBuilder builder{JobContext{}};
        const auto second = builder.addFile(fileOf("2", 1000)), first = builder.addFile(fileOf("1", 1000));
        const auto a = add(builder, "a", {4, 2}), b = add(builder, "b", {2});
        builder.addSlice(b, Dims{1}, Dims{1}, DType::F32, second, {0, 4}, 1);
        builder.addSlice(a, Dims{2, 0}, Dims{2, 2}, DType::F32, first, {0, 16}, 2);
        builder.addSlice(a, Dims{0, 0}, Dims{2, 2}, DType::F32, second, {16, 32}, 3);
        builder.addSlice(a, Dims{0, 0}, Dims{2, 2}, DType::F32, first, {16, 32}, 4);
        builder.addSlice(b, Dims{0}, Dims{1}, DType::F32, second, {4, 8});
        const auto c = add(builder, "c", {2});
        builder.addSlice(c, Dims{0}, Dims{2}, DType::F32, second, {8, 16}, 6);
        const auto checkpoint = builder.build().value();
        QCOMPARE(rulesOf(*checkpoint), Texts{});
        std::vector<std::uint32_t> details;
        for (const auto id : {a, b, c})
            for (std::uint32_t i = 0; i < checkpoint->tensor(id).sliceCount(); ++i) {
                const auto slice = checkpoint->slice(checkpoint->tensor(id).slice(i));
                QCOMPARE(slice.tensor, id);
                details.push_back(slice.detail);
            }
        QCOMPARE(details, (std::vector<std::uint32_t>{3, 4, 2, 0, 1, 6}));
    }

    void reportsWhatSlicesLack() {
        CheckpointBuilder builder{JobContext{}};
        const auto file = builder.addFile(fileOf("f", 100));
        add(builder, "no slices", {3});
        add(builder, "no elements", {0});
        const auto hole = add(builder, "hole", {4});
        builder.addSlice(hole, Dims{0}, Dims{2}, DType::F32, file, {0, 8});
        const auto overlap = add(builder, "overlap", {4});
        builder.addSlice(overlap, Dims{0}, Dims{3}, DType::F32, file, {0, 12});
        builder.addSlice(overlap, Dims{2}, Dims{2}, DType::F32, file, {0, 8});
        const auto outside = add(builder, "outside", {4});
        builder.addSlice(outside, Dims{2}, Dims{4}, DType::F32, file, {0, 16});
        const auto lost = add(builder, "lost", {4});
        builder.addWholeSlice(lost, DType::F32, {}, {});
        const auto fine = add(builder, "fine", {4});
        builder.addWholeSlice(fine, DType::F32, file, {0, 16});
        const auto checkpoint = builder.build().value();
        auto ids = rulesOf(*checkpoint);
        std::sort(ids.begin(), ids.end());
        QCOMPARE(ids, (Texts{"slices.missing", "slices.missing", "slices.out-of-bounds", "slices.overlap",
                             "slices.without-bytes"}));
        for (std::uint32_t i = 0; i < checkpoint->tensorCount(); ++i) {
            const auto view = checkpoint->tensor(TensorId(i));
            QCOMPARE(view.readable(), view.name() == "fine" || view.name() == "no elements");
            if (const auto problem = view.problem()) {
                const auto& tensors = checkpoint->findings()[problem->index()].tensors;
                QVERIFY(std::find(tensors.begin(), tensors.end(), view.id()) != tensors.end());
            }
        }
        VERIFY_RULE(checkpoint->payload(checkpoint->tensor(lost).slice(0)), "slices.without-bytes");
        for (const auto& finding : checkpoint->findings())
            if (finding.what.where.item == "overlap")
                COMPARE_TEXT(message(finding.what), "Two slices of overlap cover the same elements: [2:3].");
    }

    void oneCauseIsOneFinding() {
        CheckpointBuilder builder{JobContext{}};
        const auto cut = builder.addFile(fileOf("cut.bin", 50)),
                   whole = builder.addFile(fileOf("whole.bin", 5000));
        for (std::uint64_t i = 0; i < 100; ++i) {
            const auto tensor = add(builder, "t" + std::to_string(i), {2});
            builder.addWholeSlice(tensor, DType::F32, i < 30 ? whole : cut, {i * 8, i * 8 + 8});
            const auto half = add(builder, "h" + std::to_string(i), {2});
            builder.addSlice(half, Dims{0}, Dims{1}, DType::F32, whole, {0, 4});
        }
        const auto checkpoint = builder.build().value();
        QCOMPARE(rulesOf(*checkpoint), (Texts{"slices.missing-in-many", "slices.past-end-of-file"}));
        QCOMPARE(checkpoint->findings()[0].tensors.size(), 100u);
        QCOMPARE(checkpoint->findings()[1].tensors.size(), 70u);
        COMPARE_TEXT(checkpoint->findings()[1].what.where.file, "cut.bin");
        COMPARE_TEXT(message(checkpoint->findings()[1].what),
                     "70 tensors have data past the end of the file; 750 B are missing.");
    }

    void shapesThatCannotBeCounted() {
        CheckpointBuilder builder{JobContext{}};
        const auto file = builder.addFile(fileOf("f", 100));
        const std::uint64_t big = std::uint64_t{1} << 40;
        const auto huge = add(builder, "huge", {big, big});
        builder.addWholeSlice(huge, DType::F32, file, {0, 8});
        const auto wide = add(builder, "wide", {big, std::uint64_t{1} << 23}); // elements fit, bytes don't
        builder.addWholeSlice(wide, DType::C128, file, {0, 8});
        const auto checkpoint = builder.build().value();
        QCOMPARE(rulesOf(*checkpoint), Texts{"limits.too-many-elements"});
        QCOMPARE(checkpoint->tensor(huge).elements(), 0u);
        QCOMPARE(checkpoint->tensor(wide).bytes(), 0u);
        QVERIFY(!checkpoint->tensor(huge).readable());
        VERIFY_RULE(checkpoint->payload(checkpoint->tensor(huge).slice(0)), "slices.stored-size");
        VERIFY_RULE(checkpoint->payload(checkpoint->tensor(wide).slice(0)), "slices.stored-size");
    }

    void errorsComeFirst() {
        CheckpointBuilder builder{JobContext{}};
        static constexpr Rule hint{"test.hint", Severity::Info, "a", "b"},
            bad{"test.bad", Severity::Error, "a", "b"};
        const auto a = add(builder, "a", {0}), b = add(builder, "b", {3});
        builder.addFinding(hint, {}, {}, {}, {a});
        builder.addFinding(bad, {}, {}, {}, {b});
        const auto checkpoint = builder.build().value();
        // `b` has no slices, and its reader has said why it cannot be read.
        QCOMPARE(rulesOf(*checkpoint), (Texts{"test.bad", "test.hint"}));
        QVERIFY(checkpoint->tensor(a).readable());
        QCOMPARE(checkpoint->tensor(b).problem(), std::optional(FindingId(0u)));
        const auto counts = countFindings(checkpoint->findings());
        QCOMPARE(counts.errors, 1u);
        QCOMPARE(counts.infos, 1u);
    }

    void limitsHold() {
        Limits limits;
        limits.tensors = 2;
        limits.slices = 3;
        limits.nameBytes = 4;
        JobContext context;
        context.limits = &limits;
        CheckpointBuilder builder(context);
        VERIFY_RULE(builder.addTensor("12345"), "limits.name-too-long");
        VERIFY_OK(builder.addTensor("a"));
        VERIFY_OK(builder.addTensor("b"));
        VERIFY_OK(builder.addTensor("a"));
        VERIFY_RULE(builder.addTensor("c"), "limits.too-many-tensors");
        const auto file = builder.addFile(fileOf("f", 1));
        for (int i = 0; i < 4; ++i)
            builder.addWholeSlice(TensorId(0u), DType::U8, file, {0, 1});
        VERIFY_RULE(builder.build(), "limits.too-many-slices");
        QCOMPARE(builder.tensorCount(), 0u); // empty afterwards
    }

    void stops() {
        std::stop_source source;
        JobContext context;
        context.stop = source.get_token();
        CheckpointBuilder builder(context);
        add(builder, "a", {});
        source.request_stop();
        VERIFY_RULE(builder.build(), "job.cancelled");
    }

    void regionsByFile() {
        CheckpointBuilder builder{JobContext{}};
        const auto a = builder.addFile(fileOf("a", 10)), b = builder.addFile(fileOf("b", 10)),
                   c = builder.addFile(fileOf("c", 10));
        builder.addRegion({c, Region::Kind::Header, {0, 4}, "third", {}});
        builder.addRegion({a, Region::Kind::Padding, {4, 8}, "second", {}});
        builder.addRegion({a, Region::Kind::Header, {0, 4}, "first", 42u});
        const auto checkpoint = builder.build().value();
        QCOMPARE(checkpoint->regions(a).size(), 2u);
        COMPARE_TEXT(checkpoint->regions(a)[0].name, "first");
        QVERIFY(checkpoint->regions(b).empty());
        COMPARE_TEXT(checkpoint->regions(c)[0].name, "third");
    }

    void entriesAndFiles() {
        CheckpointBuilder builder{JobContext{}};
        auto record = fileOf("notes.txt", 5);
        record.source = memorySource("notes.txt", bytesOf("hello"));
        const auto file = builder.addFile(std::move(record));
        auto gone = fileOf("gone.bin", 0);
        gone.missing = true;
        const auto missing = builder.addFile(std::move(gone));
        EntryRecord text;
        text.name = "notes.txt";
        text.kind = EntryRecord::Kind::Text;
        text.file = file;
        text.stored = {1, 5};
        const auto entry = builder.addEntry(text);
        text.kind = EntryRecord::Kind::Json;
        text.name = "config.json";
        const auto json = builder.addEntry(text);
        const auto checkpoint = builder.build().value();
        VERIFY_OK(checkpoint->value(entry));
        COMPARE_TEXT(checkpoint->value(entry)->text(), "ello");
        VERIFY_RULE(checkpoint->value(json), "entries.no-decoder");
        VERIFY_RULE(checkpoint->source(missing), "io.not-found");
        QCOMPARE(checkpoint->findEntry("config.json"), std::optional(json));
        QVERIFY(!checkpoint->findEntry("x"));
    }

    void aMillionTensors() {
        constexpr std::uint64_t Count = 1'000'000;
        std::vector<std::string> names;
        std::uint64_t nameBytes = 0;
        for (std::uint64_t i = 0; i < Count; ++i) {
            names.push_back("model.layers." + std::to_string(i / 100) + ".mlp.experts." +
                            std::to_string(i % 100) + ".down_proj.weight");
            nameBytes += names.back().size();
        }
        const auto memory = [] {
            return mallinfo2().uordblks + mallinfo2().hblkhd;
        };
        const auto before = memory();
        QElapsedTimer timer;
        timer.start();
        CheckpointBuilder builder{JobContext{}};
        const auto file = builder.addFile(fileOf("f", Count * 8));
        builder.reserve(Count, Count, nameBytes);
        qint64 adding = 0;
        for (std::uint64_t i = 0; i < Count; ++i) {
            const auto id = builder.addTensor(names[i]).value().id;
            builder.setDType(id, DType::BF16);
            builder.setShape(id, Dims{1 + i % 7, 4});
            builder.addWholeSlice(id, DType::BF16, file, {i * 8, i * 8 + 8});
        }
        adding = timer.elapsed();
        const auto checkpoint = builder.build().value();
        const auto all = timer.elapsed();
        const auto each = double(memory() - before) / double(Count);
        qInfo("adding %lld ms, all %lld ms, %.0f bytes a tensor of which %.0f are the name", adding, all,
              each, double(nameBytes) / double(Count));
        QCOMPARE(checkpoint->tensorCount(), std::uint32_t(Count));
        QCOMPARE(checkpoint->findTensor(names[777'777]), std::optional(TensorId(std::size_t{777'777})));
        QVERIFY(checkpoint->findings().empty());
        QVERIFY2(each < 200, qPrintable(QString::number(each)));
        QVERIFY(all < 20'000); // far from quadratic, on any machine and with any checks built in
    }

    void slicesInAnyOrderAtScale() {
        constexpr std::uint32_t Tensors = 100'000, Cuts = 8;
        CheckpointBuilder builder{JobContext{}};
        const auto file = builder.addFile(fileOf("f", 1 << 30));
        for (std::uint32_t i = 0; i < Tensors; ++i)
            add(builder, "t" + std::to_string(i), {Cuts, 4});
        std::vector<std::uint32_t> order(Tensors * Cuts);
        for (std::uint32_t i = 0; i < order.size(); ++i)
            order[i] = i;
        std::shuffle(order.begin(), order.end(), std::mt19937(1));
        for (const auto i : order)
            builder.addSlice(TensorId(i / Cuts), Dims{i % Cuts, 0}, Dims{1, 4}, DType::F32, file,
                             {i * 16u, i * 16u + 16u}, i);
        QElapsedTimer timer;
        timer.start();
        const auto checkpoint = builder.build().value();
        qInfo("%zu shuffled slices: %lld ms", order.size(), timer.elapsed());
        QVERIFY(checkpoint->findings().empty());
        for (std::uint32_t i = 0; i < order.size(); i += 997) {
            const auto slice = checkpoint->slice(SliceId(i));
            QCOMPARE(slice.detail, i);
            QCOMPARE(slice.box.offset[0], std::uint64_t{i % Cuts});
        }
    }
};

QTEST_GUILESS_MAIN(CheckpointBuilderTest)
#include "checkpoint_builder_test.moc"
