// SPDX-License-Identifier: Apache-2.0
#include "support/written_checkpoint.h"
#include "ui/document/compare_session.h"
#include "ui/style/theme.h"
#include "ui/views/compare_bar.h"
#include "ui/views/compare_detail.h"
#include "ui/views/compare_view.h"
#include "ui/views/difference_map.h"
#include "ui/views/gap_plot.h"
#include "ui/views/parts/table.h"

#include <QAbstractItemModelTester>
#include <QComboBox>
#include <QPushButton>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace shardlens;
using namespace shardlens::ui;

namespace {

/// BF16 of 1.0 in rows [0, 64), zeros in `zeroed`.
QByteArray rows(int count, int columns, int zeroFrom = 0, int zeroTo = 0) {
    QByteArray out;
    for (int row = 0; row < count; ++row)
        for (int column = 0; column < columns; ++column)
            out += row >= zeroFrom && row < zeroTo ? QByteArray(2, '\0') : QByteArray("\x80\x3f", 2);
    return out;
}

QImage imageOf(QWidget* widget) {
    return widget->grab().toImage();
}

} // namespace

class CompareTest : public QObject {
    Q_OBJECT

private:
    QTemporaryDir m_folder;
    JobRunner m_runner;
    JobList m_jobs{&m_runner};

    QString path(const char* name) const { return m_folder.filePath(QString::fromLatin1(name)); }
    CompareSide side(const char* name) const { return {path(name), nullptr, nullptr}; }

    static void wait(const CompareSession& session) {
        QTRY_VERIFY_WITH_TIMEOUT(!session.isRunning() && (session.rows() || !session.result()), 20000);
    }
    static int rowNamed(const CompareModel& model, const QString& name) {
        for (int row = 0; row < model.rowCount(); ++row)
            if (model.index(row, 0).data().toString() == name)
                return row;
        return -1;
    }

private slots:
    void initTestCase();
    void fourClasses();
    void sayWhereADifferenceLies();
    void renamesAreOfferedAndTaken();
    void selectionAndFilterAreShared();
    void tolerance();
    void withoutValues();
    void cancelAndFailure();
    void aMillionPairsAreOneReset();
    void widgetsDrawAndSpeak();
};

void CompareTest::initTestCase() {
    const auto write = [this](const char* name, const QString& prefix, int zeroFrom, int zeroTo, bool more) {
        test::SafetensorsFile file;
        file.add(QStringLiteral("same"), {8, 4}, rows(8, 4));
        file.add(QStringLiteral("layers.2.w"), {64, 16}, rows(64, 16, zeroFrom, zeroTo));
        file.add(QStringLiteral("layers.10.w"), {4}, rows(4, 1));
        file.add(prefix + QStringLiteral("norm.a"), {4}, rows(4, 1, 1, 2));
        file.add(prefix + QStringLiteral("norm.b"), {4}, rows(4, 1, 2, 4));
        if (more)
            file.add(QStringLiteral("extra"), {3}, rows(3, 1));
        return file.write(path(name));
    };
    QVERIFY(write("a.safetensors", QStringLiteral("model."), 0, 0, true));
    QVERIFY(write("b.safetensors", {}, 24, 32, false));
}

void CompareTest::fourClasses() {
    Document document(&m_runner);
    CompareSession session(&document, &m_jobs);
    CompareView view(&document, &session);
    QAbstractItemModelTester tester(view.model(), QAbstractItemModelTester::FailureReportingMode::QtTest);
    view.resize(1200, 700);
    view.show();
    session.start(side("a.safetensors"), side("b.safetensors"));
    QVERIFY(session.isRunning());
    QCOMPARE(m_jobs.unfinished(), 1); // a job like any other
    wait(session);
    QVERIFY(session.result());
    const auto& found = session.result()->comparison;
    QCOMPARE(found.same.size(), std::size_t{2});
    QCOMPARE(found.different.size(), std::size_t{1});
    QCOMPARE(found.onlyA.size(), std::size_t{3});
    QCOMPARE(found.onlyB.size(), std::size_t{2});
    QCOMPARE(view.sentence(), QStringLiteral("2 the same, 1 different, 3 only in A, 2 only in B."));
    QCOMPARE(view.model()->rowCount(), 4 + 8);
    view.pill(CompareClass::OnlyA)->click();
    QCOMPARE(view.model()->rowCount(), 4 + 8 - 4);
    view.pill(CompareClass::OnlyA)->click();
    const int heading = rowNamed(*view.model(), QStringLiteral("Same 2"));
    QVERIFY(heading >= 0);
    emit view.table()->clicked(view.model()->index(heading, 0));
    QCOMPARE(view.model()->rowCount(), 4 + 6);
    QVERIFY(view.model()->isFolded(CompareClass::Same));

    session.start(side("a.safetensors"), side("a.safetensors"));
    wait(session);
    QCOMPARE(view.sentence(), QStringLiteral("6 tensors, byte-identical."));
    QCOMPARE(m_jobs.jobs().back().report->sentence.right(26), QStringLiteral("6 tensors, byte-identical."));
}

