// SPDX-License-Identifier: Apache-2.0
#include "query/file_map.h"
#include "query/filter.h"
#include "query/folding.h"
#include "query/rank_table.h"
#include "support/made_checkpoint.h"

#include <QElapsedTimer>
#include <QtTest>

#include <random>

using namespace shardlens;
using namespace shardlens::test;

namespace {

struct Folded {
    explicit Folded(const CheckpointPtr& checkpoint)
        : tree(*NameTree::build(checkpoint, JobContext{}))
        , folding(*Folding::build(tree, JobContext{})) {}

    Branch find(std::initializer_list<std::string_view> labels) const {
        auto at = tree->root();
        for (const auto label : labels)
            for (const auto& child : tree->children(at))
                if (tree->label(child) == label && child.depth > at.depth) {
                    at = child;
                    break;
                }
        return at;
    }

    std::string runs(const Branch& branch, Folding::Splits splits = {}) const {
        const auto children = tree->children(branch);
        std::string out;
        for (const auto& run : folding->runs(children, splits)) {
            out += std::string(tree->label(children[run.firstChild]));
            if (run.count() > 1)
                out += "-" + std::string(tree->label(children[run.lastChild]));
            out += " ";
        }
        return out;
    }

    NameTreePtr tree;
    FoldingPtr folding;
};

std::vector<MadeTensor> layers(int count) {
    std::vector<MadeTensor> out{{.name = "model.embed"}};
    for (int i = 0; i < count; ++i) {
        const auto prefix = "model.layers." + std::to_string(i);
        out.push_back({.name = prefix + ".q.weight", .shape = {8, 8}});
        out.push_back({.name = prefix + ".norm", .dtype = DType::BF16});
    }
    return out;
}

/// The structure below a branch said slowly: tails, dtypes and shapes as one text.
std::string naiveStructure(const NameTree& tree, const Branch& branch) {
    std::string out;
    for (auto p = branch.begin; p < branch.end; ++p) {
        const auto path = itemPath(*tree.checkpoint(), tree.item(p));
        for (std::size_t i = branch.depth; i < path.size(); ++i)
            out += std::to_string(path[i].size()) + ":" + std::string(path[i]) + "/";
        const auto tensor = tree.checkpoint()->tensor(tree.tensor(tree.item(p)));
        out += tensor.dtypeName();
        for (const auto dim : tensor.shape())
            out += "," + std::to_string(dim);
        out += ";";
    }
    return out;
}

void collect(const NameTree& tree, const Branch& branch, std::vector<Branch>& out) {
    out.push_back(branch);
    for (const auto& child : tree.children(branch))
        collect(tree, child, out);
}

FileSegment::Kind kindAt(const FileMap& map, std::uint64_t byte) {
    return map.at(byte)->kind;
}

} // namespace

class MapsTest : public QObject {
    Q_OBJECT
private slots:
    void foldsAlikeLayers() {
        const Folded folded(makeCheckpoint(layers(32)));
        QCOMPARE(folded.runs(folded.find({"model", "layers"})), std::string("0-31 "));
        QCOMPARE(folded.runs(folded.find({"model"})), std::string("embed layers "));
    }

    void splitsWhereLayersDiffer() {
        auto tensors = layers(32);
        tensors[2 * 17 + 1].shape = {8, 9};
        tensors.push_back({.name = "model.layers.20.extra"});
        const Folded folded(makeCheckpoint(tensors));
        QCOMPARE(folded.runs(folded.find({"model", "layers"})), std::string("0-16 17 18 19 20 21-31 "));
    }

    void splitsAroundPositionsGapsAndMarks() {
        auto tensors = layers(12);
        tensors.erase(tensors.begin() + 1 + 2 * 3, tensors.begin() + 1 + 2 * 4); // layer 3
        const auto checkpoint = makeCheckpoint(tensors);
        const Folded folded(checkpoint);
        const auto branch = folded.find({"model", "layers"});
        QCOMPARE(folded.runs(branch), std::string("0-2 4-11 "));
        const std::vector<std::uint32_t> selected{folded.tree->children(branch)[6].begin + 1};
        QCOMPARE(folded.runs(branch, {.positions = selected, .minimum = 2}), std::string("0-2 4-6 7 8-11 "));
        const auto bits = Filter::parse("-\"model.layers.9.norm\"")->apply(*checkpoint, JobContext{});
        const auto marks = folded.folding->mark(*bits);
        QCOMPARE(folded.runs(branch, {.marks = &marks, .minimum = 2}), std::string("0-2 4-8 9 10-11 "));
        QCOMPARE(folded.runs(branch, {.minimum = 4}), std::string("0 1 2 4-11 "));
    }

