// SPDX-License-Identifier: Apache-2.0
#include "data/decode.h"
#include "support/written_checkpoint.h"
#include "ui/models/slice_text.h"
#include "ui/style/theme.h"
#include "ui/views/details/page.h"
#include "ui/views/parts/figure_columns.h"
#include "ui/views/parts/histogram_plot.h"
#include "ui/views/parts/statistics_panel.h"
#include "ui/views/values_view.h"

#include <QAbstractButton>
#include <QAbstractItemModelTester>
#include <QAccessible>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <bit>
#include <cmath>
#include <set>

using namespace shardlens;
using namespace shardlens::ui;

namespace {

constexpr int Wait = 20'000, Rows = 600, Columns = 700;

/// The value at a place, exact in BF16.
float valueAt(int row, int column) {
    return float((row * 7 + column * 3) % 255 - 127);
}

bool writeLarge(const QString& folder) {
    QByteArray data;
    for (int row = 0; row < Rows; ++row)
        for (int column = 0; column < Columns; ++column) {
            const auto bits = std::bit_cast<std::uint32_t>(valueAt(row, column)) >> 16;
            data.append(char(bits & 0xff)).append(char(bits >> 8));
        }
    test::SafetensorsFile file;
    file.add(QStringLiteral("large"), {Rows, Columns}, data);
    return file.write(QDir(folder).filePath(QStringLiteral("model.safetensors")));
}

bool holds(const QImage& image, const QRect& part, const QColor& color) {
    for (int y = part.top(); y <= part.bottom(); ++y)
        for (int x = part.left(); x <= part.right(); ++x)
            if (image.rect().contains(x, y) && image.pixel(x, y) == color.rgb())
                return true;
    return false;
}

} // namespace

class ValuesViewTest : public QObject {
    Q_OBJECT

private:
    QTemporaryDir m_folder;
    JobRunner m_runner;
    std::unique_ptr<Document> m_document;
    std::unique_ptr<ValuesView> m_view;

    void open(const QString& path) {
        m_view.reset();
        m_document = std::make_unique<Document>(&m_runner);
        m_document->open(path);
        QTRY_VERIFY_WITH_TIMEOUT(m_document->isOpen(), Wait);
        m_view = std::make_unique<ValuesView>(m_document.get());
        m_view->resize(1100, 760);
        m_view->show();
    }
    void openDTypes() { open(QStringLiteral(SHARDLENS_TEST_DATA "/st_dtypes")); }
    void select(const char* name) {
        m_document->selection()->select(
            SelectedItem::tensor(m_document->checkpoint()->findTensor(name).value_or(TensorId())));
    }
    const ValuesModel& model() const { return *m_view->values()->model(); }
    double number(int row, int column) const {
        return model()
            .index(row, column)
            .data()
            .toString()
            .replace(QChar(0x2212), QLatin1Char('-'))
            .toDouble();
    }
    bool isRead() const { return model().block() != nullptr; }

private slots:
    void initTestCase() { QVERIFY(writeLarge(m_folder.path())); }

    void cleanup() {
        m_view.reset();
        m_document.reset();
    }

    void everyDTypeIsShownExactly() {
        openDTypes();
        const auto& checkpoint = *m_document->checkpoint();
        int shown = 0;
        for (std::uint32_t i = 0; i < checkpoint.tensorCount(); ++i) {
            const auto tensor = checkpoint.tensor(TensorId(i));
            if (!tensor.name().starts_with("dtype."))
                continue;
            m_document->selection()->select(SelectedItem::tensor(tensor.id()));
            QTRY_VERIFY2_WITH_TIMEOUT(isRead() && m_view->map()->map() && m_view->statistics()->statistics(),
                                      std::string(tensor.name()).c_str(), Wait);
            ++shown;
            const auto shape = tensor.shape();
            QCOMPARE(model().rowCount(), int(shape[0]));
            QCOMPARE(model().columnCount(), int(shape[1]));
            QCOMPARE(m_view->map()->map()->rows, std::uint32_t(shape[0]));
            QCOMPARE(m_view->statistics()->statistics()->count, tensor.elements());
            const auto reader = *TensorReader::open(m_document->checkpoint(), tensor.id(), {});
            std::vector<std::byte> packed(reader->bytes());
            QVERIFY(reader->read({0, reader->elements()}, packed));
            const auto& block = *model().block();
            for (std::uint64_t element = 0; element < tensor.elements(); ++element) {
                const auto at = block.index(element / shape[1], element % shape[1]);
                const auto bit = element * bitsOf(tensor.dtype());
                QCOMPARE(block.texts[at].toStdString(), formatElement(tensor.dtype(), packed, bit));
                QCOMPARE(block.bits[at].toStdString(), formatBits(tensor.dtype(), packed, bit));
            }
            // The footer says the first one, its bits and its place.
            const auto footer = m_view->values()->footer()->text();
            QVERIFY(footer.startsWith(QStringLiteral("[0, 0]   ") + block.texts[0]));
            QVERIFY(footer.contains(block.bits[0]));
            QVERIFY(footer.contains(QStringLiteral("model.safetensors at ")));
        }
        QVERIFY(shown >= 19);
    }

