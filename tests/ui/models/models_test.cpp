// SPDX-License-Identifier: Apache-2.0
#include "support/sample_checkpoint.h"
#include "ui/models/cell.h"
#include "ui/models/contents_model.h"
#include "ui/models/files_model.h"
#include "ui/models/findings_model.h"
#include "ui/models/slices_model.h"
#include "ui/models/tensor_role.h"
#include "ui/models/tensor_rows.h"
#include "ui/models/tensors_model.h"
#include "ui/models/value_model.h"

#include <QAbstractItemModelTester>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

#include <algorithm>

using namespace shardlens;
using namespace shardlens::ui;
using shardlens::test::namesOf;
using shardlens::test::SampleCheckpoint;

namespace {

FilterResultPtr filtered(const NameTreePtr& names, std::string_view text) {
    return *FilterResult::compute(*Filter::parse(text), names, JobContext{});
}

ContentsModel::Content contentOf(const NameTreePtr& names, std::string_view filter = "", bool fold = false) {
    ContentsModel::Content content;
    content.names = names;
    content.filter = filtered(names, filter);
    content.marks = *FindingMarks::build(*names, JobContext{});
    if (fold)
        content.folding = *Folding::build(names, JobContext{});
    if (fold && !content.filter->matchesAll())
        content.foldMarks = std::make_shared<FoldMarks>(content.folding->mark(content.filter->bits()));
    return content;
}

QModelIndex child(ContentsModel& model, const QModelIndex& parent, const QString& name) {
    for (int row = 0; row < model.rowCount(parent); ++row)
        if (model.index(row, 0, parent).data().toString() == name)
            return model.index(row, 0, parent);
    return {};
}

int openAll(QAbstractItemModel& model, const QModelIndex& parent = {}) {
    const int own = model.rowCount(parent);
    int rows = own;
    for (int row = 0; row < own; ++row)
        rows += openAll(model, model.index(row, 0, parent));
    return rows;
}

Value nestedValue(std::size_t items) {
    auto graph = std::make_shared<ValueGraph>();
    std::vector<ValueGraph::Node> numbers;
    for (std::size_t i = 0; i < items; ++i)
        numbers.push_back(graph->addInt(std::int64_t(i)));
    const auto list = graph->addSequence(Value::Kind::List, numbers);
    const auto cycle = graph->reserve();
    const auto key = graph->addText(Value::Kind::String, "items");
    const auto self = graph->addText(Value::Kind::String, "self");
    const auto word = graph->addText(Value::Kind::String, "Needle in the hay");
    const auto wordKey = graph->addText(Value::Kind::String, "word");
    const auto dict = graph->addDict({{key, list}, {self, cycle}, {wordKey, word}});
    graph->fill(cycle, graph->addSequence(Value::Kind::List, {dict}));
    return {graph, dict};
}

} // namespace

class ModelsTest : public QObject {
    Q_OBJECT

private slots:
    void contentsIsALazyTreeInNaturalOrder() {
        SampleCheckpoint sample(4);
        sample.layers(12);
        sample.entry("train_state.step");
        const auto names = namesOf(sample.build());
        ContentsModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setContent(contentOf(names));
        const auto root = child(model, {}, QStringLiteral("model"));
        QVERIFY(root.isValid());
        QVERIFY(model.hasChildren(root));
        const auto layers = child(model, root, QStringLiteral("layers"));
        QCOMPARE(model.rowCount(layers), 12);
        QCOMPARE(model.index(2, 0, layers).data().toString(), QStringLiteral("2"));
        QCOMPARE(model.index(10, 0, layers).data().toString(), QStringLiteral("10"));
        const auto embed = child(model, root, QStringLiteral("embed_tokens.weight")); // a chain is one row
        QVERIFY(embed.isValid());
        QCOMPARE(model.row(embed).bytes, std::uint64_t(640 * 64 * 2));
        QCOMPARE(model.row(embed).role, style::Role::Embedding);
        QCOMPARE(model.row(layers).beside, QStringLiteral("12"));
        openAll(model);
    }

    void everyTensorHasItsRow() {
        SampleCheckpoint sample(2);
        sample.layers(5);
        const auto checkpoint = sample.build();
        const auto names = namesOf(checkpoint);
        ContentsModel model;
        model.setContent(contentOf(names));
        for (std::uint32_t i = 0; i < checkpoint->tensorCount(); ++i) {
            const auto item = SelectedItem::tensor(TensorId(i));
            const auto index = model.indexOf(item);
            QVERIFY(index.isValid());
            QCOMPARE(model.itemOf(index), item);
            QCOMPARE(model.rawName(index), std::string(checkpoint->tensor(TensorId(i)).name()));
        }
    }

