// SPDX-License-Identifier: Apache-2.0
#include "support/written_checkpoint.h"
#include "ui/jobs/job_list.h"
#include "ui/models/layer_lines.h"
#include "ui/models/statistics_model.h"
#include "ui/style/theme.h"
#include "ui/views/findings_view.h"
#include "ui/views/maps/layer_plot.h"
#include "ui/views/maps/treemap.h"
#include "ui/views/parts/table.h"
#include "ui/views/statistics_view.h"
#include "ui/views/treemap_view.h"

#include <QAbstractItemModelTester>
#include <QAccessible>
#include <QComboBox>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <bit>
#include <cmath>
#include <random>

using namespace shardlens;
using namespace shardlens::ui;

namespace {

constexpr int Wait = 20'000, Layers = 6;

void put(QByteArray& out, float value) {
    const auto bits = std::bit_cast<std::uint32_t>(value) >> 16;
    out.append(char(bits & 0xff)).append(char(bits >> 8));
}

/// Values of about `size`.
QByteArray values(unsigned seed, int count, float size) {
    std::mt19937 random(seed);
    QByteArray out;
    for (int i = 0; i < count; ++i)
        put(out, size * (float(random() % 2000) / 1000.0F - 1.0F));
    return out;
}

bool write(const QString& folder) {
    test::SafetensorsFile file;
    const auto same = values(99, 64, 1);
    file.add(QStringLiteral("embed.weight"), {8, 8}, same);
    file.add(QStringLiteral("head.weight"), {8, 8}, same);
    for (int layer = 0; layer < Layers; ++layer) {
        const auto prefix = QStringLiteral("layers.%1.").arg(layer);
        auto query = values(unsigned(layer), 64, 1);
        if (layer == 3) {
            query.truncate(126);
            put(query, NAN);
        }
        file.add(prefix + QStringLiteral("q_proj.weight"), {8, 8}, query);
        file.add(prefix + QStringLiteral("up_proj.weight"), {8, 8},
                 values(unsigned(10 + layer), 64, float(4 << layer)));
    }
    QByteArray infinite;
    for (const float value : {1.0F, INFINITY, -INFINITY})
        put(infinite, value);
    file.add(QStringLiteral("scale"), {3}, infinite);
    file.add(QStringLiteral("zeros"), {4});
    return file.write(QDir(folder).filePath(QStringLiteral("model.safetensors")));
}

} // namespace

class StatisticsViewTest : public QObject {
    Q_OBJECT

private:
    QTemporaryDir m_folder;
    JobRunner m_runner;
    std::unique_ptr<Document> m_document;

    TensorId tensor(const char* name) const {
        return m_document->checkpoint()->findTensor(name).value_or(TensorId());
    }
    void filter(const char* text) {
        m_document->setFilterText(QString::fromLatin1(text));
        QTRY_VERIFY_WITH_TIMEOUT(!m_document->isFiltering(), Wait);
    }
    static QString cell(const StatisticsModel& model, int row, StatisticsColumn column) {
        return model.index(row, int(column)).data().toString();
    }
    void compute() {
        m_document->statistics()->start(m_document->filter());
        QTRY_VERIFY_WITH_TIMEOUT(!m_document->statistics()->isRunning(), Wait);
    }

private slots:
    void init() {
        QVERIFY(write(m_folder.path()));
        m_document = std::make_unique<Document>(&m_runner);
        m_document->open(m_folder.path());
        QTRY_VERIFY_WITH_TIMEOUT(m_document->isOpen(), Wait);
        QCOMPARE(m_document->checkpoint()->tensorCount(), 2u * Layers + 4);
    }

    void whatIsSickComesFirst() {
        StatisticsView view(m_document.get());
        view.resize(900, 600);
        view.show();
        QVERIFY(view.findChildren<QPushButton*>().size() >= 1);
        QAbstractItemModelTester tester(view.model(), QAbstractItemModelTester::FailureReportingMode::QtTest);
        QSignalSpy rows(&view, &StatisticsView::rowsChanged);
        view.start();
        QVERIFY(m_document->statistics()->isRunning());
        QTRY_VERIFY_WITH_TIMEOUT(!m_document->statistics()->isRunning() &&
                                     view.model()->rowCount() == 2 * Layers + 4 &&
                                     view.model()->rows()->table->identical,
                                 Wait);
        const auto& model = *view.model();
        QCOMPARE(cell(model, 0, StatisticsColumn::Name), QStringLiteral("layers.3.q_proj.weight"));
        QCOMPARE(cell(model, 0, StatisticsColumn::State), QStringLiteral("1 NaN"));
        QCOMPARE(cell(model, 1, StatisticsColumn::State), QStringLiteral("2 ±Inf"));
        QCOMPARE(cell(model, 2, StatisticsColumn::State), QStringLiteral("zeros alone"));
        QCOMPARE(cell(model, 3, StatisticsColumn::State), QStringLiteral("equals another"));
        QCOMPARE(cell(model, 4, StatisticsColumn::State), QString());
        QCOMPARE(m_document->statistics()->findings().size(), std::size_t(4));
        // And the sentences are there, each with its way.
        QStringList texts;
        for (const auto* label : view.findChildren<QLabel*>())
            texts << label->text();
        QVERIFY(texts.join(QLatin1Char('\n')).contains(QStringLiteral("1 tensors hold NaN")));
        // By another column: what has no number comes last, whichever way.
        for (const auto order : {Qt::AscendingOrder, Qt::DescendingOrder}) {
            rows.clear();
            view.table()->horizontalHeader()->setSortIndicator(int(StatisticsColumn::L2), order);
            QTRY_VERIFY_WITH_TIMEOUT(!rows.isEmpty(), Wait);
            const bool rising = order == Qt::AscendingOrder;
            QCOMPARE(cell(model, rising ? model.rowCount() - 1 : 0, StatisticsColumn::Name),
                     QStringLiteral("layers.5.up_proj.weight"));
        }
    }

