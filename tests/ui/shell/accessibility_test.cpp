// SPDX-License-Identifier: Apache-2.0
// Walks the whole window through QAccessible, with an ordinary checkpoint and with a hostile one.
#include "support/written_checkpoint.h"
#include "ui/jobs/job_list.h"
#include "ui/settings/settings.h"
#include "ui/shell/group_tabs.h"
#include "ui/shell/main_window.h"
#include "ui/shell/recent_items.h"
#include "ui/views/maps/file_strips.h"
#include "ui/views/maps/rank_grid.h"
#include "ui/views/maps/treemap.h"

#include <QAbstractItemView>
#include <QAccessible>
#include <QTemporaryDir>
#include <QTest>

using namespace shardlens;
using namespace shardlens::ui;

namespace {

constexpr int Wait = 30'000;

bool isOurs(const QWidget* widget) {
    return QLatin1String(widget->metaObject()->className()).startsWith(QLatin1String("shardlens::ui::"));
}

QString pathOf(const QWidget* widget) {
    QStringList names;
    for (; widget; widget = widget->parentWidget())
        names.prepend(QLatin1String(widget->metaObject()->className()));
    return names.join(QLatin1Char('/'));
}

/// Everything visible below an interface that has a widget, without the cells of item views: they can be
/// millions, and are their models' own.
void collect(QAccessibleInterface* face, QList<QWidget*>& out, int depth = 0) {
    if (!face || depth > 40)
        return;
    auto* widget = qobject_cast<QWidget*>(face->object());
    if (widget && widget->isVisible())
        out << widget;
    if (qobject_cast<QAbstractItemView*>(widget))
        return;
    for (int i = 0; i < face->childCount(); ++i)
        collect(face->child(i), out, depth + 1);
}

void writeText(const QString& path, const QByteArray& header) {
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    const auto padded = header.leftJustified((header.size() + 7) / 8 * 8, ' ');
    const auto length = quint64(padded.size());
    file.write(reinterpret_cast<const char*>(&length), 8);
    file.write(padded);
    file.write(QByteArray(4096, '\1'));
}

/// Names of a million bytes, dims of 2^63 and shapes of a thousand dims, names that would be markup, paths of
/// many parts.
QByteArray hostileHeader() {
    QByteArray header = "{";
    const auto add = [&](const QByteArray& name, const QByteArray& shape, int begin, int end) {
        header += (header.size() > 1 ? "," : "") + QByteArray("\"") + name +
                  "\":{\"dtype\":\"U8\",\"shape\":[" + shape + "],\"data_offsets\":[" +
                  QByteArray::number(begin) + "," + QByteArray::number(end) + "]}";
    };
    QByteArray ones = "1";
    for (int i = 1; i < 1000; ++i)
        ones += ",1";
    add(QByteArray(1'000'000, 'x'), "16", 0, 16);
    add(QByteArray("deep") + QByteArray(".d").repeated(5000), "16", 16, 32);
    add("endless", "0,9223372036854775807", 32, 32);
    add("dims", ones, 32, 33);
    add("<b>bold</b>&amp;", "15", 33, 48);
    add("line\\nbreak\\u202eevil", "16", 48, 64);
    add("", "4032", 64, 4096);
    return header + "}";
}

} // namespace

class AccessibilityTest : public QObject {
    Q_OBJECT

private:
    QTemporaryDir m_folder;
    std::unique_ptr<Settings> m_settings;
    std::unique_ptr<JobRunner> m_runner;
    std::unique_ptr<JobList> m_jobs;
    std::unique_ptr<RecentItems> m_recent;

    Services services() { return {m_runner.get(), m_jobs.get(), m_settings.get(), m_recent.get()}; }

    static void openIn(MainWindow& window, const QString& path) {
        window.open(path);
        QTRY_VERIFY_WITH_TIMEOUT(!window.document()->isOpening(), Wait);
        QVERIFY(window.document()->isOpen());
    }

    /// Whatever takes the focus or answers the pointer says what it is; what answers the pointer also answers
    /// the keyboard.
    static void check(QWidget& root) {
        QList<QWidget*> widgets;
        collect(QAccessible::queryAccessibleInterface(&root), widgets);
        QVERIFY(widgets.size() > 10);
        for (auto* widget : widgets) {
            auto* face = QAccessible::queryAccessibleInterface(widget);
            const auto name = face->text(QAccessible::Name);
            const auto* parent = widget->parentWidget();
            const bool internal = widget->objectName().startsWith(QLatin1String("qt_")) ||
                                  widget->inherits("QTabBar") || (parent && parent->inherits("QTabBar"));
            const bool reached = (widget->focusPolicy() & Qt::TabFocus) != 0 && !widget->focusProxy();
            if (reached && !internal && !widget->inherits("QScrollArea"))
                QVERIFY2(!name.isEmpty(), qPrintable(pathOf(widget)));
            if (!isOurs(widget) || !widget->hasMouseTracking())
                continue;
            QVERIFY2(!name.isEmpty(), qPrintable(pathOf(widget)));
            QVERIFY2(reached, qPrintable(pathOf(widget)));
        }
    }