    void scalarsPlanesAndNothing() {
        openDTypes();
        QAbstractItemModelTester tester(m_view->values()->model(),
                                        QAbstractItemModelTester::FailureReportingMode::QtTest);
        select("scalar.C64");
        QTRY_VERIFY_WITH_TIMEOUT(isRead(), Wait);
        QCOMPARE(model().rowCount(), 1);
        QCOMPARE(m_view->values()->place()->text(), QStringLiteral("[]"));
        select("empty.3x0x2");
        QTRY_VERIFY_WITH_TIMEOUT(m_view->values()->place()->text().startsWith(QStringLiteral("[0, ")), Wait);
        QCOMPARE(model().rowCount() * model().columnCount(), 0);
        QVERIFY(!m_view->grab().isNull());
        select("rank5"); // [2, 1, 3, 1, 2]
        QTRY_VERIFY_WITH_TIMEOUT(isRead(), Wait);
        QCOMPARE(model().columnCount(), 2);
        QCOMPARE(m_view->values()->place()->text(), QStringLiteral("[0, 0, 0, 0, 0:2]"));
        for (auto* button : m_view->values()->findChildren<QAbstractButton*>())
            if (button->accessibleName() == QStringLiteral("Plane after"))
                for (int i = 0; i < 4; ++i)
                    button->click();
        QTRY_COMPARE_WITH_TIMEOUT(m_view->values()->place()->text(), QStringLiteral("[1, 0, 1, 0, 0:2]"),
                                  Wait);
        QCOMPARE(model().plane().firstElement, std::uint64_t(4 * 2));
        m_document->selection()->select(SelectedItem{});
        QVERIFY(!m_view->values()->isVisible());
    }

    void whatIsNoNumberIsMarked() {
        openDTypes();
        select("special");
        QTRY_VERIFY_WITH_TIMEOUT(isRead() && m_view->map()->map(), Wait);
        const style::Theme theme(m_view->palette());
        const auto& map = *m_view->map()->map();
        const auto picture = m_view->map()->picture().toImage();
        const auto area = m_view->map()->mapArea();
        bool nan = false, infinite = false;
        for (std::uint32_t i = 0; i < map.columns; ++i) {
            const double width = area.width() / map.columns;
            const QRect point(int(area.left() + i * width) + 2, int(area.top()) + 2, int(width) - 4,
                              int(area.height()) - 4);
            const bool marked = holds(picture, point, theme.notANumber());
            QCOMPARE(marked, map.marks[i] != 0);
            nan |= (map.marks[i] & ValueMap::HasNan) != 0;
            infinite |= (map.marks[i] & (ValueMap::HasPositiveInfinity | ValueMap::HasNegativeInfinity)) != 0;
            auto* table = m_view->values()->table();
            const auto at = table->visualRect(model().index(0, int(i)));
            const auto grid = table->viewport()->grab().toImage();
            QCOMPARE(holds(grid, at.adjusted(2, 2, -2, -2), theme.notANumber()), map.marks[i] != 0);
        }
        QVERIFY(nan && infinite);
    }

