// SPDX-License-Identifier: Apache-2.0
#include "support/sample_checkpoint.h"
#include "support/written_checkpoint.h"
#include "ui/views/contents_view.h"
#include "ui/views/details/tensor_page.h"
#include "ui/views/details_view.h"
#include "ui/views/files_view.h"
#include "ui/views/findings_view.h"
#include "ui/views/json_view.h"
#include "ui/views/maps/file_strips.h"
#include "ui/views/maps/slice_map.h"
#include "ui/views/maps/treemap.h"
#include "ui/views/parts/table.h"
#include "ui/views/ranks_view.h"
#include "ui/views/slices_view.h"
#include "ui/views/tensors_view.h"
#include "ui/views/treemap_view.h"

#include <QAbstractButton>
#include <QAccessible>
#include <QLabel>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QTreeView>

#include <memory>
#include <set>

using namespace shardlens;
using namespace shardlens::ui;

namespace {

constexpr int Wait = 20'000;

QImage grabbed(QWidget& widget) {
    return widget.grab().toImage();
}

std::set<QRgb> coloursOf(const QImage& image, const QRect& part) {
    std::set<QRgb> colours;
    for (int y = part.top(); y <= part.bottom(); ++y)
        for (int x = part.left(); x <= part.right(); ++x)
            colours.insert(image.pixel(x, y));
    return colours;
}

SliceFactsPtr factsOf(const CheckpointPtr& checkpoint, TensorId tensor) {
    return *sliceFacts(*checkpoint, tensor, JobContext{});
}

} // namespace

class ViewsTest : public QObject {
    Q_OBJECT

private:
    QTemporaryDir m_folder;
    JobRunner m_runner;
    std::unique_ptr<Document> m_document;

    TensorId tensor(const char* name) const {
        return m_document->checkpoint()->findTensor(name).value_or(TensorId());
    }

private slots:
    void initTestCase() {
        QVERIFY(test::writeSlices(m_folder.path(), 6));
        m_document = std::make_unique<Document>(&m_runner);
        QSignalSpy opened(m_document.get(), &Document::checkpointChanged);
        m_document->open(m_folder.path());
        QTRY_VERIFY_WITH_TIMEOUT(m_document->isOpen(), Wait);
        QCOMPARE(m_document->checkpoint()->tensorCount(), 19u);
    }

    void init() {
        m_document->setFilterText({});
        QTRY_VERIFY_WITH_TIMEOUT(m_document->filter()->matchesAll() && !m_document->isFiltering(), Wait);
        m_document->selection()->select(SelectedItem{});
    }

    void everyViewFollowsOneSelection() {
        ContentsView contents(m_document.get());
        TensorsView tensors(m_document.get());
        DetailsView details(m_document.get());
        FilesView files(m_document.get());
        SlicesView slices(m_document.get());
        TreemapView treemap(m_document.get());
        JsonView json(m_document.get());
        FindingsView findings(m_document.get());
        QTRY_COMPARE_WITH_TIMEOUT(tensors.model()->rowCount(), 19, Wait);
        const auto wanted = SelectedItem::tensor(tensor("model.layers.3.mlp.up_proj.weight"));
        m_document->selection()->select(wanted);
        QCOMPARE(contents.model()->itemOf(contents.tree()->currentIndex()), wanted);
        QCOMPARE(tensors.model()->tensorAt(tensors.table()->currentIndex().row()), wanted.tensorId());
        QCOMPARE(details.current(), details.tensorPage());
        QCOMPARE(slices.map()->plane().pieces.size(), std::size_t(2));
        // From the table to all others.
        const auto other = tensor("model.layers.5.self_attn.q_proj.weight");
        tensors.table()->setCurrentIndex(tensors.model()->index(tensors.model()->rowOf(other), 0));
        QCOMPARE(m_document->selection()->current(), SelectedItem::tensor(other));
        QCOMPARE(contents.model()->itemOf(contents.tree()->currentIndex()), SelectedItem::tensor(other));
        // And back through the history.
        m_document->selection()->goBack();
        QCOMPARE(contents.model()->itemOf(contents.tree()->currentIndex()), wanted);
        QCOMPARE(tensors.model()->tensorAt(tensors.table()->currentIndex().row()), wanted.tensorId());
    }