    static void press(QWidget& widget) {
        for (const auto key : {Qt::Key_Right, Qt::Key_Down, Qt::Key_Left, Qt::Key_Up, Qt::Key_Plus,
                               Qt::Key_Minus, Qt::Key_Home, Qt::Key_End, Qt::Key_PageDown})
            QTest::keyClick(&widget, key);
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

    void everyViewCanBeReadAloudAndReached() {
        QDir(m_folder.path()).mkpath(QStringLiteral("slices"));
        QVERIFY(test::writeSlices(m_folder.filePath(QStringLiteral("slices")), 5));
        MainWindow window(services());
        window.resize(1390, 868);
        window.show();
        check(window); // the start page
        openIn(window, m_folder.filePath(QStringLiteral("slices")));
        const auto tensor = window.document()->checkpoint()->findTensor("model.layers.3.mlp.up_proj.weight");
        QVERIFY(tensor);
        for (int tab = 0; tab < window.tabs()->count(); ++tab) {
            window.tabs()->setCurrent(tab);
            for (const auto& item :
                 {SelectedItem{}, SelectedItem::tensor(*tensor), SelectedItem::file(FileId(0u))}) {
                window.document()->selection()->select(item);
                QTest::qWait(30);
                check(window);
            }
        }
    }

    /// What the pointer would show, the keyboard's cursor says.
    void cursorsSayWhereTheyStand() {
        QDir(m_folder.path()).mkpath(QStringLiteral("spoken"));
        QVERIFY(test::writeSlices(m_folder.filePath(QStringLiteral("spoken")), 5));
        MainWindow window(services());
        window.resize(1390, 868);
        window.show();
        openIn(window, m_folder.filePath(QStringLiteral("spoken")));
        const auto tensor = window.document()->checkpoint()->findTensor("model.layers.3.mlp.up_proj.weight");
        window.document()->selection()->select(SelectedItem::tensor(*tensor));
        auto* treemap = window.findChild<Treemap*>();
        auto* strips = window.findChild<FileStrips*>();
        auto* ranks = window.findChild<RankGrid*>();
        QTRY_VERIFY_WITH_TIMEOUT(treemap->layoutNow() && ranks->table(), Wait);
        for (QWidget* map : std::initializer_list<QWidget*>{treemap, strips, ranks}) {
            for (int tab = 0; tab < window.tabs()->count(); ++tab)
                if (window.tabs()->view(tab)->isAncestorOf(map))
                    window.tabs()->setCurrent(tab);
            QTest::qWait(100);
            QTRY_VERIFY_WITH_TIMEOUT(map != strips || strips->mapOf(strips->currentFile()), Wait);
            QTest::keyClick(map, Qt::Key_Right);
            auto* face = QAccessible::queryAccessibleInterface(map);
            const auto first = face->text(QAccessible::Description);
            QVERIFY2(!first.isEmpty(), map->metaObject()->className());
            QTest::keyClick(map, Qt::Key_Right);
            QTest::keyClick(map, map == ranks ? Qt::Key_Down : Qt::Key_Right);
            QVERIFY2(face->text(QAccessible::Description) != first, map->metaObject()->className());
        }
    }

    void hostileNamesAndShapesBreakNothing() {
        const auto path = m_folder.filePath(QStringLiteral("hostile.safetensors"));
        writeText(path, hostileHeader());
        MainWindow window(services());
        window.resize(1390, 868);
        window.show();
        openIn(window, path);
        const auto size = window.size();
        QCOMPARE(window.document()->checkpoint()->tensorCount(), 7u);
        for (int tab = 0; tab < window.tabs()->count(); ++tab) {
            window.tabs()->setCurrent(tab);
            for (std::uint32_t id = 0; id < 7; ++id) {
                window.document()->selection()->select(SelectedItem::tensor(TensorId(id)));
                QTest::qWait(10);
                QVERIFY(!window.grab().isNull());
            }
            QCOMPARE(window.size(), size); // nothing asks for more room than there is
            QVERIFY(window.tabs()->view(tab)->minimumSizeHint().width() < 900);
            for (auto* map : window.tabs()->view(tab)->findChildren<QWidget*>())
                if (map->isVisible() && isOurs(map) && (map->focusPolicy() & Qt::TabFocus))
                    press(*map);
        }
        window.document()->setFilterText(QStringLiteral("dims>100"));
        QTRY_VERIFY_WITH_TIMEOUT(!window.document()->isFiltering(), Wait);
        QCOMPARE(window.document()->filter()->total().tensors, std::uint64_t{1});
        check(window);
    }
};

QTEST_MAIN(AccessibilityTest)
#include "accessibility_test.moc"
