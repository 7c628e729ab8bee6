// SPDX-License-Identifier: Apache-2.0
#include "ui/shell/drop_controller.h"

#include "ui/document/paths.h"

#include <QDragEnterEvent>
#include <QDropEvent>
#include <QMimeData>
#include <QUrl>

namespace shardlens::ui {

QStringList localPaths(const QMimeData* data) {
    QStringList paths;
    for (const QUrl& url : data->urls())
        if (url.isLocalFile())
            paths << url.toLocalFile();
    return paths;
}

DropController::DropController(QWidget* window, JobRunner* runner, std::function<QString()> openName)
    : QObject(window)
    , m_overlay(new DropOverlay(window))
    , m_runner(runner)
    , m_openName(std::move(openName)) {}

void DropController::enter(QDragEnterEvent* event) {
    if (!event->mimeData()->hasUrls()) {
        event->ignore();
        return;
    }
    const QStringList paths = localPaths(event->mimeData());
    // Leaving one child and entering another arrives as leave and enter: what is known stays.
    const bool same = m_overlay->isUp() && paths == m_paths;
    if (!same) {
        m_paths = paths;
        m_overlay->appear(paths.isEmpty() ? offerForForeign() : offerBeforeLooking(paths, m_openName()));
        look(paths);
    }
    m_overlay->pointAt(event->position().toPoint());
    event->setDropAction(Qt::CopyAction);
    event->accept();
}

void DropController::look(const QStringList& paths) {
    m_looking.reset();
    if (paths.isEmpty())
        return;
    std::vector<std::string> encoded;
    for (const QString& path : paths)
        encoded.push_back(toPath(path));
    m_looking.emplace(m_runner->run<Dropped>([encoded = std::move(encoded)](const JobContext& context) {
        return recogniseDropped(encoded, context);
    }));
    m_looking->then([this](const Dropped& dropped) {
        m_looking.reset();
        if (m_overlay->isUp())
            m_overlay->setOffer(offerFor(dropped, m_openName(), m_openFormat()));
    });
}

void DropController::move(QDragMoveEvent* event) {
    const QPoint position = event->position().toPoint();
    m_overlay->pointAt(position);
    if (m_overlay->actionAt(position) == DropAction::None) {
        event->ignore();
        return;
    }
    event->setDropAction(Qt::CopyAction);
    event->accept();
}

void DropController::leave() {
    m_looking.reset();
    m_overlay->vanish();
}

void DropController::drop(QDropEvent* event) {
    const QStringList paths = localPaths(event->mimeData());
    const DropAction action =
        m_overlay->isUp() ? m_overlay->actionAt(event->position().toPoint()) : DropAction::Inspect;
    leave();
    if (paths.isEmpty() || action == DropAction::None) {
        event->ignore();
        return;
    }
    event->setDropAction(Qt::CopyAction);
    event->accept();
    switch (action) {
    case DropAction::Inspect:
        emit inspectRequested(paths.front());
        break;
    case DropAction::Consolidate:
        emit consolidateRequested(paths.front());
        break;
    case DropAction::ConsolidateHere:
        emit consolidateHereRequested(paths.front());
        break;
    case DropAction::Compare:
        emit compareRequested(paths.front());
        break;
    case DropAction::ExportDduf:
        emit exportRequested(paths.front());
        break;
    case DropAction::ExportHere:
        emit exportHereRequested(paths.front());
        break;
    case DropAction::Unpack:
        emit unpackRequested(paths.front());
        break;
    case DropAction::UnpackHere:
        emit unpackHereRequested(paths.front());
        break;
    case DropAction::None:
        break;
    }
}

} // namespace shardlens::ui