    void contentsCountsWhatTheFilterHidesAndKeepsWhatIsOpen() {
        ContentsView view(m_document.get());
        view.resize(400, 500);
        m_document->selection()->select(SelectedItem::tensor(tensor("model.layers.2.mlp.up_proj.weight")));
        const auto open = [&] {
            return view.tree()->isExpanded(
                view.model()
                    ->indexOf(SelectedItem::tensor(tensor("model.layers.2.mlp.up_proj.weight")))
                    .parent());
        };
        QVERIFY(open());
        m_document->setFilterText(QStringLiteral("up_proj"));
        QTRY_VERIFY_WITH_TIMEOUT(!m_document->filter()->matchesAll(), Wait);
        const auto labels = view.findChildren<QLabel*>();
        QVERIFY(std::ranges::any_of(labels, [](const QLabel* label) {
            return label->text() == QStringLiteral("13 entries hidden by the filter") && !label->isHidden();
        }));
        QVERIFY(view.summary().contains(QStringLiteral(" of ")));
        m_document->setFilterText({});
        QTRY_VERIFY_WITH_TIMEOUT(m_document->filter()->matchesAll(), Wait);
        QVERIFY(open());
    }

    void columnsGoBeforeNamesAreCut() {
        ContentsView view(m_document.get());
        view.resize(700, 400);
        view.show();
        QVERIFY(!view.tree()->isColumnHidden(ContentsModel::Share));
        QVERIFY(!view.tree()->isColumnHidden(ContentsModel::Type));
        view.resize(230, 400);
        QTRY_VERIFY(view.tree()->isColumnHidden(ContentsModel::Type));
        QVERIFY(view.tree()->isColumnHidden(ContentsModel::Share));
        QVERIFY(!view.tree()->isColumnHidden(ContentsModel::Size));
    }

    void aFilterThatMatchesNothingSaysWhatToDo() {
        ContentsView view(m_document.get());
        m_document->setFilterText(QStringLiteral("up_proj dtype:f64"));
        QTRY_VERIFY_WITH_TIMEOUT(!m_document->filter()->matchesAll(), Wait);
        const auto buttons = view.findChildren<QAbstractButton*>();
        const auto drop = std::ranges::find_if(buttons, [](const QAbstractButton* button) {
            return button->text().startsWith(QStringLiteral("Drop "));
        });
        QVERIFY(drop != buttons.end());
        (*drop)->click();
        QTRY_VERIFY_WITH_TIMEOUT(m_document->filter()->total().tensors > 0, Wait);
    }

