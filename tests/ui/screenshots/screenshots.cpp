// SPDX-License-Identifier: Apache-2.0
// Drives the window through its scenes and writes a picture of each: for looking at, and for the README.
// Arguments: OUTPUT light|dark SMALL_CHECKPOINT DAMAGED_FILE. The scale is Qt's own (QT_SCALE_FACTOR).
#include "ui/dialogs/consolidate_dialog.h"
#include "ui/dialogs/help_dialogs.h"
#include "ui/dialogs/more_options.h"
#include "ui/jobs/job_list.h"
#include "ui/screenshots/archive_scenes.h"
#include "ui/screenshots/compare_scenes.h"
#include "ui/screenshots/sparse_model.h"
#include "ui/settings/appearance.h"
#include "ui/settings/settings_dialog.h"
#include "ui/shell/drop_controller.h"
#include "ui/shell/drop_overlay.h"
#include "ui/shell/filter_box.h"
#include "ui/shell/group_tabs.h"
#include "ui/shell/main_window.h"
#include "ui/shell/recent_items.h"

#include <QApplication>
#include <QDir>
#include <QDockWidget>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>

using namespace shardlens;
using namespace shardlens::ui;

namespace {

template <typename Condition>
void until(Condition condition) {
    if (!QTest::qWaitFor(condition, 60000))
        qFatal("waited in vain");
}

class Scenes {
public:
    Scenes(QString output, QString theme, const QString& small, const QString& damaged)
        : m_output(std::move(output))
        , m_theme(std::move(theme))
        , m_small(small)
        , m_damaged(damaged)
        , m_settings(m_folder.filePath(QStringLiteral("settings.ini")))
        , m_jobs(&m_runner)
        , m_recent(&m_settings) {
        QDir().mkpath(m_output);
        test::writeSparseLlama(large(), false);
        test::writeSparseLlama(broken(), true);
        QDir().mkpath(m_folder.filePath(QStringLiteral("models")));
    }

    void run() {
        MainWindow window({&m_runner, &m_jobs, &m_settings, &m_recent});
        window.resize(1390, 868);
        window.show();
        if (qEnvironmentVariable("SHARDLENS_SCENES") == QLatin1String("archives")) {
            test::shootArchives(window, m_folder.filePath(QStringLiteral("models")),
                                [&](QWidget* widget, const char* name) { save(widget, name); });
            return;
        }
        if (qEnvironmentVariable("SHARDLENS_SCENES") == QLatin1String("compare")) { // while one works on them
            test::shootComparison(window, m_folder.filePath(QStringLiteral("models")),
                                  [&](QWidget* widget, const char* name) { save(widget, name); });
            return;
        }
        save(&window, "start-first");
        contents(window);
        numbers(window);
        filters(window);
        drops(window);
        dialogs(window);
        test::shootComparison(window, m_folder.filePath(QStringLiteral("models")),
                              [&](QWidget* widget, const char* name) { save(widget, name); });
        test::shootArchives(window, m_folder.filePath(QStringLiteral("models")),
                            [&](QWidget* widget, const char* name) { save(widget, name); });
        pages(window);
        window.document()->close();
        save(&window, "start-recent");
        window.resize(1280, 720);
        open(window, large());
        window.resetLayout();
        save(&window, "main-1280x720");
    }

private:
    QString large() const { return m_folder.filePath(QStringLiteral("models/llama-8b-hf")); }
    QString broken() const { return m_folder.filePath(QStringLiteral("models/llama-8b-broken")); }

    void save(QWidget* widget, const char* name) {
        QTest::qWait(250);
        const QString file = QStringLiteral("%1/%2-%3.png").arg(m_output, QLatin1String(name), m_theme);
        if (!widget->grab().save(file))
            qFatal("cannot write %s", qPrintable(file));
    }

    static void open(MainWindow& window, const QString& path) {
        window.open(path);
        if (!QTest::qWaitFor([&] { return !window.document()->isOpening(); }, 60000))
            qFatal("%s did not open", qPrintable(path));
        QTest::qWait(300);
    }

    static void select(MainWindow& window, const char* tensor) {
        if (const auto found = window.document()->checkpoint()->findTensor(tensor))
            window.document()->selection()->select(SelectedItem::tensor(*found));
        QTest::qWait(400);
    }

    void contents(MainWindow& window) {
        open(window, m_small);
        select(window, "model.layers.3.mlp.up_proj.weight");
        tabs(window, QStringLiteral("small"));
        save(&window, "main-small");
        archives(window);
        open(window, broken());
        select(window, "model.layers.17.mlp.up_proj.weight");
        tabs(window, QStringLiteral("damaged"));
        save(&window, "main-damaged");
        open(window, large());
        select(window, "model.layers.17.mlp.up_proj.weight");
        tabs(window, QStringLiteral("large"));
        save(&window, "main-large");
    }

    void archives(MainWindow& window) {
        open(window, QStringLiteral(SHARDLENS_TEST_DATA "/dduf_flux/flux.dduf"));
        save(&window, "archive");
        window.tabs()->setCurrent(1);
        select(window, "vae/quant_conv.weight");
        save(&window, "archive-files");
        window.tabs()->setCurrent(0);
        open(window, QStringLiteral(SHARDLENS_TEST_DATA "/dduf_dotdot/tiny.dduf"));
        save(&window, "archive-refused");
        open(window, QStringLiteral(SHARDLENS_TEST_DATA "/diffusers_sdxl"));
        save(&window, "pipeline");
    }