    void figuresAgreeWithThoseOfOneTensor() {
        compute();
        const auto& store = *m_document->statistics();
        for (std::uint32_t i = 0; i < m_document->checkpoint()->tensorCount(); ++i) {
            const auto* kept = store.of(TensorId(i));
            QVERIFY(kept && kept->known);
            const auto alone = computeStatistics(m_document->checkpoint(), TensorId(i), {}, {});
            QVERIFY(alone);
            QCOMPARE(kept->figures.l2, alone->l2);
            QCOMPARE(kept->figures.nan, alone->nan);
            QCOMPARE(kept->figures.quantiles[3] == alone->quantiles[3] ||
                         (std::isnan(kept->figures.quantiles[3]) && std::isnan(alone->quantiles[3])),
                     true);
        }
    }

    void oneSelection() {
        compute();
        StatisticsView view(m_document.get());
        view.resize(900, 600);
        view.show();
        QTRY_VERIFY_WITH_TIMEOUT(view.model()->rowCount() > 0 && view.plot()->lines(), Wait);
        const auto wanted = tensor("layers.4.up_proj.weight");
        m_document->selection()->select(SelectedItem::tensor(wanted));
        QCOMPARE(view.model()->tensorAt(view.table()->currentIndex().row()), wanted);
        QCOMPARE(view.plot()->current(), wanted);
        view.table()->setCurrentIndex(view.model()->index(0, 0));
        QCOMPARE(m_document->selection()->current().tensorId(), tensor("layers.3.q_proj.weight"));
        QCOMPARE(view.plot()->current(), tensor("layers.3.q_proj.weight"));
        QTest::keyClick(view.plot(), Qt::Key_Right);
        QCOMPARE(m_document->selection()->current().tensorId(), tensor("layers.4.q_proj.weight"));
        QTest::keyClick(view.plot(), Qt::Key_Up);
        QCOMPARE(m_document->selection()->current().tensorId(), wanted);
        QTest::keyClick(view.plot(), Qt::Key_Home);
        QCOMPARE(view.plot()->current(), tensor("layers.0.up_proj.weight"));
        QVERIFY(view.plot()->accessibleDescription().contains(QStringLiteral("layer 0")));
        const auto& lines = view.plot()->lines()->lines;
        QCOMPARE(lines.size(), std::size_t(2));
        QTest::mouseClick(view.plot(), Qt::LeftButton, {}, view.plot()->placeOf(1, 5).toPoint());
        QCOMPARE(m_document->selection()->current().tensorId(), lines[1].points[5].tensor);
    }

    void thePlotShowsEveryLineInItsColour() {
        compute();
        const auto lines = layerLines(*m_document->names(), *m_document->filter(),
                                      *m_document->statistics()->table(), LayerMeasure::L2, {});
        QVERIFY(lines);
        QCOMPARE((*lines)->firstLayer, 0u);
        QCOMPARE((*lines)->lastLayer, std::uint32_t(Layers - 1));
        LayerPlot plot;
        plot.resize(500, 260);
        plot.setLines(m_document->checkpoint(), *lines, LayerMeasure::L2);
        for (const bool logarithmic : {true, false}) {
            plot.setLogarithmic(logarithmic);
            const auto image = plot.grab().toImage();
            for (std::size_t line = 0; line < (*lines)->lines.size(); ++line)
                for (std::size_t point = 0; point < Layers; ++point) {
                    const auto at = plot.placeOf(line, point);
                    QVERIFY(plot.rect().contains(at.toPoint()));
                    if (!(*lines)->lines[line].points[point].isSick())
                        QCOMPARE(image.pixelColor(at.toPoint()).rgb(), plot.colorOf(line).rgb());
                }
            // Larger values are higher.
            const auto& up = (*lines)->lines[(*lines)->lines[0].role == style::Role::Up ? 0 : 1];
            QVERIFY(up.points[5].value > up.points[0].value);
            const auto index = std::size_t(&up - (*lines)->lines.data());
            QVERIFY(plot.placeOf(index, 5).y() < plot.placeOf(index, 0).y());
        }
    }

