// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/document/document.h"
#include "ui/shell/services.h"

#include <QMainWindow>
#include <QTimer>

#include <functional>
#include <memory>
#include <vector>

class QDockWidget;
class QStackedWidget;
class QToolBar;

namespace shardlens::ui {

class CompareSession;
class CompareView;
class DockTitle;
class DropController;
class FailurePage;
class FilterBox;
class FilterHint;
class GroupTabs;
class JobsPanel;
class OpeningPage;
class StartPage;
class StatusLine;
struct Actions;

/// The window: one document, its views in docks and tabs, and the pages that stand in for them.
class MainWindow : public QMainWindow {
    Q_OBJECT

public:
    explicit MainWindow(const Services& services, QWidget* parent = nullptr);
    ~MainWindow() override;

    Document* document() { return &m_document; }
    const Actions& actions() const { return *m_actions; }
    GroupTabs* tabs() const { return m_tabs; }
    FilterBox* filterBox() const { return m_filterBox; }
    FilterHint* filterHint() const { return m_filterHint; }
    DropController* drops() const { return m_drops; }
    QStackedWidget* pages() const { return m_pages; }
    StatusLine* statusLine() const { return m_status; }
    QDockWidget* dock(const QString& name) const;

    void open(const QString& path, const Choice& choice = {});
    /// The dialog with the plan. An empty source is what is open; an empty target lets the dialog propose
    /// one.
    void consolidate(const QString& source, const QString& target);
    /// The dialogs of archives. An empty source is what is open; an empty target lets them propose one.
    void exportDduf(const QString& source, const QString& targetFolder);
    void unpack(const QString& source, const QString& targetFolder);
    void resetLayout();
    /// Compares what is open with another checkpoint, in place of the views.
    void compareWith(const QString& path);
    /// The same for what a job was made of and what it wrote.
    void compareJob(int job);
    void showComparison();
    void leaveComparison();
    bool isComparing() const { return m_comparing; }
    CompareSession* comparison() const { return m_comparison; }
    CompareView* compareView() const { return m_compareView; }

protected:
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dragMoveEvent(QDragMoveEvent* event) override;
    void dragLeaveEvent(QDragLeaveEvent* event) override;
    void dropEvent(QDropEvent* event) override;
    void closeEvent(QCloseEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void buildToolBar();
    void buildPages();
    void buildViews();
    QDockWidget* addDock(const QString& name, const QString& title, QWidget* view, Qt::DockWidgetArea area);
    void buildViewMenu();
    void connectActions();
    void connectDocument();
    void connectComparison();
    void connectArchives();
    void updateArchiveActions();
    std::optional<Format> openFormat() const;
    void fillCompareMenu();
    void sayComparison();
    void restoreWindow();

    void arrangeDocks();
    void arrangeBottom();
    void showContent(bool content);
    void updatePage();
    void becomeCheckpoint();
    void fillRecentMenus();
    void fillPartMenu();
    void askForFile();
    void askForFolder(const std::function<void(const QString&)>& then);
    void copyName();
    void showJobs();
    void openSample();
    void checkDeeply();
    void showDialog(const CheckpointPtr& source, const QString& path, const QString& target);
    bool mayClose();
    void openFolderOf(const QString& folder);
    void sayFailure(const QString& title, const Error& error);
    QString openName() const;

    Services m_services;
    Document m_document;
    std::unique_ptr<Actions> m_actions;
    QStackedWidget* m_pages = nullptr;
    StartPage* m_startPage = nullptr;
    OpeningPage* m_openingPage = nullptr;
    FailurePage* m_failurePage = nullptr;
    GroupTabs* m_tabs = nullptr;
    CompareSession* m_comparison = nullptr;
    CompareView* m_compareView = nullptr;
    bool m_comparing = false; ///< the comparison stands in for the views
    FilterBox* m_filterBox = nullptr;
    FilterHint* m_filterHint = nullptr;
    StatusLine* m_status = nullptr;
    JobsPanel* m_jobsPanel = nullptr;
    DropController* m_drops = nullptr;
    std::vector<QDockWidget*> m_docks;
    QByteArray m_layout; ///< of the docks, while they are hidden
    bool m_contentShown = false;
    bool m_narrow = false;   ///< findings and jobs share one place
    bool m_arranged = false; ///< the layout was restored or arranged once
    QTimer m_openingDelay;
    std::optional<JobHandle<Result<std::string>>> m_sample;
    std::optional<JobHandle<Result<CheckpointPtr>>> m_source; ///< of a consolidation, on its way
};

} // namespace shardlens::ui