void CompareTest::sayWhereADifferenceLies() {
    Document document(&m_runner);
    CompareSession session(&document, &m_jobs);
    CompareView view(&document, &session);
    view.resize(1200, 700);
    view.show();
    session.start(side("a.safetensors"), side("b.safetensors"));
    wait(session);
    const int row = rowNamed(*view.model(), QStringLiteral("layers.2.w"));
    QVERIFY(row > 0);
    view.table()->setCurrentIndex(view.model()->index(row, 0));
    QTRY_VERIFY(view.detail()->detail());
    QVERIFY2(view.detail()->sentence().contains(QStringLiteral("rows 24 … 31")),
             qPrintable(view.detail()->sentence()));
    QVERIFY(view.detail()->sentence().contains(QStringLiteral("B holds only zeros there")));
    QVERIFY(view.detail()->map()->isVisible());
    QCOMPARE(view.model()->index(row, int(CompareColumn::MaxDifference)).data().toString(),
             QStringLiteral("1"));
    QCOMPARE(view.model()->index(row, int(CompareColumn::Values)).data().toString(), QStringLiteral("128"));
    QCOMPARE(view.model()->index(row, int(CompareColumn::Share)).data().toString(), QStringLiteral("12.5 %"));
    QCOMPARE(view.model()->index(row, int(CompareColumn::Where)).data().toString(),
             QStringLiteral("in 8 of 64 parts"));
    // The picture shows it where it is: inside the band and nowhere else.
    auto* map = view.detail()->map();
    const QImage image = imageOf(map);
    const double scale = image.devicePixelRatio();
    const auto at = [&](double share) {
        const QRectF area = map->plot();
        return image.pixelColor(
            (QPointF(area.center().x(), area.top() + area.height() * share) * scale).toPoint());
    };
    QVERIFY(at(0.43) != at(0.1));
    QCOMPARE(at(0.6), at(0.1));
    // The strip in the table as well.
    const QImage table = imageOf(view.table()->viewport());
    const QRect cell = view.table()->visualRect(view.model()->index(row, int(CompareColumn::Where)));
    const auto inCell = [&](double share) {
        return table.pixelColor(
            (QPointF(cell.left() + 8 + (cell.width() - 16) * share, cell.center().y()) * scale).toPoint());
    };
    QVERIFY(inCell(0.43) != inCell(0.1));
    QCOMPARE(inCell(0.7), inCell(0.1));
}

void CompareTest::renamesAreOfferedAndTaken() {
    Document document(&m_runner);
    CompareSession session(&document, &m_jobs);
    CompareView view(&document, &session);
    view.show();
    session.start(side("a.safetensors"), side("b.safetensors"));
    wait(session);
    using Renames = std::vector<std::pair<std::string, std::string>>;
    QCOMPARE(session.result()->offered, (Renames{{"^model\\.", ""}}));
    const int row = rowNamed(*view.model(), QStringLiteral("model.norm.a"));
    QVERIFY(view.model()
                ->index(row, int(CompareColumn::Where))
                .data()
                .toString()
                .contains(QStringLiteral("norm.a")));
    view.table()->setCurrentIndex(view.model()->index(row, 0));
    QPushButton* rename = view.detail()->renameButton();
    QVERIFY(rename && rename->isVisible());
    rename->click();
    wait(session);
    QCOMPARE(session.settings().renames, (Renames{{"^model\\.norm\\.a$", "norm.a"}}));
    QCOMPARE(session.result()->comparison.onlyB.size(), std::size_t{1});
    const QString command =
        view.findChild<QObject*>(QStringLiteral("compareCommand"))->property("command").toString();
    QVERIFY2(command.endsWith(QStringLiteral("--rename '^model\\.norm\\.a$=norm.a'")), qPrintable(command));
    auto* names = view.findChild<QComboBox*>(QStringLiteral("compareNames"));
    QCOMPARE(names->currentIndex(), 1);
    emit names->activated(0);
    wait(session);
    QVERIFY(session.settings().renames.empty());
}

