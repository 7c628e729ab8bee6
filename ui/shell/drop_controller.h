// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/jobs/job_runner.h"
#include "ui/shell/drop_overlay.h"

#include <QObject>
#include <QStringList>

#include <functional>
#include <optional>

class QDragEnterEvent;
class QDragMoveEvent;
class QDropEvent;
class QMimeData;

namespace shardlens::ui {

/// What happens while something is dragged over a window and when it is dropped: the overlay, recognition in
/// a worker, and the action that the drop means.
class DropController : public QObject {
    Q_OBJECT

public:
    /// `openName` tells the name of what is open, empty where nothing is.
    DropController(QWidget* window, JobRunner* runner, std::function<QString()> openName);

    /// Of what is open; decides what a plain folder is offered for.
    void setOpenFormat(std::function<std::optional<Format>()> openFormat) {
        m_openFormat = std::move(openFormat);
    }

    DropOverlay* overlay() const { return m_overlay; }

    void enter(QDragEnterEvent* event);
    void move(QDragMoveEvent* event);
    void leave();
    void drop(QDropEvent* event);

signals:
    void inspectRequested(const QString& path);
    void consolidateRequested(const QString& path);
    void consolidateHereRequested(const QString& folder);
    void compareRequested(const QString& path);
    void exportRequested(const QString& folder);
    void exportHereRequested(const QString& folder);
    void unpackRequested(const QString& archive);
    void unpackHereRequested(const QString& folder);

private:
    void look(const QStringList& paths);

    DropOverlay* m_overlay;
    JobRunner* m_runner;
    std::function<QString()> m_openName;
    std::function<std::optional<Format>()> m_openFormat = [] {
        return std::optional<Format>();
    };
    QStringList m_paths;
    std::optional<JobHandle<Dropped>> m_looking;
};

/// Files and folders of this machine among what is dragged.
QStringList localPaths(const QMimeData* data);

} // namespace shardlens::ui