    void mapAndGridMoveEachOther() {
        open(m_folder.path());
        select("large");
        QTRY_VERIFY_WITH_TIMEOUT(isRead() && m_view->map()->map(), Wait);
        auto* map = m_view->map();
        QCOMPARE(map->map()->rows, 256u);
        QSignalSpy frames(m_view->values(), &ValuesGrid::frameChanged);
        // A press puts the frame's middle there.
        const auto area = map->mapArea();
        QTest::mousePress(map, Qt::LeftButton, {}, area.center().toPoint());
        QVERIFY(!frames.isEmpty());
        const auto first = frames.last();
        const int row = first[0].toInt(), rows = first[2].toInt();
        QVERIFY(qAbs(row + rows / 2 - Rows / 2) <= 4);
        QVERIFY(qAbs(map->frameRect().center().y() - area.center().y()) < 8);
        // Dragged, it follows.
        QTest::mouseMove(map, (area.center() + QPointF(0, area.height() / 4)).toPoint());
        QTest::mouseRelease(map, Qt::LeftButton, {}, area.center().toPoint());
        QTest::keyClick(map, Qt::Key_Home);
        QCOMPARE(frames.last()[0].toInt(), 0);
        QTest::keyClick(map, Qt::Key_Down);
        QVERIFY(frames.last()[0].toInt() > 0);
        QTest::keyClick(map, Qt::Key_End);
        QVERIFY(frames.last()[0].toInt() + frames.last()[2].toInt() >= Rows - 1);
        // And the grid moves the frame.
        m_view->values()->table()->verticalScrollBar()->setValue(300);
        QTRY_COMPARE_WITH_TIMEOUT(frames.last()[0].toInt(), 300, Wait);
        const int column = frames.last()[1].toInt();
        QTRY_COMPARE_WITH_TIMEOUT(number(300, column), double(valueAt(300, column)), Wait);
        QVERIFY(map->accessibleDescription().contains(QStringLiteral("300")));
        // A slice that is typed.
        auto* place = m_view->values()->place();
        place->setText(QStringLiteral("[401:417, 123:]"));
        QTest::keyClick(place, Qt::Key_Return);
        QTRY_COMPARE_WITH_TIMEOUT(frames.last()[0].toInt(), 401, Wait);
        QCOMPARE(frames.last()[1].toInt(), 123);
        QVERIFY(place->text().startsWith(QStringLiteral("[401:")));
    }

    void coloursAreThoseOfTheScale() {
        open(m_folder.path());
        select("large");
        QTRY_VERIFY_WITH_TIMEOUT(isRead() && m_view->map()->map(), Wait);
        const style::Theme theme(m_view->palette());
        const auto& scale = m_view->values()->scale();
        QCOMPARE(scale.mode, HeatScale::Mode::Signed);
        QCOMPARE(scale.limit, m_view->map()->map()->usual);
        auto* table = m_view->values()->table();
        const auto check = [&](int row, int column) {
            const auto rect = table->visualRect(model().index(row, column));
            const auto image = table->viewport()->grab().toImage();
            QCOMPARE(image.pixelColor(rect.left() + 1, rect.top() + 2).rgb(),
                     scale.of(valueAt(row, column), theme).rgb());
        };
        check(3, 2);
        check(5, 4);
        m_view->values()->zoom(-2); // a heat map without words
        QTRY_VERIFY_WITH_TIMEOUT(table->columnWidth(0) <= 16 && model().block()->columns > 20, Wait);
        check(6, 18);
        m_view->values()->zoom(10);
        QVERIFY(table->columnWidth(0) > 40);
        // The scale has a colour for each sign and none for zero.
        QVERIFY(scale.of(scale.limit, theme) != scale.of(-scale.limit, theme));
        const HeatScale amount{HeatScale::Mode::Amount, 4};
        QCOMPARE(amount.of(-4, theme), amount.of(4, theme));
        QVERIFY(amount.of(0, theme) != amount.of(1, theme));
    }

    void valuesAreCopiedAndExported() {
        open(m_folder.path());
        select("large");
        QTRY_VERIFY_WITH_TIMEOUT(isRead() && m_view->map()->map(), Wait);
        auto* values = m_view->values();
        auto* chosen = values->table()->selectionModel();
        chosen->select(QItemSelection(model().index(1, 2), model().index(2, 3)),
                       QItemSelectionModel::ClearAndSelect);
        const auto number = [](int row, int column) {
            return QString::number(valueAt(row, column));
        };
        const auto lines = values->selectedText().split(QLatin1Char('\n'));
        QCOMPARE(lines.size(), 2);
        QCOMPARE(lines[0].split(QLatin1Char('\t'))[1].toDouble(), number(1, 3).toDouble());
        QSignalSpy exported(values, &ValuesGrid::exported);
        const auto path = m_folder.filePath(QStringLiteral("out.csv"));
        values->exportTo(path);
        QTRY_COMPARE_WITH_TIMEOUT(exported.size(), 1, Wait);
        QCOMPARE(exported[0][1].toString(), QString());
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const auto rows = QString::fromUtf8(file.readAll()).split(QStringLiteral("\r\n"));
        QCOMPARE(rows.size(), 3);
        QCOMPARE(rows[1].split(QLatin1Char(','))[0].toDouble(), number(2, 2).toDouble());
        QFile::remove(path);
        QVERIFY(!values->picture().isNull());
        QVERIFY(m_view->map()->picture().size().width() > 100);
        // Too much at a time is said.
        chosen->select(QItemSelection(model().index(0, 0), model().index(Rows - 1, Columns - 1)),
                       QItemSelectionModel::ClearAndSelect);
        values->exportTo(m_folder.filePath(QStringLiteral("no/folder/out.csv")));
        QTRY_COMPARE_WITH_TIMEOUT(exported.size(), 2, Wait);
        QVERIFY(!exported[1][1].toString().isEmpty());
    }

