// SPDX-License-Identifier: Apache-2.0
#include "ui/jobs/job_list.h"
#include "ui/jobs/job_runner.h"
#include "ui/jobs/stall_watchdog.h"
#include "ui/settings/appearance.h"
#include "ui/settings/settings.h"
#include "ui/shell/main_window.h"
#include "ui/shell/recent_items.h"
#include "ui/style/icons.h"

#include <QApplication>
#include <QCommandLineParser>

using namespace shardlens;

int main(int argc, char** argv) {
    QApplication application(argc, argv);
    QApplication::setOrganizationName(QStringLiteral("shardlens"));
    QApplication::setApplicationName(QStringLiteral("shardlens"));
    QApplication::setApplicationVersion(QStringLiteral(SHARDLENS_VERSION));
    QGuiApplication::setDesktopFileName(QStringLiteral("io.github.shardlens.Shardlens"));
    QApplication::setWindowIcon(QIcon(QStringLiteral(":/shardlens/icons/shardlens.svg")));

    QCommandLineParser parser;
    parser.setApplicationDescription(
        QStringLiteral("Looks into machine-learning checkpoints and converts them."));
    parser.addHelpOption();
    parser.addVersionOption();
    const QCommandLineOption part(QStringLiteral("part"), QStringLiteral("The part to open, such as model."),
                                  QStringLiteral("NAME"));
    const QCommandLineOption variant(QStringLiteral("variant"),
                                     QStringLiteral("The variant to open, such as fp16."),
                                     QStringLiteral("NAME"));
    parser.addOptions({part, variant});
    parser.addPositionalArgument(QStringLiteral("PATH"),
                                 QStringLiteral("A file, a folder, an index or any one shard."),
                                 QStringLiteral("[PATH]"));
    parser.process(application);

    ui::Settings settings;
    ui::applyAppearance(settings.appearance());
    QObject::connect(&settings, &ui::Settings::appearanceChanged, &settings,
                     [&] { ui::applyAppearance(settings.appearance()); });
    ui::JobRunner runner;
    ui::JobList jobs(&runner);
    ui::RecentItems recent(&settings);
#ifndef NDEBUG
    ui::StallWatchdog watchdog;
#endif
    ui::MainWindow window({&runner, &jobs, &settings, &recent});
    window.show();
    if (const QStringList paths = parser.positionalArguments(); !paths.isEmpty())
        window.open(paths.front(),
                    Choice{parser.value(part).toStdString(), parser.value(variant).toStdString()});
    return QApplication::exec();
}