    void severalTensorsOfALayerAreTakenTogether() {
        // More kinds of names than a plot can hold: what differs in a number alone becomes one.
        test::SafetensorsFile file;
        for (int layer = 0; layer < 2; ++layer)
            for (int expert = 0; expert < 60; ++expert) {
                QByteArray three;
                put(three, 3.0F);
                put(three, 4.0F);
                file.add(QStringLiteral("layers.%1.experts.%2.w1.weight").arg(layer).arg(expert), {2}, three);
            }
        QTemporaryDir folder;
        QVERIFY(file.write(folder.filePath(QStringLiteral("model.safetensors"))));
        m_document->open(folder.path());
        QTRY_COMPARE_WITH_TIMEOUT(m_document->checkpoint()->tensorCount(), 120u, Wait);
        compute();
        const auto of = [&](LayerMeasure measure) {
            return *layerLines(*m_document->names(), *m_document->filter(),
                               *m_document->statistics()->table(), measure, {});
        };
        const auto norm = of(LayerMeasure::L2);
        QCOMPARE(norm->lines.size(), std::size_t(1));
        QCOMPARE(norm->lines[0].label, std::string("experts.*.w1.weight"));
        QCOMPARE(norm->lines[0].points[1].tensors, 60u);
        QVERIFY(qAbs(norm->lines[0].points[1].value - std::sqrt(60.0 * 25)) < 1e-9);
        QVERIFY(qAbs(of(LayerMeasure::Std)->lines[0].points[0].value - 0.5) < 1e-9);
        QVERIFY(qAbs(of(LayerMeasure::Rms)->lines[0].points[0].value - std::sqrt(12.5)) < 1e-9);
        QCOMPARE(of(LayerMeasure::AbsMax)->lines[0].points[0].value, 4.0);
    }

    void theFilterSaysWhatIsComputedAndShown() {
        StatisticsView view(m_document.get());
        view.resize(900, 600);
        view.show();
        filter("q_proj");
        view.start();
        QTRY_VERIFY_WITH_TIMEOUT(!m_document->statistics()->isRunning() && view.model()->rowCount() == Layers,
                                 Wait);
        QVERIFY(!view.startButton()->isVisible());
        filter("q_proj layers.3");
        QTRY_COMPARE_WITH_TIMEOUT(view.model()->rowCount(), 1, Wait);
        filter("");
        QTRY_COMPARE_WITH_TIMEOUT(view.model()->rowCount(), Layers, Wait);
        QVERIFY(view.startButton()->isVisible());
        QVERIFY(!m_document->statistics()->of(tensor("zeros")));
    }

    void isExportedAsTheCommandLineHasIt() {
        compute();
        StatisticsView view(m_document.get());
        view.show();
        QTRY_VERIFY_WITH_TIMEOUT(view.model()->rowCount() > 0, Wait);
        QSignalSpy exported(&view, &StatisticsView::exported);
        const auto csv = m_folder.filePath(QStringLiteral("out.csv"));
        view.exportTo(csv);
        QTRY_COMPARE_WITH_TIMEOUT(exported.size(), 1, Wait);
        QCOMPARE(exported[0][1].toString(), QString());
        QFile file(csv);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const auto lines = file.readAll().split('\n');
        QVERIFY(lines[0].startsWith("name,dtype,shape,count,min,max,mean,std,l2,zeros,nan,"));
        QVERIFY(lines[1].startsWith("layers.3.q_proj.weight,BF16,8x8,64,"));
        QCOMPARE(lines.size(), 2 * Layers + 4 + 2);
        const auto json = m_folder.filePath(QStringLiteral("out.json"));
        view.exportTo(json);
        QTRY_COMPARE_WITH_TIMEOUT(exported.size(), 2, Wait);
        QFile document(json);
        QVERIFY(document.open(QIODevice::ReadOnly));
        const auto read = QJsonDocument::fromJson(document.readAll()).object();
        const auto tensors = read[QStringLiteral("tensors")].toArray();
        QCOMPARE(tensors.size(), 2 * Layers + 4);
        QCOMPARE(tensors[1].toObject()[QStringLiteral("max")].toString(), QStringLiteral("Infinity"));
        view.exportTo(m_folder.filePath(QStringLiteral("no/such/folder/out.csv")));
        QTRY_COMPARE_WITH_TIMEOUT(exported.size(), 3, Wait);
        QVERIFY(!exported[2][1].toString().isEmpty());
        QFile::remove(csv);
        QFile::remove(json);
    }

