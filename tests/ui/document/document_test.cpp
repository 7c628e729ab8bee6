// SPDX-License-Identifier: Apache-2.0
#include "ui/document/document.h"
#include "ui/document/paths.h"

#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace shardlens;
using namespace shardlens::ui;

namespace {

const QString Sound = QStringLiteral(SHARDLENS_TEST_DATA "/st_dtypes/model.safetensors");
const QString Other = QStringLiteral(SHARDLENS_TEST_DATA "/st_metadata/model.safetensors");
const QString Pointer = QStringLiteral(SHARDLENS_TEST_DATA "/st_lfs_pointer/model.safetensors");

} // namespace

class DocumentTest : public QObject {
    Q_OBJECT

private:
    JobRunner m_runner;

    void waitUntilOpen(Document& document, const QString& path) {
        document.open(path);
        QTRY_VERIFY(!document.isOpening());
        QVERIFY(document.isOpen());
    }

private slots:
    void opensInAWorker() {
        Document document(&m_runner);
        QSignalSpy changed(&document, &Document::checkpointChanged);
        QVERIFY(!document.isOpen());
        QVERIFY(!document.checkpoint());
        document.open(Sound);
        QVERIFY(document.isOpening());
        QCOMPARE(document.openingPath(), Sound);
        QVERIFY(!document.isOpen()); // nothing happens before the event loop runs
        QTRY_VERIFY(document.isOpen());
        QCOMPARE(changed.count(), 1);
        QVERIFY(document.checkpoint()->tensorCount() > 0);
        QCOMPARE(document.names()->checkpoint(), document.checkpoint());
        QVERIFY(document.filter()->matchesAll());
        QCOMPARE(document.filter()->total().tensors, std::uint64_t{document.checkpoint()->tensorCount()});
        QVERIFY(document.opened()->seconds > 0);
    }

    void theNewestOpeningWins() {
        Document document(&m_runner);
        QSignalSpy changed(&document, &Document::checkpointChanged);
        document.open(Sound);
        document.open(Other);
        QTRY_VERIFY(document.isOpen());
        QTest::qWait(100);
        QCOMPARE(changed.count(), 1);
        QCOMPARE(fromPath(document.opened()->path), Other);
    }

    void cancellingKeepsWhatIsOpen() {
        Document document(&m_runner);
        waitUntilOpen(document, Sound);
        const CheckpointPtr before = document.checkpoint();
        QSignalSpy changed(&document, &Document::checkpointChanged);
        document.open(Other);
        document.cancelOpening();
        QVERIFY(!document.isOpening());
        QTest::qWait(150);
        QCOMPARE(changed.count(), 0);
        QCOMPARE(document.checkpoint(), before);
        QVERIFY(!document.failure());
    }

    void aFailureSaysWhyAndKeepsWhatIsOpen() {
        Document document(&m_runner);
        waitUntilOpen(document, Sound);
        const CheckpointPtr before = document.checkpoint();
        document.open(Pointer);
        QTRY_VERIFY(document.failure().has_value());
        QCOMPARE(document.failurePath(), Pointer);
        QCOMPARE(document.checkpoint(), before);
        document.clearFailure();
        QVERIFY(!document.failure());
        document.open(QStringLiteral("/nowhere/at/all"));
        QTRY_VERIFY(document.failure().has_value());
        waitUntilOpen(document, Other);
        QVERIFY(!document.failure());
    }

    void closingForgetsEverything() {
        Document document(&m_runner);
        waitUntilOpen(document, Sound);
        document.selection()->select(SelectedItem::tensor(TensorId(std::uint32_t{0})));
        document.setFilterText(QStringLiteral("dtype:f32"));
        document.close();
        QVERIFY(!document.isOpen());
        QVERIFY(document.filterText().isEmpty());
        QVERIFY(document.selection()->current().isNothing());
        QVERIFY(!document.selection()->canGoBack());
        document.setFilterText(QStringLiteral("x"));
        QVERIFY(document.filterText().isEmpty());
    }