void CompareTest::selectionAndFilterAreShared() {
    Document document(&m_runner);
    document.open(path("a.safetensors"));
    QTRY_VERIFY(document.isOpen());
    CompareSession session(&document, &m_jobs);
    CompareView view(&document, &session);
    view.show();
    session.start({path("a.safetensors"), document.checkpoint(), document.names()}, side("b.safetensors"));
    wait(session);
    const int row = rowNamed(*view.model(), QStringLiteral("extra"));
    view.table()->setCurrentIndex(view.model()->index(row, 0));
    QCOMPARE(document.selection()->current(),
             SelectedItem::tensor(*document.checkpoint()->findTensor("extra")));
    QSignalSpy changed(&session, &CompareSession::rowsChanged);
    document.setFilterText(QStringLiteral("layers"));
    QTRY_VERIFY(!document.isFiltering() && changed.count() > 0 && view.model()->rowCount() == 4);
    QCOMPARE(rowNamed(*view.model(), QStringLiteral("extra")), -1);
    // By size of the tensors: 4 values before 64 × 16.
    document.setFilterText(QStringLiteral("norm"));
    QTRY_COMPARE(view.model()->rowCount(), 2 + 4);
    document.setFilterText(QStringLiteral("nothing-has-this"));
    QTRY_COMPARE(view.model()->rowCount(), 0);
    document.setFilterText({});
    QTRY_COMPARE(view.model()->rowCount(), 4 + 8);
    const auto rows = arrange(*session.result(), *Filter::parse(""), CompareColumn::Type, true, {});
    QVERIFY(rows);
    const auto& onlyA = (*rows)->items[std::size_t(CompareClass::OnlyA)];
    QCOMPARE(document.checkpoint()->tensor(session.result()->comparison.onlyA[onlyA.back()]).name(),
             std::string_view("extra")); // the smallest
    document.close();
    QTRY_COMPARE(view.model()->rowCount(), 4 + 8); // the comparison stays
}

void CompareTest::tolerance() {
    Document document(&m_runner);
    CompareSession session(&document, &m_jobs);
    CompareView view(&document, &session);
    session.start(side("a.safetensors"), side("b.safetensors"));
    wait(session);
    auto* tolerance = view.findChild<QComboBox*>(QStringLiteral("compareTolerance"));
    tolerance->setEditText(QStringLiteral("1.5"));
    emit tolerance->activated(0);
    wait(session);
    QCOMPARE(session.settings().tolerance, 1.5);
    QVERIFY(session.result()->comparison.different.empty());
    tolerance->setEditText(QStringLiteral("nonsense"));
    emit tolerance->activated(0);
    wait(session);
    QCOMPARE(session.settings().tolerance, 0.0);
    QCOMPARE(session.result()->comparison.different.size(), std::size_t{1});
}

void CompareTest::withoutValues() {
    Document document(&m_runner);
    CompareSession session(&document, &m_jobs);
    CompareView view(&document, &session);
    session.start(side("a.safetensors"), side("b.safetensors"));
    wait(session);
    const QString report = view.report();
    QVERIFY2(report.contains(QStringLiteral("different\tlayers.2.w\tBF16 [64 × 16]\t1\t128\t12.5 %")),
             qPrintable(report));
    QVERIFY(report.contains(QStringLiteral("only in A\textra")));
    QCOMPARE(report.count(QLatin1Char('\n')), 2 + 6);
    auto* tolerance = view.findChild<QComboBox*>(QStringLiteral("compareTolerance"));
    tolerance->setCurrentIndex(tolerance->count() - 1);
    emit tolerance->activated(tolerance->count() - 1);
    wait(session);
    QVERIFY(!session.settings().values);
    QCOMPARE(session.result()->comparison.same.size(), std::size_t{3});
    QVERIFY(view.findChild<QObject*>(QStringLiteral("compareCommand"))
                ->property("command")
                .toString()
                .endsWith(QStringLiteral("--no-values")));
    session.start(side("a.safetensors"), side("a.safetensors"), session.settings());
    wait(session);
    QVERIFY(!view.sentence().contains(QStringLiteral("identical"))); // nobody looked
}

