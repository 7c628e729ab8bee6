// SPDX-License-Identifier: Apache-2.0
#include "ui/shell/view_set.h"

#include "ui/views/contents_view.h"
#include "ui/views/details_view.h"
#include "ui/views/files_view.h"
#include "ui/views/findings_view.h"
#include "ui/views/json_view.h"
#include "ui/views/ranks_view.h"
#include "ui/views/slices_view.h"
#include "ui/views/statistics_view.h"
#include "ui/views/tensors_view.h"
#include "ui/views/treemap_view.h"
#include "ui/views/values_view.h"

#include <QCoreApplication>

namespace shardlens::ui {

namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("ViewSet", text);
}

/// For views with `summary()` and `summaryChanged()`.
template <typename View>
std::function<void(std::function<void(const QString&)>)> summaryOf(View* view) {
    return [view](std::function<void(const QString&)> set) {
        QObject::connect(view, &View::summaryChanged, view, [view, set] { set(view->summary()); });
        set(view->summary());
    };
}

} // namespace

ViewSet makeViews(Document* document) {
    ViewSet set;
    set.tabs.push_back({tr("Treemap"), new TreemapView(document)});
    set.tabs.push_back({tr("Files"), new FilesView(document)});
    set.tabs.push_back({tr("Ranks"), new RanksView(document)});
    set.tabs.push_back({tr("Tensors"), new TensorsView(document)});
    set.tabs.push_back({tr("Statistics"), new StatisticsView(document)});
    set.slices = new SlicesView(document);
    set.tabs.push_back({tr("Slices"), set.slices, true});
    set.tabs.push_back({tr("Values"), new ValuesView(document)});
    set.tabs.push_back({tr("JSON"), new JsonView(document), true});

    auto* contents = new ContentsView(document);
    set.docks.push_back({QStringLiteral("contents"),
                         tr("Contents"),
                         contents,
                         Qt::LeftDockWidgetArea,
                         {contents->foldAction()},
                         summaryOf(contents)});
    set.details = new DetailsView(document);
    set.docks.push_back(
        {QStringLiteral("details"), tr("Details"), set.details, Qt::RightDockWidgetArea, {}, {}});
    auto* findings = new FindingsView(document);
    set.docks.push_back({QStringLiteral("findings"),
                         tr("Findings"),
                         findings,
                         Qt::BottomDockWidgetArea,
                         {},
                         summaryOf(findings)});
    return set;
}

} // namespace shardlens::ui