    void theNewestFilterWins() {
        Document document(&m_runner);
        waitUntilOpen(document, Sound);
        for (const char* text : {"d", "dt", "dtype:f32", "dtype:bf16"})
            document.setFilterText(QString::fromLatin1(text));
        QTRY_VERIFY(!document.isFiltering());
        QCOMPARE(QString::fromStdString(document.filter()->filter().text()), QStringLiteral("dtype:bf16"));
        const auto& checkpoint = *document.checkpoint();
        std::uint64_t expected = 0;
        for (std::uint32_t id = 0; id < checkpoint.tensorCount(); ++id) {
            const bool wanted = checkpoint.tensor(TensorId(id)).dtype() == DType::BF16;
            QCOMPARE(document.filter()->matches(id), wanted);
            expected += wanted ? 1 : 0;
        }
        QCOMPARE(document.filter()->total().tensors, expected);
        const NameTree& names = *document.names();
        QCOMPARE(document.filter()->sums(names, names.root()).tensors, expected);
    }

    void anUnreadableFilterKeepsTheLastGoodOne() {
        Document document(&m_runner);
        waitUntilOpen(document, Sound);
        document.setFilterText(QStringLiteral("dtype:f32"));
        QTRY_VERIFY(!document.isFiltering());
        const FilterResultPtr good = document.filter();
        document.setFilterText(QStringLiteral("size>nonsense"));
        QVERIFY(document.filterError().has_value());
        QCOMPARE(document.filter(), good);
        QCOMPARE(document.filterText(), QStringLiteral("size>nonsense"));
        document.setFilterText({});
        QVERIFY(!document.filterError());
        QTRY_VERIFY(document.filter()->matchesAll());
    }

    void aFilterThatMatchesNothingNamesTheTermToDrop() {
        Document document(&m_runner);
        waitUntilOpen(document, Sound);
        document.setFilterText(QStringLiteral("dtype:f32 size>100G"));
        QTRY_VERIFY(!document.isFiltering());
        QCOMPARE(document.filter()->total().tensors, std::uint64_t{0});
        QCOMPARE(document.filter()->termToDrop(), std::size_t{1});
        QVERIFY(document.filter()->tensorsWithoutTerm() > 0);
    }

    void goingWhileSomethingLoadsIsSafe() {
        for (int round = 0; round < 20; ++round) {
            Document document(&m_runner);
            document.open(round % 2 == 0 ? Sound : Other);
            if (round % 3 == 0)
                QTest::qWait(1);
        }
    }

    void selectionHasAHistory() {
        Selection selection;
        QSignalSpy changed(&selection, &Selection::changed);
        const SelectedItem a = SelectedItem::tensor(TensorId(std::uint32_t{1}));
        const SelectedItem b = SelectedItem::file(FileId(std::uint32_t{2}));
        const SelectedItem c = SelectedItem::of(Branch{0, 3, 1});
        selection.select(a);
        selection.select(a);
        QCOMPARE(changed.count(), 1);
        selection.select(b);
        selection.goBack();
        QCOMPARE(selection.current(), a);
        QVERIFY(selection.canGoForward());
        selection.goForward();
        QCOMPARE(selection.current(), b);
        QVERIFY(!selection.canGoForward());
        selection.goBack();
        selection.select(c); // another way on: the old one is forgotten
        QVERIFY(!selection.canGoForward());
        selection.goBack();
        selection.goBack();
        QVERIFY(selection.current().isNothing());
        QVERIFY(!selection.canGoBack());
        selection.goBack();
        for (std::uint32_t id = 0; id < 1000; ++id)
            selection.select(SelectedItem::tensor(TensorId(id)));
        QCOMPARE(selection.current().tensorId(), TensorId(std::uint32_t{999}));
        int steps = 0;
        for (; selection.canGoBack(); ++steps)
            selection.goBack();
        QVERIFY(steps >= 100 && steps < 1000);
    }

    void pathsSurviveBothWays() {
        const QString path = QStringLiteral("/tmp/Größe/модель");
        QCOMPARE(fromPath(toPath(path)), path);
        QCOMPARE(lastPart(QStringLiteral("/a/b/")), QStringLiteral("b"));
        QCOMPARE(lastPart(QStringLiteral("/")), QStringLiteral("/"));
        QCOMPARE(shownFolder(QStringLiteral("/a/b/c")), QStringLiteral("/a/b"));
        QCOMPARE(shownFolder(QStringLiteral("/a")), QStringLiteral("/"));
    }
};

QTEST_MAIN(DocumentTest)
#include "document_test.moc"
