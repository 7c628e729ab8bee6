// SPDX-License-Identifier: Apache-2.0
// How the window is built and arranged. What its commands do is in main_window_actions.cpp.
#include "ui/shell/main_window.h"

#include "ui/document/compare_session.h"
#include "ui/jobs/jobs_panel.h"
#include "ui/settings/settings.h"
#include "ui/shell/actions.h"
#include "ui/shell/dock_title.h"
#include "ui/shell/drop_controller.h"
#include "ui/shell/failure_page.h"
#include "ui/shell/filter_box.h"
#include "ui/shell/filter_hint.h"
#include "ui/shell/group_tabs.h"
#include "ui/shell/opening_page.h"
#include "ui/shell/start_page.h"
#include "ui/shell/status_line.h"
#include "ui/shell/view_set.h"
#include "ui/views/compare_view.h"
#include "ui/views/details_view.h"

#include <QApplication>
#include <QDockWidget>
#include <QMenu>
#include <QMenuBar>
#include <QScreen>
#include <QStackedWidget>
#include <QToolBar>
#include <QToolButton>

#include <algorithm>

namespace shardlens::ui {

namespace {

/// Bumped when docks change their names: an older layout would be restored wrongly.
constexpr int LayoutVersion = 1;
/// Pages that come and go faster than this would flicker.
constexpr int OpeningDelayMs = 150;
constexpr int NarrowWidth = 1300, NarrowHeight = 740;

} // namespace

MainWindow::MainWindow(const Services& services, QWidget* parent)
    : QMainWindow(parent)
    , m_services(services)
    , m_document(services.runner)
    , m_actions(std::make_unique<Actions>(this)) {
    setWindowTitle(tr("Shardlens"));
    setAcceptDrops(true);
    setUnifiedTitleAndToolBarOnMac(true);
    setDockOptions(AnimatedDocks | AllowNestedDocks | AllowTabbedDocks);
    setCorner(Qt::BottomLeftCorner, Qt::BottomDockWidgetArea);
    setCorner(Qt::BottomRightCorner, Qt::BottomDockWidgetArea);
    m_openingDelay.setSingleShot(true);
    m_openingDelay.setInterval(OpeningDelayMs);

    m_document.statistics()->setJobs(m_services.jobs);
    buildPages();
    buildViews();
    m_actions->fillMenuBar(menuBar());
    buildToolBar();
    buildViewMenu();
    m_status = new StatusLine(&m_document);
    setStatusBar(m_status);
    m_drops = new DropController(this, m_services.runner, [this] { return openName(); });
    connectActions();
    connectDocument();
    connectComparison();
    connectArchives();
    restoreWindow();
    fillRecentMenus();
    becomeCheckpoint();
}

MainWindow::~MainWindow() = default;

void MainWindow::buildPages() {
    m_pages = new QStackedWidget;
    m_startPage = new StartPage(m_services.recent);
    m_openingPage = new OpeningPage(&m_document);
    m_failurePage = new FailurePage;
    m_tabs = new GroupTabs;
    m_comparison = new CompareSession(&m_document, m_services.jobs, this);
    m_compareView = new CompareView(&m_document, m_comparison);
    for (QWidget* page :
         std::initializer_list<QWidget*>{m_startPage, m_openingPage, m_failurePage, m_tabs, m_compareView})
        m_pages->addWidget(page);
    setCentralWidget(m_pages);
}

QDockWidget* MainWindow::addDock(const QString& name, const QString& title, QWidget* view,
                                 Qt::DockWidgetArea area) {
    auto* dock = new QDockWidget(title, this);
    dock->setObjectName(name);
    dock->setWidget(view);
    dock->setTitleBarWidget(new DockTitle(dock));
    addDockWidget(area, dock);
    m_docks.push_back(dock);
    return dock;
}

void MainWindow::buildViews() {
    const ViewSet views = makeViews(&m_document);
    for (const TabView& tab : views.tabs)
        m_tabs->add(tab.view, tab.title, tab.startsGroup);
    connect(views.details, &DetailsView::slicesWanted, this, [this, slices = views.slices] {
        if (slices)
            m_tabs->setCurrent(slices);
    });
    for (const DockView& one : views.docks) {
        QDockWidget* dock = addDock(one.name, one.title, one.view, one.area);
        auto* title = static_cast<DockTitle*>(dock->titleBarWidget());
        for (QAction* action : one.titleActions)
            title->addAction(action);
        if (one.connectSummary)
            one.connectSummary([title](const QString& summary) { title->setSummary(summary); });
    }
    m_jobsPanel = new JobsPanel(m_services.jobs);
    QDockWidget* jobs = addDock(QStringLiteral("jobs"), tr("Jobs"), m_jobsPanel, Qt::BottomDockWidgetArea);
    auto* title = static_cast<DockTitle*>(jobs->titleBarWidget());
    connect(m_jobsPanel, &JobsPanel::summaryChanged, title, &DockTitle::setSummary);
    for (QDockWidget* dock : m_docks)
        dock->hide();
}

void MainWindow::buildToolBar() {
    auto* bar = new QToolBar(tr("Tools"));
    bar->setObjectName(QStringLiteral("tools"));
    bar->setMovable(false);
    bar->setFloatable(false);
    bar->setContextMenuPolicy(Qt::PreventContextMenu);
    bar->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    bar->setIconSize({18, 18});
    auto* open = new QToolButton;
    open->setText(tr("Open"));
    open->setIcon(m_actions->openFolder->icon());
    open->setMenu(m_actions->openMenu);
    open->setPopupMode(QToolButton::InstantPopup);
    open->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    open->setAutoRaise(true);
    open->setToolTip(tr("Open a file, a folder or something recent"));
    bar->addWidget(open);
    bar->addSeparator();
    bar->addAction(m_actions->consolidate);
    bar->addAction(m_actions->exportDduf);
    bar->addAction(m_actions->unpack);
    bar->addSeparator();
    bar->addAction(m_actions->check);
    auto* compare = new QToolButton;
    compare->setObjectName(QStringLiteral("compare"));
    compare->setText(tr("Compare"));
    compare->setIcon(m_actions->compareMenu->icon());
    compare->setMenu(m_actions->compareMenu);
    compare->setPopupMode(QToolButton::InstantPopup);
    compare->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    compare->setAutoRaise(true);
    compare->setToolTip(tr("Compare what is open with another checkpoint: names, types, shapes, values"));
    bar->addWidget(compare);
    auto* room = new QWidget;
    room->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    bar->addWidget(room);
    m_filterBox = new FilterBox(&m_document);
    m_filterBox->setMinimumWidth(260);
    m_filterBox->setMaximumWidth(480);
    m_filterBox->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    bar->addWidget(m_filterBox);
    auto* edge = new QWidget;
    edge->setFixedWidth(4);
    bar->addWidget(edge);
    addToolBar(Qt::TopToolBarArea, bar);
    m_filterHint = new FilterHint(&m_document, m_filterBox);
    m_filterHint->setSaidElsewhere([this] { return dock(QStringLiteral("contents"))->isVisible(); });
}

void MainWindow::buildViewMenu() {
    QMenu* menu = m_actions->viewMenu;
    for (int index = 0; index < m_tabs->count(); ++index) {
        auto* show = new QAction(m_tabs->name(index), this);
        if (index < 9)
            show->setShortcut(QKeySequence(Qt::ALT | static_cast<Qt::Key>(Qt::Key_1 + index)));
        connect(show, &QAction::triggered, this, [this, index] {
            m_tabs->setCurrent(index);
            m_tabs->view(index)->setFocus();
        });
        menu->addAction(show);
    }
    menu->addSeparator();
    for (QDockWidget* dock : m_docks)
        menu->addAction(dock->toggleViewAction());
    menu->addSeparator();
    menu->addActions({m_actions->resetLayout, m_actions->fullScreen});
}

QDockWidget* MainWindow::dock(const QString& name) const {
    const auto found = std::find_if(m_docks.begin(), m_docks.end(),
                                    [&](const QDockWidget* dock) { return dock->objectName() == name; });
    return found == m_docks.end() ? nullptr : *found;
}

void MainWindow::restoreWindow() {
    const QByteArray geometry = m_services.settings->windowGeometry();
    if (geometry.isEmpty() || !restoreGeometry(geometry)) {
        const QSize room = screen()->availableSize();
        resize(QSize(1390, 868).boundedTo(room * 0.95));
    }
    m_layout = m_services.settings->windowState();
    m_tabs->setCurrent(m_services.settings->centralTab());
    m_narrow = width() < NarrowWidth || height() < NarrowHeight;
}

void MainWindow::arrangeDocks() {
    const auto place = [this](const char* name, Qt::DockWidgetArea area) {
        if (QDockWidget* found = dock(QString::fromLatin1(name))) {
            found->setFloating(false);
            addDockWidget(area, found);
            found->show();
        }
    };
    place("contents", Qt::LeftDockWidgetArea);
    place("details", Qt::RightDockWidgetArea);
    place("findings", Qt::BottomDockWidgetArea);
    place("jobs", Qt::BottomDockWidgetArea);
    m_narrow = width() < NarrowWidth || height() < NarrowHeight;
    arrangeBottom();
    QList<QDockWidget*> across, down;
    QList<int> widths, heights;
    if (QDockWidget* contents = dock(QStringLiteral("contents"))) {
        across << contents;
        widths << width() * 33 / 100;
    }
    if (QDockWidget* details = dock(QStringLiteral("details"))) {
        across << details;
        widths << width() * 27 / 100;
    }
    resizeDocks(across, widths, Qt::Horizontal);
    resizeDocks({dock(QStringLiteral("jobs"))}, {std::clamp(height() * 19 / 100, 120, 190)}, Qt::Vertical);
}

void MainWindow::arrangeBottom() {
    QDockWidget* findings = dock(QStringLiteral("findings"));
    QDockWidget* jobs = dock(QStringLiteral("jobs"));
    if (!findings || findings->isFloating() || jobs->isFloating() || findings->isHidden() ||
        jobs->isHidden() || dockWidgetArea(findings) != Qt::BottomDockWidgetArea ||
        dockWidgetArea(jobs) != Qt::BottomDockWidgetArea)
        return;
    if (m_narrow) {
        tabifyDockWidget(findings, jobs);
        findings->raise();
        return;
    }
    addDockWidget(Qt::BottomDockWidgetArea, jobs);
    splitDockWidget(findings, jobs, Qt::Horizontal);
    resizeDocks({findings, jobs}, {width() * 69 / 100, width() * 31 / 100}, Qt::Horizontal);
}

void MainWindow::resetLayout() {
    arrangeDocks();
    m_arranged = true;
}

void MainWindow::showContent(bool content) {
    if (content == m_contentShown)
        return;
    if (!content) {
        m_layout = saveState(LayoutVersion);
        for (QDockWidget* dock : m_docks)
            dock->hide();
    }
    m_contentShown = content;
    for (QDockWidget* dock : m_docks)
        dock->toggleViewAction()->setEnabled(content);
    m_actions->resetLayout->setEnabled(content);
    if (!content)
        return;
    if (m_layout.isEmpty() || !restoreState(m_layout, LayoutVersion))
        arrangeDocks();
    m_arranged = true;
}

void MainWindow::resizeEvent(QResizeEvent* event) {
    QMainWindow::resizeEvent(event);
    const bool narrow = width() < NarrowWidth || height() < NarrowHeight;
    if (narrow == m_narrow)
        return;
    m_narrow = narrow;
    if (m_contentShown)
        arrangeBottom();
}

void MainWindow::closeEvent(QCloseEvent* event) {
    if (!mayClose()) {
        event->ignore();
        return;
    }
    if (m_contentShown)
        m_layout = saveState(LayoutVersion);
    m_services.settings->setWindow(saveGeometry(), m_layout);
    m_services.settings->setCentralTab(m_tabs->name(m_tabs->current()));
    QMainWindow::closeEvent(event);
}

} // namespace shardlens::ui
