// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QAction>
#include <QString>
#include <QWidget>

#include <functional>
#include <vector>

namespace shardlens::ui {

class DetailsView;
class Document;

struct TabView {
    QString title;
    QWidget* view;
    bool startsGroup = false;
};

struct DockView {
    QString name; ///< of the layout's state; never shown
    QString title;
    QWidget* view;
    Qt::DockWidgetArea area;
    QList<QAction*> titleActions;
    /// Keeps the title's summary up to date, where the view has one.
    std::function<void(std::function<void(const QString&)> setSummary)> connectSummary;
};

/// The views of a document, in their order.
struct ViewSet {
    std::vector<TabView> tabs;
    std::vector<DockView> docks;
    DetailsView* details = nullptr; ///< one of the docks
    QWidget* slices = nullptr;      ///< the tab that shows a tensor's slices large; null where there is none
};

/// Makes them; whoever places them owns them.
ViewSet makeViews(Document* document);

} // namespace shardlens::ui
