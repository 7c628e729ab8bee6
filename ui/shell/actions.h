// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QList>

class QAction;
class QMenu;
class QMenuBar;
class QWidget;

namespace shardlens::ui {

/// The window's commands. Owned by the window; what they do is connected there.
struct Actions {
    explicit Actions(QWidget* window);

    QAction* openFile;
    QAction* openFolder;
    QAction* clearRecent;
    QAction* close;
    QAction* quit;
    QAction* copyName;
    QAction* find;
    QAction* preferences;
    QAction* resetLayout;
    QAction* fullScreen;
    QAction* consolidate;
    QAction* exportDduf;
    QAction* unpack;
    QAction* check;
    QAction* compareFolder;
    QAction* compareFile;
    QAction* showComparison;
    QAction* back;
    QAction* forward;
    QAction* formats;
    QAction* rules;
    QAction* about;

    QMenu* openMenu;    ///< of the toolbar: file, folder, recent
    QMenu* compareMenu; ///< of the toolbar and the menu bar: with what
    QMenu* recentMenu;
    QMenu* viewMenu;
    QMenu* partMenu; ///< parts and variants of what is open

    void fillMenuBar(QMenuBar* bar) const;
    /// What needs an open checkpoint.
    QList<QAction*> needCheckpoint() const;
};

} // namespace shardlens::ui
