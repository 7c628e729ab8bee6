// SPDX-License-Identifier: Apache-2.0
// How fluid the window is with very many tensors:
//
//   QT_QPA_PLATFORM=offscreen bench.window [FILES [TENSORS_A_FILE [KIND…]]]
//
// Writes checkpoints of FILES (1000) files with TENSORS_A_FILE (1000) tensors each to a temporary folder: a deep tree
// of names, a flat list, the deep one shuffled, and one with a process rank a file (KIND: deep, flat, shuffled, ranks).
// Opens each in the real window and says how long opening, each keystroke in the filter and each repaint took, and the
// longest time for which the event loop did not come round.
#include "benchmarks/many_tensors.h"
#include "ui/jobs/job_list.h"
#include "ui/jobs/job_runner.h"
#include "ui/jobs/stall_watchdog.h"
#include "ui/settings/settings.h"
#include "ui/shell/filter_box.h"
#include "ui/shell/group_tabs.h"
#include "ui/shell/main_window.h"
#include "ui/shell/recent_items.h"
#include "ui/views/contents_view.h"
#include "ui/views/files_view.h"
#include "ui/views/maps/file_strips.h"
#include "ui/views/maps/rank_grid.h"
#include "ui/views/maps/treemap.h"
#include "ui/views/ranks_view.h"
#include "ui/views/treemap_view.h"

#include <QApplication>
#include <QElapsedTimer>
#include <QEventLoop>
#include <QTemporaryDir>
#include <QTimer>
#include <QTreeView>

#include <cstdlib>
#include <functional>
#include <vector>

using namespace shardlens;
using namespace shardlens::ui;

namespace {

/// Lets the event loop run for a while.
void settle(int milliseconds) {
    QEventLoop loop;
    QTimer::singleShot(milliseconds, &loop, &QEventLoop::quit);
    loop.exec();
}

double msOf(const QElapsedTimer& timer) {
    return double(timer.nsecsElapsed()) / 1e6;
}

/// Runs the event loop until `done`, and says how long that took.
double until(const std::function<bool()>& done, int most = 60'000) {
    QElapsedTimer timer;
    timer.start();
    while (!done() && timer.elapsed() < most)
        QCoreApplication::processEvents(QEventLoop::AllEvents | QEventLoop::WaitForMoreEvents, 50);
    return msOf(timer);
}

class Painted : public QObject {
public:
    explicit Painted(QWidget* widget) { widget->installEventFilter(this); }
    int count = 0;

protected:
    bool eventFilter(QObject*, QEvent* event) override {
        count += event->type() == QEvent::Paint ? 1 : 0;
        return false;
    }
};

class Measurement {
public:
    explicit Measurement(MainWindow& window)
        : m_window(window)
        , m_contents(*window.findChild<ContentsView*>())
        , m_treemap(*window.findChild<Treemap*>()) {}

    void open(const QString& path) {
        bool pictured = false;
        const auto drawn = QObject::connect(&m_treemap, &Treemap::pictured, [&] { pictured = true; });
        m_watchdog.reset();
        m_window.open(path);
        const double opened = until([&] { return !m_window.document()->isOpening(); });
        const double map = until([&] { return pictured || !m_treemap.isVisible(); });
        settle(1500);
        QObject::disconnect(drawn);
        const auto checkpoint = m_window.document()->checkpoint();
        std::printf("  open %.0f ms, treemap %.0f ms after it, %u tensors; longest stall %.1f ms\n", opened,
                    map, checkpoint ? checkpoint->tensorCount() : 0, m_watchdog.longest());
    }

    /// From a key press until the tree and the treemap show what the filter leaves.
    void type(const QString& text) {
        std::vector<double> inForce, tree, map;
        m_watchdog.reset();
        for (qsizetype length = 1; length <= text.size(); ++length) {
            bool changed = false, pictured = false;
            const auto first =
                QObject::connect(m_window.document(), &Document::filterChanged, [&] { changed = true; });
            const auto second = QObject::connect(&m_treemap, &Treemap::pictured, [&] { pictured = changed; });
            Painted painted(m_contents.tree()->viewport());
            QElapsedTimer timer;
            timer.start();
            m_window.filterBox()->setText(text.left(length));
            m_window.document()->setFilterText(text.left(length));
            until([&] { return changed; }, 5000);
            inForce.push_back(msOf(timer));
            painted.count = 0;
            until([&] { return painted.count > 0; }, 2000);
            tree.push_back(msOf(timer));
            until([&] { return pictured || !m_treemap.isVisible(); }, 2000);
            map.push_back(msOf(timer));
            settle(250);
            QObject::disconnect(first);
            QObject::disconnect(second);
        }
        const auto median = [](std::vector<double> values) {
            std::ranges::sort(values);
            return values[values.size() / 2];
        };
        std::printf(
            "  typing %-24s filter %.0f ms, tree %.0f ms (most %.0f), treemap %.0f ms (most %.0f); longest "
            "stall %.1f ms\n",
            qPrintable(text), median(inForce), median(tree), *std::ranges::max_element(tree), median(map),
            *std::ranges::max_element(map), m_watchdog.longest());
        m_window.filterBox()->setText({});
        m_window.document()->setFilterText({});
        settle(400);
    }