    void filterHidesAndSumsFollow() {
        SampleCheckpoint sample(2);
        sample.layers(6);
        const auto names = namesOf(sample.build());
        ContentsModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setContent(contentOf(names, "up_proj"));
        QCOMPARE(model.rowCount(), 1);
        const auto root = model.index(0, 0);
        QCOMPARE(model.row(root).bytes, std::uint64_t(6 * 256 * 64 * 2));
        model.setContent(contentOf(names, "no-such-name"));
        QCOMPARE(model.rowCount(), 0);
        model.setContent({});
        QCOMPARE(model.rowCount(), 0);
    }

    void alikeLayersAreOneRow() {
        SampleCheckpoint sample(2);
        sample.layers(10);
        const auto names = namesOf(sample.build());
        ContentsModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        auto content = contentOf(names, "", true);
        model.setContent(content);
        const auto layers = child(model, child(model, {}, QStringLiteral("model")), QStringLiteral("layers"));
        QCOMPARE(model.rowCount(layers), 1);
        const auto alike = model.index(0, 0, layers);
        QCOMPARE(alike.data().toString(), QStringLiteral("0 … 9"));
        QCOMPARE(model.row(alike).beside, QStringLiteral("10 alike"));
        QCOMPARE(model.row(alike).bytes, model.row(layers).bytes);
        std::uint64_t below = 0;
        for (int row = 0; row < model.rowCount(alike); ++row)
            below += model.row(model.index(row, 0, alike)).bytes;
        QCOMPARE(below, model.row(alike).bytes); // a row below stands for all ten

        const auto key = model.keyOf(alike);
        const auto tensor = *names->checkpoint()->findTensor("model.layers.4.mlp.up_proj.weight");
        QVERIFY(!model.indexOf(SelectedItem::tensor(tensor)).isValid());
        content.alone = names->position(tensor.value());
        model.setContent(content);
        const auto index = model.indexOf(SelectedItem::tensor(tensor));
        QVERIFY(index.isValid());
        QVERIFY(!model.isWithinAlike(index));
        const auto again = child(model, child(model, {}, QStringLiteral("model")), QStringLiteral("layers"));
        QCOMPARE(model.rowCount(again), 3);
        QCOMPARE(model.index(0, 0, again).data().toString(), QStringLiteral("0 … 3"));
        QCOMPARE(model.keyOf(model.index(0, 0, again)), key); // what was open stays open
        QCOMPARE(model.index(2, 0, again).data().toString(), QStringLiteral("5 … 9"));
    }

    void longSiblingListsComeInBuckets() {
        SampleCheckpoint sample(1);
        for (int i = 0; i < 4500; ++i)
            sample.byRows("experts." + std::to_string(i), {Dims::value_type(1 + i % 7), 2});
        const auto names = namesOf(sample.build());
        ContentsModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setContent(contentOf(names));
        const auto experts = child(model, {}, QStringLiteral("experts"));
        QCOMPARE(model.rowCount(experts), 3);
        QCOMPARE(model.index(0, 0, experts).data().toString(), QStringLiteral("0 … 1999"));
        QCOMPARE(model.index(2, 0, experts).data().toString(), QStringLiteral("4000 … 4499"));
        const auto tensor = *names->checkpoint()->findTensor("experts.3210");
        const auto index = model.indexOf(SelectedItem::tensor(tensor));
        QCOMPARE(index.data().toString(), QStringLiteral("3210"));
        QCOMPARE(index.parent().data().toString(), QStringLiteral("2000 … 3999"));
    }

    void hostileNamesStayOneSafeLine() {
        SampleCheckpoint sample(1);
        const std::vector<std::string> hostile{std::string("a\0b", 3),
                                               "line\nbreak",
                                               "\xe2\x80\xae"
                                               "evil",
                                               "<b>bold</b>",
                                               "",
                                               ".",
                                               "..",
                                               "a..b",
                                               std::string(1'000'000, 'x'),
                                               "\xff\xfe",
                                               "x." + std::string(300, '.') + "y"};
        for (const auto& name : hostile)
            sample.byRows(name, {2, 2});
        const auto names = namesOf(sample.build());
        ContentsModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setContent(contentOf(names));
        openAll(model);
        for (std::uint32_t i = 0; i < names->checkpoint()->tensorCount(); ++i) {
            const auto index = model.indexOf(SelectedItem::tensor(TensorId(i)));
            QVERIFY(index.isValid());
            const auto text = index.data().toString();
            QVERIFY(text.size() < 6000);
            for (const QChar character : text)
                QVERIFY(character.unicode() >= 0x20 && character != QChar(0x202E));
        }
    }

