// SPDX-License-Identifier: Apache-2.0
#include "convert/convert.h"
#include "ui/dialogs/conversion_job.h"
#include "ui/document/compare_session.h"
#include "ui/jobs/job_list.h"
#include "ui/settings/appearance.h"
#include "ui/settings/settings.h"
#include "ui/settings/settings_dialog.h"
#include "ui/shell/actions.h"
#include "ui/shell/drop_controller.h"
#include "ui/shell/drop_overlay.h"
#include "ui/shell/filter_box.h"
#include "ui/shell/filter_hint.h"
#include "ui/shell/group_tabs.h"
#include "ui/shell/main_window.h"
#include "ui/shell/recent_items.h"
#include "ui/shell/recent_model.h"
#include "ui/shell/start_page.h"
#include "ui/shell/status_line.h"
#include "ui/style/theme.h"
#include "ui/views/compare_view.h"

#include <QAbstractItemModelTester>
#include <QAccessible>
#include <QDockWidget>
#include <QDragEnterEvent>
#include <QMenu>
#include <QMimeData>
#include <QRadioButton>
#include <QStackedWidget>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>

using namespace shardlens;
using namespace shardlens::ui;

namespace {

const QString Sound = QStringLiteral(SHARDLENS_TEST_DATA "/st_dtypes/model.safetensors");
const QString Other = QStringLiteral(SHARDLENS_TEST_DATA "/st_metadata/model.safetensors");
const QString Pointer = QStringLiteral(SHARDLENS_TEST_DATA "/st_lfs_pointer/model.safetensors");

} // namespace

class WindowTest : public QObject {
    Q_OBJECT

private:
    QTemporaryDir m_folder;
    std::unique_ptr<Settings> m_settings;
    std::unique_ptr<JobRunner> m_runner;
    std::unique_ptr<JobList> m_jobs;
    std::unique_ptr<RecentItems> m_recent;

    Services services() { return {m_runner.get(), m_jobs.get(), m_settings.get(), m_recent.get()}; }

    void openIn(MainWindow& window, const QString& path) {
        window.open(path);
        QTRY_VERIFY(!window.document()->isOpening());
    }

