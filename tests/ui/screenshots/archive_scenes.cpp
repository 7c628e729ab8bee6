// SPDX-License-Identifier: Apache-2.0
#include "ui/screenshots/archive_scenes.h"

#include "ui/dialogs/export_dialog.h"
#include "ui/dialogs/unpack_dialog.h"
#include "ui/shell/main_window.h"

#include <QTest>

namespace shardlens::test {

using namespace shardlens::ui;

namespace {

template <typename Condition>
void until(Condition condition) {
    if (!QTest::qWaitFor(condition, 60000))
        qFatal("waited in vain");
}

void openIn(MainWindow& window, const QString& path) {
    window.open(path);
    until([&] { return !window.document()->isOpening(); });
    QTest::qWait(300);
}

template <typename Dialog>
void shoot(MainWindow& window, const char* name, const std::function<void(QWidget*, const char*)>& save) {
    auto* dialog = window.findChild<Dialog*>();
    until([&] { return dialog->isSettled(); });
    QTest::qWait(200);
    save(dialog, name);
    dialog->reject();
    until([&] { return window.findChild<Dialog*>() == nullptr; });
}

} // namespace

void shootArchives(MainWindow& window, const QString& folder,
                   const std::function<void(QWidget*, const char*)>& save) {
    window.resize(1390, 868);
    openIn(window, QStringLiteral(SHARDLENS_TEST_DATA "/diffusers_flux"));
    window.exportDduf({}, folder);
    shoot<ExportDialog>(window, "export-dduf", save);
    window.exportDduf(QStringLiteral(SHARDLENS_TEST_DATA "/diffusers_sd15"), folder);
    shoot<ExportDialog>(window, "export-dduf-variants", save);
    openIn(window, QStringLiteral(SHARDLENS_TEST_DATA "/dduf_flux/flux.dduf"));
    window.unpack({}, folder);
    shoot<UnpackDialog>(window, "unpack", save);
    window.unpack(QStringLiteral(SHARDLENS_TEST_DATA "/dduf_dotdot/tiny.dduf"), folder);
    shoot<UnpackDialog>(window, "unpack-refused", save);
}

} // namespace shardlens::test