    void foldsNumbersInsideLabels() {
        const Folded folded(
            makeNamed({"block1", "block2", "block3", "other4", "a_1_x", "a_2_x", "a_3_y", "01", "02"}));
        QCOMPARE(folded.runs(folded.tree->root(), {.minimum = 2}),
                 std::string("01 02 a_1_x-a_2_x a_3_y block1-block3 other4 "));
    }

    void hashesAgreeWithStructures() {
        std::mt19937 random(3);
        for (int round = 0; round < 30; ++round) {
            std::vector<MadeTensor> tensors;
            for (int i = 0; i < 60; ++i) {
                std::string name;
                for (auto parts = 1 + random() % 4; parts > 0; --parts)
                    name += (name.empty() ? "" : ".") + std::string(random() % 3, 'a') +
                            std::to_string(random() % 3);
                tensors.push_back({.name = name, .shape = {1 + random() % 2}});
            }
            const Folded folded(makeCheckpoint(tensors));
            std::vector<Branch> branches;
            collect(*folded.tree, folded.tree->root(), branches);
            for (const auto& a : branches)
                for (const auto& b : branches)
                    QCOMPARE(folded.folding->structure(a) == folded.folding->structure(b),
                             naiveStructure(*folded.tree, a) == naiveStructure(*folded.tree, b));
        }
    }

    void rankTableAddsUp() {
        std::vector<MadeTensor> tensors{{.name = "embed", .shape = {1000}, .files = {0}},
                                        {.name = "layers.0.w", .shape = {100}, .files = {0, 1, 2, 3}},
                                        {.name = "layers.1.w", .shape = {100}, .files = {0, 1, 2, 3}},
                                        {.name = "head", .shape = {10}, .files = {3}}};
        const auto tree = *NameTree::build(makeCheckpoint(tensors), JobContext{});
        const auto rows = branchesAtDepth(*tree, 2, 100);
        QCOMPARE(rows.size(), std::size_t{4});
        const auto table = *rankTable(*tree, rows, {}, JobContext{});
        QCOMPARE(table.columns.size(), std::size_t{4});
        QCOMPARE(table.bytes, std::uint64_t{4 * 1210});
        QCOMPARE(table.cell(0, 0), std::uint64_t{4000});
        QCOMPARE(table.cell(2, 1), std::uint64_t{100});
        QCOMPARE(table.groups, 3u);
        QCOMPARE(table.columns[1].group, table.columns[2].group);
        const auto imbalance = table.imbalance();
        QVERIFY(imbalance);
        QCOMPARE(imbalance->column, 0u);
        QCOMPARE(tree->label(table.rows[imbalance->row].branch), std::string_view("embed"));
        const auto narrow = *rankTable(*tree, rows, {.maxColumns = 2}, JobContext{});
        QCOMPARE(narrow.columns.size(), std::size_t{2});
        QCOMPARE(narrow.columns[1].count, 2u);
        QCOMPARE(narrow.columns[0].bytes + narrow.columns[1].bytes, narrow.bytes);
        QVERIFY(table.cause);
        QCOMPARE(tree->checkpoint()->tensor(table.cause->tensor).name(), std::string_view("embed"));
        QCOMPARE(table.cause->slices, 1u);
        QCOMPARE(table.slices(2, 2), 1u);
        QCOMPARE(table.rows[2].slices, 4u);
    }

    void rankTableByFile() {
        const std::vector<MadeTensor> tensors{{.name = "a.w", .shape = {300}, .files = {0}},
                                              {.name = "b.w", .shape = {100}, .files = {1, 3}}};
        const auto tree = *NameTree::build(makeCheckpoint(tensors), JobContext{});
        const auto rows = branchesAtDepth(*tree, 1, 100);
        const auto table = *rankTable(*tree, rows, {.by = RankTable::By::File}, JobContext{});
        QCOMPARE(table.count, 3u); // file 2 holds no slice
        QCOMPARE(table.columns[1].first, 1u);
        QCOMPARE(table.columns[2].first, 3u);
        QCOMPARE(table.cell(0, 0), std::uint64_t{1200});
        QCOMPARE(table.cell(1, 2), std::uint64_t{200});
        QCOMPARE(table.withoutRank, std::uint64_t{0});
    }