    void tensorsSortByEveryColumn() {
        SampleCheckpoint sample(3);
        sample.layers(11);
        const auto checkpoint = sample.build();
        const auto names = namesOf(checkpoint);
        const auto filter = filtered(names, "");
        for (int column = 0; column < TensorColumnCount; ++column)
            for (const auto order : {Qt::AscendingOrder, Qt::DescendingOrder}) {
                const auto rows = *sortTensors(*names, *filter, nullptr, static_cast<TensorColumn>(column),
                                               order, JobContext{});
                QCOMPARE(rows->tensors.size(), std::size_t(checkpoint->tensorCount()));
                auto sorted = rows->tensors;
                std::ranges::sort(sorted);
                QVERIFY(std::ranges::unique(sorted).empty());
            }
        const auto bySize =
            *sortTensors(*names, *filter, nullptr, TensorColumn::Size, Qt::DescendingOrder, JobContext{});
        for (std::size_t i = 1; i < bySize->tensors.size(); ++i) {
            const auto before = bySize->tensors[i - 1], after = bySize->tensors[i];
            const auto left = checkpoint->tensor(TensorId(before)).bytes(),
                       right = checkpoint->tensor(TensorId(after)).bytes();
            QVERIFY(left > right || (left == right && names->position(before) < names->position(after)));
        }
        TensorsModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setRows(names, bySize);
        QCOMPARE(model.rowOf(model.tensorAt(7)), 7);
        const auto some = *sortTensors(*names, *filtered(names, "q_proj"), nullptr, TensorColumn::Name,
                                       Qt::AscendingOrder, JobContext{});
        model.setRows(names, some);
        QCOMPARE(model.rowCount(), 11);
        QCOMPARE(model.index(10, 0).data().toString(),
                 QStringLiteral("model.layers.10.self_attn.q_proj.weight"));
    }

    void exportedTablesCanBeReadBack() {
        SampleCheckpoint sample(2);
        sample.byRows("plain", {4, 2});
        sample.byRows("comma, \"quoted\"\nname", {4, 2});
        const auto checkpoint = sample.build();
        const auto csv = *tableText(*checkpoint, {0, 1}, TableFormat::Csv, JobContext{});
        QVERIFY(csv.starts_with("name,dtype,shape,parameters,bytes,slices,file,state\r\n"));
        QVERIFY(csv.find("plain,BF16,4x2,8,16,2,shard-0.safetensors,\r\n") != std::string::npos);
        QVERIFY(csv.find("\"comma, \"\"quoted\"\"\nname\",BF16") != std::string::npos);
        const auto json = QJsonDocument::fromJson(
            QByteArray::fromStdString(*tableText(*checkpoint, {0, 1}, TableFormat::Json, JobContext{})));
        const auto tensors = json.object()[QStringLiteral("tensors")].toArray();
        QCOMPARE(tensors.size(), 2);
        QCOMPARE(tensors[1].toObject()[QStringLiteral("name")].toString(),
                 QStringLiteral("comma, \"quoted\"\nname"));
        QCOMPARE(tensors[0].toObject()[QStringLiteral("slices")].toArray().size(), 2);
    }

    void rolesComeFromNames() {
        QCOMPARE(roleOf("model.layers.3.self_attn.q_proj.weight"), style::Role::Query);
        QCOMPARE(roleOf("layers.0.attention.wo.weight"), style::Role::Output);
        QCOMPARE(roleOf("base.mlp.up_proj.lora_A.default.weight"), style::Role::Up);
        QCOMPARE(roleOf("lm_head.weight"), style::Role::Head);
        QCOMPARE(roleOf("transformer.wte.weight"), style::Role::Embedding);
        QCOMPARE(roleOf("model.norm.weight"), style::Role::Other);
        QCOMPARE(roleOf(""), style::Role::Other);
    }