    void tensorsAreExportedInAWorker() {
        TensorsView view(m_document.get());
        QTRY_COMPARE_WITH_TIMEOUT(view.model()->rowCount(), 19, Wait);
        QSignalSpy exported(&view, &TensorsView::exported);
        const auto path = m_folder.filePath(QStringLiteral("out.csv"));
        view.exportTo(path);
        QTRY_COMPARE_WITH_TIMEOUT(exported.size(), 1, Wait);
        QCOMPARE(exported[0][1].toString(), QString());
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readAll().count("\r\n"), 20);
        view.exportTo(m_folder.filePath(QStringLiteral("no/such/folder/out.csv")));
        QTRY_COMPARE_WITH_TIMEOUT(exported.size(), 2, Wait);
        QVERIFY(!exported[1][1].toString().isEmpty());
        QFile::remove(path);
    }

    void sliceMapsAreToScaleAndDamageIsNeverThinnerThanTwoPixels() {
        test::SampleCheckpoint sample(4);
        const auto id = sample.declare("tensor", {1000, 1000});
        sample.slice(id, {0, 0}, {500, 1000}, 0);
        sample.slice(id, {500, 0}, {500, 600}, 1);
        sample.slice(id, {500, 600}, {499, 400}, 2); // one row is a hole
        const auto checkpoint = sample.build();
        const auto facts = factsOf(checkpoint, id);
        SliceMap map(SliceMap::Look::Full);
        map.resize(500, 400);
        map.setTensor(checkpoint, id, facts, defaultPlane(checkpoint->tensor(id).shape(), *facts));
        const auto area = map.mapArea();
        const auto first = map.drawn({0, 500, 0, 1000});
        QVERIFY(qAbs(first.height() / area.height() - 0.5) < 0.01);
        QVERIFY(qAbs(first.width() - area.width()) <= 1);
        const auto image = grabbed(map);
        QCOMPARE(image.pixelColor((first.bottomRight() - QPointF(40, 10)).toPoint()).rgb(),
                 map.colorOf(0).rgb());
        const auto third = map.drawn({500, 999, 600, 1000});
        QCOMPARE(image.pixelColor((third.center() + QPointF(30, 30)).toPoint()).rgb(), map.colorOf(2).rgb());
        const QRect hole(int(third.left()) + 3, int(area.bottom()) - 2, int(third.width()) - 6, 2);
        QVERIFY(!coloursOf(image, hole).contains(map.colorOf(2).rgb()));
    }

    void sliceMapsObeyTheKeyboard() {
        test::SampleCheckpoint sample(4);
        const auto id = sample.declare("tensor", {8, 8});
        for (std::uint64_t i = 0; i < 4; ++i)
            sample.slice(id, {i / 2 * 4, i % 2 * 4}, {4, 4}, std::uint32_t(i));
        const auto checkpoint = sample.build();
        const auto facts = factsOf(checkpoint, id);
        SliceMap map(SliceMap::Look::Full);
        map.resize(400, 300);
        map.setTensor(checkpoint, id, facts, defaultPlane(checkpoint->tensor(id).shape(), *facts));
        QSignalSpy activated(&map, &SliceMap::sliceActivated);
        QTest::keyClick(&map, Qt::Key_Right);
        QCOMPARE(map.currentSlice(), std::optional(0u));
        QTest::keyClick(&map, Qt::Key_Right);
        QCOMPARE(map.currentSlice(), std::optional(1u));
        QTest::keyClick(&map, Qt::Key_Down);
        QCOMPARE(map.currentSlice(), std::optional(3u));
        QTest::keyClick(&map, Qt::Key_Left);
        QCOMPARE(map.currentSlice(), std::optional(2u));
        QVERIFY(map.accessibleDescription().contains(QStringLiteral("rank 2")));
        QTest::keyClick(&map, Qt::Key_Return);
        QCOMPARE(activated.size(), 1);
    }

    void strangeShapesAreDrawn() {
        test::SampleCheckpoint sample(2);
        const auto scalar = sample.declare("scalar", {});
        sample.slice(scalar, {}, {}, 0);
        const auto vector = sample.byRows("vector", {10});
        const auto empty = sample.declare("empty", {0, 4});
        const auto many = sample.declare("many", Dims(1000, 1));
        sample.slice(many, Dims(1000, 0), Dims(1000, 1), 1);
        const auto huge = sample.declare("huge", {std::uint64_t{1} << 63, 1});
        sample.builder().addSlice(huge, Dims{0, 0}, Dims{std::uint64_t{1} << 62, 1}, DType::BF16,
                                  sample.file(0), {0, 0});
        const auto checkpoint = sample.build();
        SliceMap map(SliceMap::Look::Full);
        map.resize(300, 200);
        for (const auto id : {scalar, vector, empty, many, huge}) {
            const auto facts = factsOf(checkpoint, id);
            map.setTensor(checkpoint, id, facts, defaultPlane(checkpoint->tensor(id).shape(), *facts));
            QVERIFY(!grabbed(map).isNull());
            QTest::keyClick(&map, Qt::Key_Down);
            QTest::mouseMove(&map, QPoint(150, 100));
        }
    }

    void aHundredThousandSlicesAreDrawnPerPixel() {
        test::SampleCheckpoint sample(8);
        const auto id = sample.declare("tensor", {100'000, 4});
        for (std::uint64_t i = 0; i < 100'000; ++i)
            sample.slice(id, {i, 0}, {1, 4}, std::uint32_t(i % 8));
        const auto checkpoint = sample.build();
        const auto facts = factsOf(checkpoint, id);
        QVERIFY(facts->complete());
        SliceMap map(SliceMap::Look::Full);
        map.resize(400, 300);
        map.setTensor(checkpoint, id, facts, defaultPlane(checkpoint->tensor(id).shape(), *facts));
        const auto image = grabbed(map);
        std::set<QRgb> wanted;
        for (std::uint32_t slice = 0; slice < 8; ++slice)
            wanted.insert(map.colorOf(slice).rgb());
        const auto area = map.mapArea().toRect().adjusted(1, 1, -1, -1);
        for (const auto colour : coloursOf(image, area))
            QVERIFY(wanted.contains(colour));
    }

    void treemapAreasAreInProportion() {
        test::SampleCheckpoint sample(2);
        sample.layers(9);
        const auto names = test::namesOf(sample.build());
        TreemapInput input{names, names->root(), QRectF(0, 0, 800, 600), 14, 2, 3};
        const auto layout = *layOutTreemap(input, JobContext{});
        QVERIFY(layout->cells.size() > 50);
        std::map<std::uint32_t, std::vector<std::size_t>> siblings;
        for (std::size_t i = 1; i < layout->cells.size(); ++i)
            siblings[layout->cells[i].parent].push_back(i);
        for (const auto& [parent, cells] : siblings) {
            const auto inside = layout->cells[parent].inside;
            double area = 0;
            std::uint64_t bytes = 0;
            for (const auto i : cells) {
                const auto& rect = layout->cells[i].rect;
                QVERIFY(inside.adjusted(-0.01, -0.01, 0.01, 0.01).contains(rect));
                area += rect.width() * rect.height();
                bytes += names->sums(layout->cells[i].branch).bytes;
                for (const auto j : cells) {
                    const auto both = rect.intersected(layout->cells[j].rect);
                    QVERIFY(i == j || both.width() * both.height() < 0.01);
                }
            }
            QVERIFY(qAbs(area - inside.width() * inside.height()) < 1);
            for (const auto i : cells) {
                const auto& rect = layout->cells[i].rect;
                const double share = double(names->sums(layout->cells[i].branch).bytes) / double(bytes);
                QVERIFY(qAbs(rect.width() * rect.height() / area - share) < 0.001);
            }
        }
    }

    void equalSiblingsLieInReadingOrder() {
        const auto rects = inRows(std::vector<double>(32, 1.0), QRectF(0, 0, 400, 400), 4);
        for (std::size_t i = 1; i < rects.size(); ++i)
            QVERIFY(rects[i].top() > rects[i - 1].top() + 1 || rects[i].left() > rects[i - 1].left() + 1);
        QCOMPARE(rects[5].left(), rects[1].left());
        QVERIFY(squarify({}, QRectF(0, 0, 10, 10)).empty());
        QCOMPARE(squarify({1, 1e-12, 0}, QRectF(0, 0, 10, 10)).size(), std::size_t(3));
    }

    void treemapPicksZoomsAndGreysOut() {
        TreemapView view(m_document.get());
        view.resize(600, 500);
        view.show();
        QTRY_VERIFY_WITH_TIMEOUT(view.map()->layoutNow() && view.map()->layoutNow()->cells.size() > 10, Wait);
        QTest::keyClick(view.map(), Qt::Key_Right);
        QVERIFY(m_document->selection()->current().isTensor());
        const auto& cells = view.map()->layoutNow()->cells;
        const auto leaf = std::ranges::find_if(cells, [&](const TreemapCell& cell) {
            return cell.leaf && cell.rect.width() > 20 && cell.rect.height() > 20;
        });
        QVERIFY(leaf != cells.end());
        QTest::mouseClick(view.map(), Qt::LeftButton, {}, leaf->rect.center().toPoint());
        QCOMPARE(m_document->names()->position(m_document->selection()->current().id), leaf->branch.begin);
        const auto before = grabbed(*view.map());
        m_document->setFilterText(QStringLiteral("embed_tokens"));
        QTRY_VERIFY_WITH_TIMEOUT(!m_document->filter()->matchesAll(), Wait);
        QVERIFY(grabbed(*view.map()) != before);
        const auto root = view.map()->root();
        QTest::mouseDClick(view.map(), Qt::LeftButton, {},
                           QPoint(int(cells[0].rect.center().x()), int(cells[0].rect.center().y())));
        if (view.map()->root() != root) {
            QTest::keyClick(view.map(), Qt::Key_Backspace);
            QCOMPARE(view.map()->root(), root);
        }
    }

    void fileStripsShowEveryFile() {
        FilesView view(m_document.get());
        view.resize(700, 500);
        view.show();
        QTRY_COMPARE_WITH_TIMEOUT(view.model()->rowCount(), 2, Wait);
        QTRY_VERIFY_WITH_TIMEOUT(view.strips()->mapOf(FileId(0u)) && view.strips()->mapOf(FileId(1u)), Wait);
        const auto whole = view.strips()->view();
        view.strips()->zoom(4);
        QVERIFY(view.strips()->view().size() < whole.size());
        view.strips()->showAll();
        QCOMPARE(view.strips()->view(), whole);
        m_document->selection()->select(SelectedItem::tensor(tensor("model.layers.1.mlp.up_proj.weight")));
        QVERIFY(view.strips()->drawn(0, {5, 5}).width() >= 2);
        QVERIFY(!grabbed(view).isNull());
        QTest::keyClick(view.strips(), Qt::Key_Down);
        QCOMPARE(m_document->selection()->current().kind, SelectedItem::Kind::File);
    }

    void ranksSayWhetherTheyAreEven() {
        RanksView view(m_document.get());
        view.resize(700, 400);
        view.show();
        QTRY_VERIFY_WITH_TIMEOUT(view.grid()->table() != nullptr, Wait);
        QCOMPARE(view.grid()->table()->columns.size(), std::size_t(2));
        QVERIFY(view.sentence()->text().contains(QStringLiteral("equal shares")));
        QTest::keyClick(view.grid(), Qt::Key_Down);
        QVERIFY(view.grid()->cursor().has_value());
        QCOMPARE(m_document->selection()->current().kind, SelectedItem::Kind::Branch);
        QVERIFY(!grabbed(view).isNull());
    }

    void customWidgetsHaveNamesAndTakeTheKeyboard() {
        TreemapView treemap(m_document.get());
        SlicesView slices(m_document.get());
        FilesView files(m_document.get());
        RanksView ranks(m_document.get());
        ContentsView contents(m_document.get());
        TensorsView tensors(m_document.get());
        for (QWidget* widget :
             std::initializer_list<QWidget*>{treemap.map(), slices.map(), files.strips(), ranks.grid(),
                                             contents.tree(), tensors.table()}) {
            auto* accessible = QAccessible::queryAccessibleInterface(widget);
            QVERIFY(accessible);
            QVERIFY2(!accessible->text(QAccessible::Name).isEmpty(), widget->metaObject()->className());
            QVERIFY2(widget->focusPolicy() & Qt::TabFocus, widget->metaObject()->className());
        }
        for (QWidget* view : std::initializer_list<QWidget*>{&treemap, &slices, &files, &ranks})
            for (const auto* button : view->findChildren<QAbstractButton*>())
                QVERIFY(!button->text().isEmpty() || !button->accessibleName().isEmpty() ||
                        button->inherits("QTableCornerButton"));
    }
};

QTEST_MAIN(ViewsTest)
#include "views_test.moc"