    void repaint(const char* name, QWidget* widget) {
        double least = 1e9, most = 0;
        for (int i = 0; i < 7; ++i) {
            QElapsedTimer timer;
            timer.start();
            widget->repaint();
            least = std::min(least, msOf(timer));
            most = std::max(most, msOf(timer));
        }
        std::printf("  repaint %-12s %.1f … %.1f ms\n", name, least, most);
    }

    void maps() {
        for (const auto mode : {ColorMode::DType, ColorMode::Branch, ColorMode::Role}) {
            bool pictured = false;
            const auto drawn = QObject::connect(&m_treemap, &Treemap::pictured, [&] { pictured = true; });
            m_treemap.setColorMode(mode);
            const double took = until([&] { return pictured || !m_treemap.isVisible(); }, 5000);
            std::printf("  treemap drawn anew in %.1f ms (%zu cells)\n", took,
                        m_treemap.layoutNow() ? m_treemap.layoutNow()->cells.size() : 0);
            QObject::disconnect(drawn);
        }
        repaint("treemap", &m_treemap);
        show(m_window.findChild<FilesView*>());
        repaint("files", m_window.findChild<FileStrips*>()->viewport());
        show(m_window.findChild<RanksView*>());
        repaint("ranks", m_window.findChild<RankGrid*>()->viewport());
        show(m_window.findChild<TreemapView*>());
    }

    /// Every tab, and selections far apart.
    void walk() {
        m_watchdog.reset();
        for (int tab = 0; tab < m_window.tabs()->count(); ++tab) {
            m_window.tabs()->setCurrent(tab);
            settle(300);
            std::printf("  tab %-10s longest stall %.1f ms\n", qPrintable(m_window.tabs()->name(tab)),
                        m_watchdog.longest());
            m_watchdog.reset();
        }
        show(m_window.findChild<TreemapView*>());
        m_watchdog.reset();
        const auto count = m_window.document()->checkpoint()->tensorCount();
        for (std::uint32_t i = 0; i < 8; ++i) {
            m_window.document()->selection()->select(SelectedItem::tensor(TensorId(count / 8 * i)));
            settle(60);
        }
        std::printf("  selecting: longest stall %.1f ms\n", m_watchdog.longest());
    }

private:
    void show(QWidget* view) {
        m_window.tabs()->setCurrent(view);
        settle(600);
    }

    MainWindow& m_window;
    ContentsView& m_contents;
    Treemap& m_treemap;
    StallWatchdog m_watchdog;
};

} // namespace

int main(int argc, char** argv) {
    std::setvbuf(stdout, nullptr, _IOLBF, 0);
    QApplication application(argc, argv);
    const std::size_t files = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1000;
    const std::size_t each = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1000;
    std::vector<std::string> kinds(argv + std::min(argc, 3), argv + argc);
    if (kinds.empty())
        kinds = {"deep", "flat", "shuffled", "ranks"};
    const QTemporaryDir folder;
    Settings settings(folder.filePath(QStringLiteral("settings.ini")));
    JobRunner runner;
    JobList jobs(&runner);
    RecentItems recent(&settings);
    for (const auto& kind : kinds) {
        const auto path = folder.filePath(QString::fromStdString(kind));
        benchmarks::writeFolder(path.toStdString(),
                                kind == "flat"       ? benchmarks::Names::Flat
                                : kind == "shuffled" ? benchmarks::Names::Shuffled
                                                     : benchmarks::Names::Deep,
                                files, each, kind == "ranks");
        std::printf("%s: %zu files of %zu tensors\n", kind.c_str(), files, each);
        MainWindow window({&runner, &jobs, &settings, &recent});
        window.resize(1390, 868);
        window.show();
        settle(200);
        Measurement measurement(window);
        measurement.open(path);
        measurement.type(QStringLiteral("experts.77"));
        measurement.type(QStringLiteral("*layers.7*up*"));
        measurement.type(QStringLiteral("tensor_123"));
        measurement.maps();
        measurement.walk();
    }
}