    void runsAreJobsAndCanBeStopped() {
        JobList jobs(&m_runner);
        m_document->statistics()->setJobs(&jobs);
        m_document->statistics()->start(m_document->filter());
        QCOMPARE(jobs.jobs().size(), std::size_t(1));
        QVERIFY(jobs.jobs()[0].title.contains(QStringLiteral("16 tensors")));
        m_document->statistics()->cancel();
        QTRY_VERIFY_WITH_TIMEOUT(!m_document->statistics()->isRunning() && jobs.unfinished() == 0, Wait);
        // Another checkpoint forgets what is known of this one, also while it is computed.
        m_document->statistics()->start(m_document->filter());
        m_document->close();
        QVERIFY(!m_document->statistics()->isRunning());
        QCOMPARE(m_document->statistics()->table()->size, std::size_t(0));
        QTRY_COMPARE_WITH_TIMEOUT(jobs.unfinished(), 0, Wait);
    }

    void theTreemapShowsAStatistic() {
        TreemapView view(m_document.get());
        view.resize(700, 500);
        view.show();
        QTRY_VERIFY_WITH_TIMEOUT(view.map()->layoutNow() && view.map()->layoutNow()->cells.size() > 10, Wait);
        const int index = view.colours()->findText(QStringLiteral("Standard deviation"));
        QVERIFY(index > 0);
        const auto enabled = [&] {
            return bool(view.colours()->model()->index(index, 0).flags() & Qt::ItemIsEnabled);
        };
        QVERIFY(!enabled());
        filter("layers");
        compute();
        filter("");
        QVERIFY(enabled());
        view.colours()->setCurrentIndex(index);
        emit view.colours()->activated(index);
        QTRY_VERIFY_WITH_TIMEOUT(view.map()->legend().size() >= 7, Wait); // five values and two words
        const style::Theme theme(view.palette());
        const auto image = view.map()->grab().toImage();
        const auto colourOf = [&](const char* name) {
            const auto position = m_document->names()->position(tensor(name).value());
            for (const auto& cell : view.map()->layoutNow()->cells)
                if (cell.leaf && cell.branch.begin == position)
                    return image.pixelColor((cell.rect.bottomLeft() + QPointF(4, -6)).toPoint()).rgb();
            return QRgb(0);
        };
        QCOMPARE(colourOf("layers.3.q_proj.weight"), theme.notANumber().rgb());
        QCOMPARE(colourOf("layers.5.up_proj.weight"), theme.amount(1).rgb());
        QVERIFY(colourOf("layers.0.up_proj.weight") != colourOf("layers.5.up_proj.weight"));
        QVERIFY(colourOf("embed.weight") != colourOf("layers.0.q_proj.weight")); // not computed: grey
        // What is forgotten is shown no more.
        m_document->close();
        QCOMPARE(view.map()->colorMode(), ColorMode::Role);
        QVERIFY(!enabled());
    }

    void findingsListWhatTheValuesSay() {
        FindingsView view(m_document.get());
        QCOMPARE(view.model()->rowCount(), 0);
        QAbstractItemModelTester tester(view.model(), QAbstractItemModelTester::FailureReportingMode::QtTest);
        compute();
        QCOMPARE(view.model()->rowCount(), 4);
        QCOMPARE(view.summary(), QStringLiteral("3 warnings, 1 note"));
        for (int row = 0; row < 4; ++row) {
            view.table()->setCurrentIndex(view.model()->index(row, 0));
            QVERIFY(m_document->selection()->current().isTensor());
            QCOMPARE(view.table()->currentIndex().row(), row);
        }
        m_document->statistics()->start(m_document->filter());
        m_document->close();
        QCOMPARE(view.model()->rowCount(), 0);
    }

    void takesTheKeyboardAndHasNames() {
        StatisticsView view(m_document.get());
        for (QWidget* widget : std::initializer_list<QWidget*>{view.table(), view.plot(), view.measures(),
                                                               view.startButton()}) {
            auto* accessible = QAccessible::queryAccessibleInterface(widget);
            QVERIFY(accessible);
            QVERIFY2(!accessible->text(QAccessible::Name).isEmpty(), widget->metaObject()->className());
            QVERIFY2(widget->focusPolicy() & Qt::TabFocus, widget->metaObject()->className());
        }
        // Nothing to plot is no crash.
        LayerPlot plot;
        plot.resize(200, 120);
        plot.setLines(m_document->checkpoint(), std::make_shared<LayerLines>(), LayerMeasure::L2);
        QTest::keyClick(&plot, Qt::Key_Right);
        QVERIFY(!plot.grab().isNull());
        QVERIFY(!plot.current().valid());
    }
};

QTEST_MAIN(StatisticsViewTest)
#include "statistics_test.moc"