    void slicesKnowCutsHolesOverlapsAndCopies() {
        SampleCheckpoint sample(4);
        const auto damaged = sample.declare("damaged", {8, 8});
        sample.slice(damaged, {0, 0}, {4, 8}, 0);
        sample.slice(damaged, {3, 0}, {3, 8}, 1);
        const auto copied = sample.declare("copied", {4});
        for (std::uint32_t rank = 0; rank < 4; ++rank)
            sample.slice(copied, {0}, {4}, rank);
        const auto scalar = sample.declare("scalar", {});
        sample.slice(scalar, {}, {}, 2);
        const auto checkpoint = sample.build();
        const auto facts = *sliceFacts(*checkpoint, damaged, JobContext{});
        QCOMPARE(facts->cutDims, std::vector<std::uint32_t>{0});
        QCOMPARE(facts->missingElements, std::uint64_t(16));
        QCOMPARE(facts->damages.size(), std::size_t(2));
        QVERIFY(!facts->complete());
        const auto overlap =
            std::ranges::find(facts->damages, SliceDamage::Kind::Overlap, &SliceDamage::kind);
        QVERIFY(overlap != facts->damages.end());
        QCOMPARE(overlap->box.offset, (Dims{3, 0}));
        QCOMPARE(overlap->box.size, (Dims{1, 8}));
        QCOMPARE(*overlap->bytes, std::uint64_t(16));
        const auto copies = *sliceFacts(*checkpoint, copied, JobContext{});
        QCOMPARE(copies->distinct, 1u);
        QVERIFY(cutSentence(*checkpoint, copied, *copies).contains(QStringLiteral("replicated")));
        const auto whole = *sliceFacts(*checkpoint, scalar, JobContext{});
        QVERIFY(whole->complete());
        QVERIFY(whole->cutDims.empty());
        SlicesModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setTensor(checkpoint, damaged, facts);
        QCOMPARE(model.rowCount(), 2);
        QCOMPARE(model.index(0, SlicesModel::State).data().toString(), QStringLiteral("overlap"));
        model.clear();
        QCOMPARE(model.rowCount(), 0);
    }

    void valuesOpenWithoutEnd() {
        const auto value = nestedValue(2500);
        ValueModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setValue(value);
        QCOMPARE(model.rowCount(), 3);
        const auto number = model.indexOf({0, 1234});
        QCOMPARE(model.index(number.row(), ValueModel::Content, number.parent()).data().toString(),
                 QStringLiteral("1234"));
        QCOMPARE(number.parent().data().toString(), QStringLiteral("1000 … 1999"));
        QCOMPARE(model.pathOf(number), (ValuePath{0, 1234}));
        auto index = model.indexOf({1, 0, 1, 0, 1, 0, 2}); // through the cycle, as deep as one opens it
        QCOMPARE(index.data().toString(), QStringLiteral("word"));
        const auto found = *findInValue(value, QStringLiteral("needle"), {}, JobContext{});
        QVERIFY(found);
        QVERIFY(!*findInValue(value, QStringLiteral("nowhere to be found"), {}, JobContext{}));
    }

    void findingsAndFilesAreListed() {
        SampleCheckpoint sample(3);
        const auto tensor = sample.declare("damaged", {4});
        sample.slice(tensor, {0}, {2}, 0);
        sample.byRows("sound", {6});
        FileRecord gone;
        gone.path = "gone.safetensors";
        gone.missing = true;
        sample.builder().addFile(std::move(gone));
        const auto checkpoint = sample.build();
        FindingsModel findings;
        QAbstractItemModelTester findingsTester(&findings,
                                                QAbstractItemModelTester::FailureReportingMode::QtTest);
        findings.setCheckpoint(checkpoint);
        QVERIFY(findings.rowCount() >= 1);
        QCOMPARE(findings.index(0, FindingsModel::Rule).data().toString(), QStringLiteral("slices.missing"));
        QVERIFY(findings.text(0).contains(QStringLiteral("exclude the tensor")));
        QCOMPARE(subjectOf(*checkpoint, findings.findingAt(0)).tensorId(), tensor);
        const auto names = namesOf(checkpoint);
        const auto marks = *FindingMarks::build(*names, JobContext{});
        QCOMPARE(marks->ofPosition(names->position(tensor.value())), std::optional(Severity::Error));
        QCOMPARE(marks->count(names->root()), 1u);
        FilesModel files;
        QAbstractItemModelTester filesTester(&files, QAbstractItemModelTester::FailureReportingMode::QtTest);
        files.setCheckpoint(checkpoint);
        files.setSums(*sumFiles(*checkpoint, JobContext{}));
        QCOMPARE(files.rowCount(), 4);
        QCOMPARE(files.index(0, FilesModel::State).data().toString(), QStringLiteral("missing"));
        QCOMPARE(files.index(1, FilesModel::Slices).data().toString(), QStringLiteral("2"));
        files.setCheckpoint(nullptr);
        QCOMPARE(files.rowCount(), 0);
    }

    void endlessShapesAreShown() {
        SampleCheckpoint sample(1);
        sample.declare("huge", {std::uint64_t{1} << 63, 3});
        sample.declare("many", Dims(1000, 1));
        const auto names = namesOf(sample.build());
        ContentsModel model;
        model.setContent(contentOf(names));
        for (int row = 0; row < model.rowCount(); ++row)
            for (int column = 0; column < ContentsModel::ColumnCount; ++column)
                QVERIFY(model.index(row, column).data().toString().size() < 400);
    }
};

QTEST_MAIN(ModelsTest)
#include "models_test.moc"