    void fileMapTilesTheFile() {
        CheckpointBuilder builder{JobContext{}};
        FileRecord record;
        record.path = "a.bin";
        record.bytes = 1000;
        const auto file = builder.addFile(record);
        builder.addRegion(
            {.file = file, .kind = Region::Kind::Header, .range = {0, 100}, .name = {}, .crc32 = {}});
        builder.addRegion(
            {.file = file, .kind = Region::Kind::Record, .range = {150, 400}, .name = "r", .crc32 = {}});
        const auto add = [&](const char* name, std::uint64_t begin, std::uint64_t end) {
            const auto id = builder.addTensor(name)->id;
            builder.setDType(id, DType::U8);
            builder.setShape(id, Dims{end - begin});
            builder.addWholeSlice(id, DType::U8, file, {begin, end});
        };
        add("inRecord", 200, 300);
        add("plain", 500, 600);
        add("overlap", 550, 650);
        add("past", 950, 1100);
        EntryRecord entry;
        entry.name = "value";
        entry.file = file;
        entry.stored = {700, 800};
        builder.addEntry(entry);
        const auto maps = *FileMaps::build(*builder.build(), JobContext{});
        const auto map = maps->map(file);
        using Kind = FileSegment::Kind;
        QCOMPARE(map.bytes, std::uint64_t{1100});
        const std::vector<std::pair<std::uint64_t, Kind>> wanted{
            {0, Kind::Header},      {99, Kind::Header}, {100, Kind::Unclaimed}, {150, Kind::Record},
            {200, Kind::Slice},     {299, Kind::Slice}, {300, Kind::Record},    {400, Kind::Unclaimed},
            {560, Kind::Slice},     {649, Kind::Slice}, {650, Kind::Unclaimed}, {700, Kind::Entry},
            {800, Kind::Unclaimed}, {999, Kind::Slice}, {1000, Kind::Missing}};
        for (const auto& [byte, kind] : wanted)
            QVERIFY2(kindAt(map, byte) == kind, std::to_string(byte).c_str());
        QVERIFY(!map.at(1100));
        for (const std::uint32_t count : {1u, 7u, 100u, 1100u, 5000u}) {
            const auto columns = map.columns({0, map.bytes}, count);
            std::uint64_t slices = 0;
            for (std::uint32_t c = 0; c < count; ++c) {
                QVERIFY(columns[c].segments > 0);
                slices += columns[c].bytes[static_cast<std::size_t>(Kind::Slice)];
            }
            if (count <= 1100)
                QCOMPARE(slices, std::uint64_t{100 + 100 + 100 + 50});
        }
        const auto zoomed = map.columns({995, 1005}, 10);
        QCOMPARE(zoomed[4].most, Kind::Slice);
        QCOMPARE(zoomed[5].most, Kind::Missing);
        QVERIFY(zoomed[5].damaged);
    }

    void mapsOfManySlices() {
        std::vector<MadeTensor> tensors;
        for (int i = 0; i < 300'000; ++i)
            tensors.push_back(
                {.name = "l." + std::to_string(i), .files = {static_cast<std::uint32_t>(i % 100)}});
        const auto checkpoint = makeCheckpoint(tensors);
        QElapsedTimer timer;
        timer.start();
        const auto maps = *FileMaps::build(checkpoint, JobContext{});
        qInfo("file maps of 300,000 slices: %lld ms", static_cast<long long>(timer.restart()));
        QCOMPARE(maps->map(FileId(7u)).segments.size(), std::size_t{3000});
        const Folded folded(checkpoint);
        qInfo("tree and folding: %lld ms", static_cast<long long>(timer.restart()));
        const auto branch = folded.tree->children(folded.tree->root()).at(0);
        QCOMPARE(folded.runs(branch), std::string("0-299999 "));
        qInfo("one run of 300,000 siblings: %lld ms", static_cast<long long>(timer.elapsed()));
    }
};

QTEST_GUILESS_MAIN(MapsTest)
#include "maps_test.moc"
