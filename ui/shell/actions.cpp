// SPDX-License-Identifier: Apache-2.0
#include "ui/shell/actions.h"

#include "ui/style/icons.h"

#include <QAction>
#include <QCoreApplication>
#include <QMenu>
#include <QMenuBar>
#include <QWidget>

namespace shardlens::ui {

namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("Actions", text);
}

QAction* make(QWidget* window, const QString& text, const QString& icon = {}, const QKeySequence& keys = {}) {
    auto* action = new QAction(text, window);
    if (!icon.isEmpty())
        action->setIcon(style::icon(icon));
    if (!keys.isEmpty())
        action->setShortcut(keys);
    return action;
}

} // namespace

Actions::Actions(QWidget* window)
    : openFile(make(window, tr("&Open file…"), QStringLiteral("file"), QKeySequence::Open))
    , openFolder(make(window, tr("Open &folder…"), QStringLiteral("open"),
                      QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_O)))
    , clearRecent(make(window, tr("Clear list")))
    , close(make(window, tr("&Close checkpoint"), QStringLiteral("close"), QKeySequence::Close))
    , quit(make(window, tr("&Quit"), QStringLiteral("quit"), QKeySequence::Quit))
    , copyName(make(window, tr("&Copy name"), QStringLiteral("copy"),
                    QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_C)))
    , find(make(window, tr("&Find…"), QStringLiteral("find"), QKeySequence::Find))
    , preferences(make(window, tr("&Preferences…"), QStringLiteral("settings"),
                       QKeySequence(Qt::CTRL | Qt::Key_Comma)))
    , resetLayout(make(window, tr("&Reset layout"), QStringLiteral("reset")))
    , fullScreen(make(window, tr("F&ull screen"), {}, QKeySequence::FullScreen))
    , consolidate(make(window, tr("&Consolidate…"), QStringLiteral("consolidate"),
                       QKeySequence(Qt::CTRL | Qt::Key_E)))
    , exportDduf(make(window, tr("&Export DDUF…"), QStringLiteral("box")))
    , unpack(make(window, tr("&Unpack…"), QStringLiteral("unpack")))
    , check(make(window, tr("C&heck"), QStringLiteral("check")))
    , compareFolder(
          make(window, tr("With a &folder…"), QStringLiteral("open"), QKeySequence(Qt::CTRL | Qt::Key_D)))
    , compareFile(make(window, tr("With a f&ile…"), QStringLiteral("file")))
    , showComparison(make(window, tr("&Show the comparison"), QStringLiteral("compare")))
    , back(make(window, tr("&Back"), QStringLiteral("back"), QKeySequence::Back))
    , forward(make(window, tr("&Forward"), QStringLiteral("forward"), QKeySequence::Forward))
    , formats(make(window, tr("&Formats"), QStringLiteral("rules"), QKeySequence::HelpContents))
    , rules(make(window, tr("&Rules"), QStringLiteral("check")))
    , about(make(window, tr("&About Shardlens"), QStringLiteral("info")))
    , openMenu(new QMenu(tr("Open"), window))
    , compareMenu(new QMenu(tr("C&ompare"), window))
    , recentMenu(new QMenu(tr("Open &recent"), window))
    , viewMenu(new QMenu(tr("&View"), window))
    , partMenu(new QMenu(tr("&Part and variant"), window)) {
    close->setToolTip(tr("Close the checkpoint"));
    openMenu->setToolTipsVisible(true);
    recentMenu->setToolTipsVisible(true);
    fullScreen->setCheckable(true);
    quit->setMenuRole(QAction::QuitRole);
    preferences->setMenuRole(QAction::PreferencesRole);
    about->setMenuRole(QAction::AboutRole);
    consolidate->setToolTip(tr("Write it as safetensors files; the plan comes first"));
    consolidate->setIconText(tr("Consolidate"));
    exportDduf->setIconText(tr("Export DDUF"));
    exportDduf->setToolTip(tr("Write a diffusers folder as one archive; the plan comes first"));
    unpack->setIconText(tr("Unpack"));
    unpack->setToolTip(tr("Restore the folder of a DDUF archive; the plan comes first"));
    compareMenu->setIcon(style::icon(u"compare"));
    compareMenu->setToolTipsVisible(true);
    compareFolder->setToolTip(tr("Compare what is open with another checkpoint"));
    check->setToolTip(tr("Read every byte: checksums, NaN and infinite values, tensors of zeros"));
}

void Actions::fillMenuBar(QMenuBar* bar) const {
    QMenu* file = bar->addMenu(tr("&File"));
    file->addActions({openFile, openFolder});
    file->addMenu(recentMenu);
    file->addSeparator();
    file->addActions({close, quit});
    QMenu* edit = bar->addMenu(tr("&Edit"));
    edit->addActions({copyName, find});
    edit->addSeparator();
    edit->addAction(preferences);
    bar->addMenu(viewMenu);
    QMenu* checkpoint = bar->addMenu(tr("&Checkpoint"));
    checkpoint->addActions({consolidate, exportDduf, unpack, check});
    checkpoint->addMenu(compareMenu);
    checkpoint->addMenu(partMenu);
    QMenu* go = bar->addMenu(tr("&Go"));
    go->addActions({back, forward});
    QMenu* help = bar->addMenu(tr("&Help"));
    help->addActions({formats, rules, about});
}

QList<QAction*> Actions::needCheckpoint() const {
    return {close, find, consolidate, check, compareFolder, compareFile, resetLayout};
}

} // namespace shardlens::ui
