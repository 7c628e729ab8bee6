// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/shell/dropped.h"
#include "ui/shell/pictures.h"

#include <QString>
#include <QStringList>

#include <optional>
#include <vector>

namespace shardlens::ui {

/// What a drop can mean.
enum class DropAction {
    None,
    Inspect,
    Consolidate,
    ConsolidateHere,
    Compare,
    ExportDduf,
    ExportHere,
    Unpack,
    UnpackHere
};

struct DropTarget {
    DropAction action = DropAction::Inspect;
    Picture picture = Picture::Inspect;
    QString title;
    QString text;
};

/// What the overlay says and offers. A pure function of what was recognised and of what is open.
struct DropOffer {
    QString title;     ///< `PyTorch DCP checkpoint`
    QStringList facts; ///< `step-26000`, `8 files`, `15.0 GiB`
    std::vector<DropTarget> targets;
    QString note;             ///< what does not fit, and why; may be empty
    bool noteIsError = false; ///< it cannot be opened at all
    DropAction elsewhere = DropAction::Inspect;
};

/// At once, before anything is read: `paths` as dragged.
DropOffer offerBeforeLooking(const QStringList& paths, const QString& openName);
/// `openName` is empty where nothing is open.
DropOffer offerFor(const Dropped& dropped, const QString& openName, std::optional<Format> openFormat = {});
/// For things that are no local files.
DropOffer offerForForeign();

} // namespace shardlens::ui