    static DropAction dropAt(MainWindow& window, const QString& path, const QPoint& point) {
        QMimeData data;
        data.setUrls({QUrl::fromLocalFile(path)});
        QDragEnterEvent enter(point, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(&window, &enter);
        if (!enter.isAccepted())
            return DropAction::None;
        QTest::qWait(1);
        const DropAction action = window.drops()->overlay()->actionAt(point);
        QDropEvent drop(point, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(&window, &drop);
        return action;
    }

private slots:
    void init() {
        m_settings = std::make_unique<Settings>(m_folder.filePath(QStringLiteral("settings.ini")));
        m_settings->raw().clear();
        m_runner = std::make_unique<JobRunner>();
        m_jobs = std::make_unique<JobList>(m_runner.get());
        m_recent = std::make_unique<RecentItems>(m_settings.get());
    }

    void cleanup() {
        m_recent.reset();
        m_jobs.reset();
        m_runner.reset();
        m_settings.reset();
    }

    void startsWithTheStartPage() {
        MainWindow window(services());
        window.show();
        QVERIFY(qobject_cast<StartPage*>(window.pages()->currentWidget()));
        QCOMPARE(window.windowTitle(), QStringLiteral("Shardlens"));
        QVERIFY(!window.actions().consolidate->isEnabled());
        QVERIFY(!window.actions().check->isEnabled());
        QVERIFY(!window.filterBox()->isEnabled());
        QVERIFY(window.statusLine()->text().contains(QStringLiteral("No checkpoint open")));
        for (const char* name : {"contents", "details", "findings", "jobs"}) {
            QVERIFY(window.dock(QString::fromLatin1(name)));
            QVERIFY(!window.dock(QString::fromLatin1(name))->isVisible());
        }
    }

    void showsWhatItOpens() {
        MainWindow window(services());
        window.show();
        openIn(window, Sound);
        QCOMPARE(window.pages()->currentWidget(), static_cast<QWidget*>(window.tabs()));
        QVERIFY(window.windowTitle().endsWith(QStringLiteral(" — Shardlens")));
        QVERIFY(window.dock(QStringLiteral("contents"))->isVisible());
        QVERIFY(window.actions().consolidate->isEnabled());
        const QString status = window.statusLine()->text();
        QVERIFY2(status.contains(QStringLiteral("tensors")) && status.contains(QStringLiteral("opened in")),
                 qPrintable(status));
        QVERIFY(!window.actions().back->isEnabled());
        window.document()->selection()->select(SelectedItem::tensor(TensorId(std::uint32_t{0})));
        window.document()->selection()->select(SelectedItem::tensor(TensorId(std::uint32_t{1})));
        window.actions().back->trigger();
        QCOMPARE(window.document()->selection()->current().tensorId(), TensorId(std::uint32_t{0}));
        QVERIFY(window.actions().forward->isEnabled());
        window.actions().close->trigger();
        QVERIFY(qobject_cast<StartPage*>(window.pages()->currentWidget()));
        QVERIFY(!window.dock(QStringLiteral("contents"))->isVisible());
    }

    void aFailureHasAPageAndAWayBack() {
        MainWindow window(services());
        window.show();
        openIn(window, Sound);
        openIn(window, Pointer);
        QVERIFY(window.document()->failure());
        QWidget* page = window.pages()->currentWidget();
        QVERIFY(page != window.tabs());
        QVERIFY(!window.dock(QStringLiteral("contents"))->isVisible());
        window.document()->clearFailure();
        QCOMPARE(window.pages()->currentWidget(), static_cast<QWidget*>(window.tabs()));
        QVERIFY(window.dock(QStringLiteral("contents"))->isVisible());
    }

    void dropsMeanWhatTheOverlaySays() {
        MainWindow window(services());
        window.resize(1200, 800);
        window.show();
        // Before anything was recognised, the targets are there already; elsewhere means Inspect.
        QCOMPARE(dropAt(window, Sound, {5, 5}), DropAction::Inspect);
        QTRY_VERIFY(window.document()->isOpen());
        QVERIFY(!window.drops()->overlay()->isUp());

        QMimeData data;
        data.setUrls({QUrl::fromLocalFile(Other)});
        QDragEnterEvent enter({600, 400}, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(&window, &enter);
        DropOverlay* overlay = window.drops()->overlay();
        QVERIFY(overlay->isUp());
        QVERIFY(overlay->isVisible());
        QTRY_VERIFY(overlay->offer().facts.size() > 1);
        QCOMPARE(overlay->offer().targets.size(), std::size_t{3}); // with the open one it can be compared
        QVERIFY(overlay->offer().targets[0].text.contains(QStringLiteral("in place of")));
        const QPoint second = overlay->targetRect(1).center().toPoint();
        QCOMPARE(overlay->actionAt(second), DropAction::Consolidate);
        QVERIFY(overlay->accessibleDescription().contains(QStringLiteral("Consolidate")));
        QDragLeaveEvent leave;
        QCoreApplication::sendEvent(&window, &leave);
        QVERIFY(!overlay->isUp());
        QTRY_VERIFY(!overlay->isVisible());
    }

    void aPlainFolderIsADestination() {
        MainWindow window(services());
        window.show();
        openIn(window, Sound);
        QTemporaryDir plain;
        const Dropped dropped = recogniseDropped({plain.path().toStdString()}, {});
        QVERIFY(dropped.isPlainFolder());
        const DropOffer offer = offerFor(dropped, QStringLiteral("step-1"));
        QCOMPARE(offer.targets.size(), std::size_t{1});
        QCOMPARE(offer.targets.front().action, DropAction::ConsolidateHere);
        QCOMPARE(offer.targets.front().title, QStringLiteral("Consolidate here…"));
        QCOMPARE(offer.elsewhere, DropAction::None);
        QVERIFY(offerFor(dropped, {}).targets.empty());
    }

    void offersSayWhatDoesNotFit() {
        const DropOffer damaged = offerFor(recogniseDropped({"/nowhere/model.safetensors"}, {}), {});
        QVERIFY(damaged.noteIsError);
        QVERIFY(!damaged.note.isEmpty());
        QCOMPARE(damaged.targets.size(), std::size_t{1});
        const DropOffer several =
            offerFor(recogniseDropped({Sound.toStdString(), Other.toStdString()}, {}), {});
        QVERIFY2(several.title.contains(QStringLiteral("2")), qPrintable(several.title));
        QVERIFY(several.targets.empty());
        QCOMPARE(offerFor({}, {}).elsewhere, DropAction::None);

        QMimeData text;
        text.setText(QStringLiteral("no file"));
        MainWindow window(services());
        QDragEnterEvent enter({5, 5}, Qt::CopyAction, &text, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(&window, &enter);
        QVERIFY(!window.drops()->overlay()->isUp());
    }

    void theFilterBoxCountsAndSaysWhatIsWrong() {
        MainWindow window(services());
        window.show();
        openIn(window, Sound);
        window.filterBox()->setText(QStringLiteral("dtype:f32"));
        QTRY_VERIFY(!window.document()->isFiltering());
        QVERIFY(window.filterBox()->countText().contains(QStringLiteral(" of ")));
        QVERIFY(window.filterHint()->message().isEmpty());
        window.filterBox()->setText(QStringLiteral("size>nonsense"));
        QVERIFY(!window.filterHint()->message().isEmpty());
        QCOMPARE(window.filterBox()->text(), QStringLiteral("size>nonsense")); // colouring changes no text
        window.dock(QStringLiteral("contents"))->hide();
        window.filterBox()->setText(QStringLiteral("dtype:f32 size>100G"));
        QTRY_VERIFY(window.filterHint()->message().contains(QStringLiteral("Nothing matches")));
        QTest::keyClick(window.filterBox(), Qt::Key_Escape);
        QVERIFY(window.filterBox()->text().isEmpty());
        QTRY_VERIFY(window.filterHint()->message().isEmpty());
    }

    void remembersBetweenRuns() {
        QSize size;
        {
            MainWindow window(services());
            window.resize(1100, 700);
            window.show();
            openIn(window, Sound);
            window.dock(QStringLiteral("jobs"))->hide();
            window.tabs()->setCurrent(1);
            size = window.size();
            window.close();
        }
        cleanup();
        m_settings = std::make_unique<Settings>(m_folder.filePath(QStringLiteral("settings.ini")));
        m_runner = std::make_unique<JobRunner>();
        m_jobs = std::make_unique<JobList>(m_runner.get());
        m_recent = std::make_unique<RecentItems>(m_settings.get());
        QCOMPARE(m_recent->items().size(), std::size_t{1});
        QCOMPARE(m_recent->items().front().path, Sound);
        QVERIFY(m_recent->items().front().bytes > 0);
        MainWindow window(services());
        window.show();
        QCOMPARE(window.size(), size);
        QCOMPARE(window.tabs()->current(), 1);
        openIn(window, Sound);
        QVERIFY(!window.dock(QStringLiteral("jobs"))->isVisible());
        window.resetLayout();
        QVERIFY(!window.dock(QStringLiteral("jobs"))->isHidden());
    }

    void recentItemsAreAModel() {
        MainWindow window(services());
        window.show();
        openIn(window, Sound);
        openIn(window, Other);
        RecentModel model(m_recent.get());
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        QCOMPARE(model.rowCount(), 2);
        QCOMPARE(model.index(0, 0).data(RecentModel::Path).toString(), Other);
        m_recent->remove(Other);
        QCOMPARE(model.rowCount(), 1);
        m_recent->clear();
        QCOMPARE(model.rowCount(), 0);
        const QDateTime now(QDate(2026, 11, 20), QTime(12, 0));
        QCOMPARE(shownTime(now.addSecs(-3600), now), QStringLiteral("today 11:00"));
        QCOMPARE(shownTime(now.addDays(-1), now), QStringLiteral("yesterday"));
    }

    void comparesWhatIsDroppedAndWhatWasWritten() {
        MainWindow window(services());
        window.resize(1300, 800);
        window.show();
        openIn(window, Sound);
        DropOverlay* overlay = window.drops()->overlay();
        overlay->appear(offerFor(recogniseDropped({Other.toStdString()}, {}), QStringLiteral("st_dtypes")));
        QCOMPARE(overlay->offer().targets.size(), std::size_t{3});
        const QPoint third = overlay->targetRect(2).center().toPoint();
        overlay->vanish();
        QCOMPARE(dropAt(window, Other, third), DropAction::Compare);
        QVERIFY(window.isComparing());
        QCOMPARE(window.pages()->currentWidget(), window.compareView());
        QTRY_VERIFY(window.comparison()->result());
        QVERIFY(window.statusLine()->text().startsWith(QStringLiteral("Comparison")));
        QVERIFY(!window.dock(QStringLiteral("contents"))->isVisible());
        QTest::keyClick(window.compareView(), Qt::Key_Escape);
        QVERIFY(!window.isComparing());
        QCOMPARE(window.pages()->currentWidget(), window.tabs());
        QVERIFY(window.dock(QStringLiteral("contents"))->isVisible());
        window.actions().showComparison->trigger();
        QVERIFY(window.isComparing());
        openIn(window, Other); // another checkpoint: its views
        QVERIFY(!window.isComparing());

        // A plain conversion ends with: nothing differs.
        const QString out = m_folder.filePath(QStringLiteral("converted"));
        convert::Options options;
        options.output = out.toStdString();
        const auto source = window.document()->checkpoint();
        auto plan = convert::planConversion(source, options, {});
        QVERIFY(plan);
        const auto work =
            conversionWork(std::make_shared<const convert::Plan>(std::move(*plan)), options, Other);
        const int job = m_jobs->add(QStringLiteral("Consolidate"), work);
        QTRY_VERIFY(m_jobs->find(job)->report.has_value());
        window.compareJob(job);
        QTRY_VERIFY(window.comparison()->result());
        QCOMPARE(window.compareView()->sentence(),
                 QStringLiteral("%1 tensors, byte-identical.").arg(source->tensorCount()));
    }

    void aWindowMayGoWhileAJobRuns() {
        std::atomic<bool> ended{false};
        int id = 0;
        {
            MainWindow window(services());
            window.show();
            openIn(window, Sound);
            id = m_jobs->add(QStringLiteral("long"), [&ended](const JobContext& context) {
                while (!context.stopped())
                    QThread::msleep(1);
                ended = true;
                return JobReport{JobReport::Outcome::Cancelled, QStringLiteral("stopped"), {}, {}, {}};
            });
            window.open(Other);
        }
        QTRY_VERIFY(m_jobs->find(id)->isRunning()); // the window took nothing with it
        QVERIFY(!ended);
        m_jobs->cancelAll();
        QTRY_COMPARE(m_jobs->unfinished(), 0);
    }

    void everythingHasANameForScreenReaders() {
        MainWindow window(services());
        window.show();
        openIn(window, Sound);
        for (const QToolButton* button : window.findChildren<QToolButton*>()) {
            if (!button->isVisible() || button->objectName().startsWith(QLatin1String("qt_")) ||
                button->objectName() == QLatin1String("ScrollLeftButton") ||
                button->objectName() == QLatin1String("ScrollRightButton"))
                continue;
            QAccessibleInterface* face =
                QAccessible::queryAccessibleInterface(const_cast<QToolButton*>(button));
            QVERIFY(face);
            QVERIFY2(!face->text(QAccessible::Name).isEmpty(),
                     qPrintable(QStringLiteral("a button in a %1, icon %2")
                                    .arg(QLatin1String(button->parentWidget()->metaObject()->className()),
                                         button->icon().name())));
        }
        for (QWidget* widget : std::initializer_list<QWidget*>{window.filterBox(), window.tabs()->bar(),
                                                               window.drops()->overlay()})
            QVERIFY(!widget->accessibleName().isEmpty());
        QList<QKeySequence> taken;
        for (const QAction* action : window.findChildren<QAction*>())
            if (!action->shortcut().isEmpty() && action->shortcutContext() == Qt::WindowShortcut) {
                QVERIFY2(!taken.contains(action->shortcut()), qPrintable(action->text()));
                taken << action->shortcut();
            }
    }

    void appearanceCanBeFixed() {
        SettingsDialog dialog(m_settings.get());
        connect(m_settings.get(), &Settings::appearanceChanged, this,
                [this] { applyAppearance(m_settings->appearance()); });
        applyAppearance(m_settings->appearance());
        const auto buttons = dialog.findChildren<QRadioButton*>();
        QCOMPARE(buttons.size(), 3);
        buttons[2]->click();
        QCOMPARE(m_settings->appearance(), Settings::Appearance::Dark);
        QVERIFY(style::Theme(QApplication::palette()).dark);
        buttons[1]->click();
        QVERIFY(!style::Theme(QApplication::palette()).dark);
        for (const bool dark : {false, true}) {
            const QPalette palette = fixedPalette(dark);
            QVERIFY(style::contrast(palette.color(QPalette::Text), palette.color(QPalette::Base)) > 7);
            QVERIFY(style::contrast(palette.color(QPalette::HighlightedText),
                                    palette.color(QPalette::Highlight)) > 4.5);
        }
        buttons[0]->click();
        QCOMPARE(m_settings->appearance(), Settings::Appearance::Desktop);
        m_settings->raw().setValue(QStringLiteral("appearance"), QStringLiteral("nonsense"));
        QCOMPARE(m_settings->appearance(), Settings::Appearance::Desktop);
    }
};

QTEST_MAIN(WindowTest)
#include "window_test.moc"
