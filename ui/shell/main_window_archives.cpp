// SPDX-License-Identifier: Apache-2.0
// Exporting to DDUF and unpacking, as the window offers them.
#include "ui/dialogs/export_dialog.h"
#include "ui/dialogs/unpack_dialog.h"
#include "ui/document/paths.h"
#include "ui/shell/actions.h"
#include "ui/shell/drop_controller.h"
#include "ui/shell/main_window.h"

#include <QAction>
#include <QDir>
#include <QFileInfo>

namespace shardlens::ui {

namespace {

constexpr QLatin1String Suffix(".dduf");

/// The folder of a pipeline, of which the index may be given.
QString pipelineOf(const QString& path) {
    const QFileInfo info(path);
    return info.isDir() ? path : info.absolutePath();
}

QString within(const QString& given, const QString& source) {
    return given.isEmpty() ? QFileInfo(source).absolutePath() : given;
}

} // namespace

std::optional<Format> MainWindow::openFormat() const {
    const CheckpointPtr checkpoint = m_document.checkpoint();
    return checkpoint ? std::optional(checkpoint->format()) : std::nullopt;
}

void MainWindow::connectArchives() {
    m_drops->setOpenFormat([this] { return openFormat(); });
    connect(m_actions->exportDduf, &QAction::triggered, this, [this] { exportDduf({}, {}); });
    connect(m_actions->unpack, &QAction::triggered, this, [this] { unpack({}, {}); });
    connect(m_drops, &DropController::exportRequested, this,
            [this](const QString& path) { exportDduf(path, {}); });
    connect(m_drops, &DropController::exportHereRequested, this,
            [this](const QString& folder) { exportDduf({}, folder); });
    connect(m_drops, &DropController::unpackRequested, this,
            [this](const QString& path) { unpack(path, {}); });
    connect(m_drops, &DropController::unpackHereRequested, this,
            [this](const QString& folder) { unpack({}, folder); });
    connect(&m_document, &Document::checkpointChanged, this, &MainWindow::updateArchiveActions);
    updateArchiveActions();
}

void MainWindow::updateArchiveActions() {
    m_actions->exportDduf->setEnabled(openFormat() == Format::Diffusers);
    m_actions->unpack->setEnabled(openFormat() == Format::Dduf);
}

void MainWindow::exportDduf(const QString& source, const QString& targetFolder) {
    const auto opened = m_document.opened();
    if (source.isEmpty() && !opened)
        return;
    const QString folder =
        pipelineOf(source.isEmpty() ? fromPath(opened->path) : QFileInfo(source).absoluteFilePath());
    const QString target = within(targetFolder, folder) + QLatin1Char('/') + lastPart(folder) + Suffix;
    auto* dialog = new ExportDialog(m_services, folder, QDir::cleanPath(target), this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &ArchiveDialog::started, this, &MainWindow::showJobs);
    dialog->open();
}

void MainWindow::unpack(const QString& source, const QString& targetFolder) {
    const auto opened = m_document.opened();
    if (source.isEmpty() && !opened)
        return;
    const QString archive = source.isEmpty() ? fromPath(opened->path) : QFileInfo(source).absoluteFilePath();
    QString name = lastPart(archive);
    if (name.endsWith(Suffix, Qt::CaseInsensitive))
        name.chop(Suffix.size());
    else
        name += QStringLiteral("-unpacked");
    auto* dialog =
        new UnpackDialog(m_services, archive,
                         QDir::cleanPath(within(targetFolder, archive) + QLatin1Char('/') + name), {}, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &ArchiveDialog::started, this, &MainWindow::showJobs);
    dialog->open();
}

} // namespace shardlens::ui