    /// Every view of one checkpoint.
    void tabs(MainWindow& window, const QString& which) {
        for (int index = 0; index < window.tabs()->count(); ++index) {
            window.tabs()->setCurrent(index);
            const auto view = window.tabs()->name(index).toLower();
            save(&window, qPrintable(QStringLiteral("view-%1-%2").arg(view, which)));
        }
        window.tabs()->setCurrent(0);
    }

    /// What is computed from values: of the small checkpoint, whose values are there.
    void numbers(MainWindow& window) {
        open(window, m_small);
        auto* statistics = window.document()->statistics();
        statistics->start(window.document()->filter());
        until([&] { return !statistics->isRunning(); });
        window.document()->selection()->select(SelectedItem::tensor(TensorId(0u)));
        for (const auto* name : {"Statistics", "Values"}) {
            window.tabs()->setCurrent(QString::fromLatin1(name));
            QTest::qWait(1000);
            save(&window, qPrintable(QStringLiteral("numbers-") + QString::fromLatin1(name).toLower()));
        }
        window.tabs()->setCurrent(0);
        open(window, large());
    }

    void filters(MainWindow& window) {
        const auto type = [&](const char* text) {
            window.filterBox()->setFocus();
            window.filterBox()->setText(QString::fromLatin1(text));
            until([&] { return !window.document()->isFiltering(); });
        };
        type("layers dtype:bf16 size>10M");
        save(&window, "filter");
        type("dtype:bf16 shape:[*,4096 size>10M");
        save(&window, "filter-unreadable");
        type("dtype:bf16 size>10G");
        save(&window, "filter-nothing");
        type("");
    }

    void drops(MainWindow& window) {
        DropOverlay* overlay = window.drops()->overlay();
        const auto show = [&](const QString& path, const char* name, bool pointed) {
            const QString openName = QStringLiteral("llama-8b-hf");
            overlay->appear(offerBeforeLooking({path}, openName));
            overlay->setOffer(offerFor(recogniseDropped({path.toStdString()}, {}), openName));
            if (pointed)
                overlay->pointAt(overlay->targetRect(1).center().toPoint());
            QTest::qWait(500);
            save(&window, name);
            overlay->vanish();
            QTest::qWait(200);
        };
        show(m_small, "drop", true);
        show(m_folder.filePath(QStringLiteral("models")), "drop-folder", false);
        show(m_damaged, "drop-damaged", false);
    }

    void shootDialog(ConsolidateDialog& dialog, const char* name) {
        dialog.show();
        until([&] { return dialog.isSettled(); });
        save(&dialog, name);
    }

    void dialogs(MainWindow& window) {
        const Services services{&m_runner, &m_jobs, &m_settings, &m_recent};
        const QString target = m_folder.filePath(QStringLiteral("models/out"));
        {
            ConsolidateDialog dialog(services, window.document()->checkpoint(), large(), target, &window);
            shootDialog(dialog, "consolidate");
            dialog.findChild<QToolButton*>(QStringLiteral("moreOptions"))->setChecked(true);
            save(&dialog, "consolidate-options");
        }
        open(window, broken());
        {
            ConsolidateDialog dialog(services, window.document()->checkpoint(), broken(), target, &window);
            shootDialog(dialog, "consolidate-blocked");
        }
        open(window, m_small);
        {
            ConsolidateDialog dialog(services, window.document()->checkpoint(), m_small, target, &window);
            shootDialog(dialog, "consolidate-small");
            QMetaObject::invokeMethod(&dialog, "accept");
        }
        window.consolidate({}, m_folder.filePath(QStringLiteral("models")));
        auto* dialog = window.findChild<ConsolidateDialog*>();
        until([&] { return dialog->isSettled(); });
        dialog->start();
        until([&] { return m_jobs.unfinished() == 0; });
        save(&window, "jobs");
        SettingsDialog settings(&m_settings, &window);
        settings.show();
        save(&settings, "preferences");
        showFormats(&window);
        save(window.findChildren<QDialog*>().last(), "formats");
        showRules(&window);
        save(window.findChildren<QDialog*>().last(), "rules");
        for (QDialog* each : window.findChildren<QDialog*>())
            each->close();
    }

    void pages(MainWindow& window) {
        open(window, m_damaged);
        save(&window, "failure");
        window.document()->clearFailure();
    }

    QTemporaryDir m_folder;
    QString m_output, m_theme, m_small, m_damaged;
    Settings m_settings;
    JobRunner m_runner;
    JobList m_jobs;
    RecentItems m_recent;
};

} // namespace

int main(int argc, char** argv) {
    QApplication application(argc, argv);
    QApplication::setApplicationName(QStringLiteral("shardlens-screenshots"));
    const QStringList arguments = QApplication::arguments();
    if (arguments.size() != 5) {
        qWarning("usage: %s OUTPUT light|dark SMALL_CHECKPOINT DAMAGED_FILE", argv[0]);
        return 2;
    }
    QFont font(QStringLiteral("Inter"));
    font.setPixelSize(13);
    if (qEnvironmentVariableIsSet("SHARDLENS_SCREENSHOT_INTER"))
        QApplication::setFont(font);
    applyAppearance(arguments[2] == QLatin1String("dark") ? Settings::Appearance::Dark
                                                          : Settings::Appearance::Light);
    Scenes(arguments[1], arguments[2], arguments[3], arguments[4]).run();
    return 0;
}