    void slicesAreReadAsPythonWritesThem() {
        const Dims shape{5, 100, 200};
        QCOMPARE(sliceBegin(QStringLiteral("[3, 4:17, 16:]"), shape), std::optional(Dims{3, 4, 16}));
        QCOMPARE(sliceBegin(QStringLiteral("-1, :, -200:"), shape), std::optional(Dims{4, 0, 0}));
        QCOMPARE(sliceBegin(QStringLiteral("9, 999, 9999999999999"), shape), std::optional(Dims{4, 99, 199}));
        for (const auto* wrong :
             {"", "[1, 2]", "[1, 2, 3, 4]", "[a, 0, 0]", "[1, , 2]", "[99999999999999999999999, 0, 0]"})
            QVERIFY(!sliceBegin(QString::fromLatin1(wrong), shape));
        QCOMPARE(sliceBegin(QStringLiteral("[]"), Dims{}), std::optional(Dims{}));
        QCOMPARE(sliceText(Dims{3, 4, 16}, 13, 12), QStringLiteral("[3, 4:17, 16:28]"));
        QVERIFY(sliceText(Dims(1000, 1), 1, 1).size() < 200);
    }

    void statisticsShowEveryFigure() {
        openDTypes();
        select("special");
        auto* panel = m_view->statistics();
        QTRY_VERIFY_WITH_TIMEOUT(panel->statistics().has_value(), Wait);
        QStringList names;
        for (const auto& [name, value] : panel->figures()->facts())
            names << name;
        for (const auto* wanted :
             {"min", "max", "mean", "std", "L2 norm", "abs max", "zeros", "NaN", "+Inf", "subnormal",
              "negative", "1 %", "5 %", "25 %", "50 %", "75 %", "95 %", "99 %"})
            QVERIFY2(names.contains(QString::fromLatin1(wanted)), wanted);
        QVERIFY(names.contains(QStringLiteral("−Inf")));
        // Wide types have estimates, and say so; narrow ones are exact.
        const auto quantile = [&] {
            return panel->figures()->facts().back().second;
        };
        QVERIFY(quantile().startsWith(QStringLiteral("≈")));
        select("dtype.BF16");
        QTRY_VERIFY_WITH_TIMEOUT(panel->statistics() && !panel->statistics()->approximate, Wait);
        QVERIFY(!quantile().startsWith(QStringLiteral("≈")));
    }

    void histogramsHaveTwoScales() {
        Statistics statistics;
        statistics.count = 1111;
        statistics.histogram = {{0, 1, 2, 3, 4}, {1000, 100, 10, 1}};
        statistics.min = 0;
        statistics.max = 4;
        HistogramPlot plot;
        plot.resize(400, 200);
        plot.setStatistics(statistics);
        plot.setLogarithmic(true);
        const auto logarithmic = plot.grab().toImage();
        QVERIFY(plot.barHeight(3) > 0.05);
        QVERIFY(qAbs((plot.barHeight(0) - plot.barHeight(1)) - (plot.barHeight(1) - plot.barHeight(2))) <
                1e-9);
        plot.setLogarithmic(false);
        QVERIFY(plot.barHeight(3) > 0 && plot.barHeight(3) < 0.02);
        QVERIFY(qAbs(plot.barHeight(1) - 0.1) < 1e-9);
        QVERIFY(plot.grab().toImage() != logarithmic);
    }

    void takesTheKeyboardAndHasNames() {
        openDTypes();
        for (QWidget* widget : std::initializer_list<QWidget*>{m_view->map(), m_view->values()->table(),
                                                               m_view->values()->place()}) {
            auto* accessible = QAccessible::queryAccessibleInterface(widget);
            QVERIFY(accessible);
            QVERIFY2(!accessible->text(QAccessible::Name).isEmpty(), widget->metaObject()->className());
            QVERIFY2(widget->focusPolicy() & Qt::TabFocus, widget->metaObject()->className());
        }
        for (const auto* button : m_view->findChildren<QAbstractButton*>())
            QVERIFY2(!button->text().isEmpty() || !button->accessibleName().isEmpty() ||
                         button->inherits("QTableCornerButton"),
                     button->metaObject()->className());
        for (const auto* box : m_view->findChildren<QComboBox*>())
            QVERIFY(!box->accessibleName().isEmpty());
        QTest::keyClick(m_view->map(), Qt::Key_Down); // nothing is selected: nothing happens
    }
};

QTEST_MAIN(ValuesViewTest)
#include "values_test.moc"