void CompareTest::cancelAndFailure() {
    Document document(&m_runner);
    CompareSession session(&document, &m_jobs);
    CompareView view(&document, &session);
    session.start(side("a.safetensors"), side("missing.safetensors"));
    wait(session);
    QVERIFY(session.failure() && !session.result());
    session.start(side("a.safetensors"), side("b.safetensors"));
    session.cancel();
    QVERIFY(!session.isRunning() && session.wasCancelled());
    QTRY_COMPARE(m_jobs.unfinished(), 0);
    QVERIFY(!session.result()); // what comes late is nobody's
    session.restart({});
    wait(session);
    QVERIFY(session.result());
    CompareSettings bad;
    bad.renames = {{"(", "x"}};
    session.restart(bad);
    wait(session);
    QVERIFY(session.failure());
    {
        CompareSession gone(&document, &m_jobs);
        CompareView window(&document, &gone);
        gone.start(side("a.safetensors"), side("b.safetensors"));
    } // a window may go while its comparison runs
    QTRY_COMPARE(m_jobs.unfinished(), 0);
}

void CompareTest::aMillionPairsAreOneReset() {
    // The model asks nothing of a tensor that is not seen: counts alone are enough here.
    auto result = std::make_shared<CompareResult>();
    result->comparison.same.resize(1'000'000);
    auto rows = std::make_shared<CompareRows>();
    for (std::uint32_t i = 0; i < 1'000'000; ++i)
        rows->items[std::size_t(CompareClass::Same)].push_back(i);
    CompareModel model;
    QSignalSpy resets(&model, &QAbstractItemModel::modelReset);
    QSignalSpy inserts(&model, &QAbstractItemModel::rowsInserted);
    model.setRows(result, rows);
    QCOMPARE(model.rowCount(), 1'000'001);
    QCOMPARE(resets.count(), 1);
    QCOMPARE(inserts.count(), 0);
    QVERIFY(!model.placeAt(0)->item);
    QCOMPARE(*model.placeAt(1'000'000)->item, 999'999U);
    QVERIFY(!model.placeAt(1'000'001));
    model.setFolded(CompareClass::Same, true);
    QCOMPARE(model.rowCount(), 1);
}

void CompareTest::widgetsDrawAndSpeak() {
    CompareBar bar;
    bar.resize(600, 12);
    bar.setCounts({1, 0, 2, 1'000'000});
    QVERIFY(bar.segment(CompareClass::Different).width() >= 8); // one of a million is seen
    QVERIFY(bar.segment(CompareClass::OnlyA).isEmpty());
    QVERIFY(bar.segment(CompareClass::OnlyB).right() <= 600.5);
    QVERIFY(bar.accessibleDescription().contains(QStringLiteral("same: 1,000,000")));
    GapPlot plot;
    plot.resize(300, 120);
    plot.setHistogram({{0.25, 0.5, 1, 2}, {1, 0, 1'000'000}});
    QVERIFY(plot.barHeight(0) > 0 && plot.barHeight(1) == 0 && plot.barHeight(2) == 1.0);
    const QImage linear = imageOf(&plot);
    plot.setLogarithmic(true);
    QVERIFY(imageOf(&plot) != linear);
    QVERIFY(!plot.accessibleDescription().isEmpty());
    for (const bool empty : {true, false}) {
        DifferenceMap map;
        map.resize(300, 200);
        QVERIFY(!imageOf(&map).isNull());
        QVERIFY(!map.accessibleName().isEmpty());
        QTest::keyClick(&map, Qt::Key_Right); // nothing there: nothing happens
        if (!empty)
            map.clear();
    }
    ClassPill pill(CompareClass::Different);
    pill.setCount(12'345);
    QCOMPARE(pill.accessibleName(), QStringLiteral("different: 12,345"));
    QTest::keyClick(&pill, Qt::Key_Space);
    QVERIFY(!pill.isChecked());
}

QTEST_MAIN(CompareTest)
#include "compare_test.moc"
