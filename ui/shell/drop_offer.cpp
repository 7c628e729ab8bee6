// SPDX-License-Identifier: Apache-2.0
#include "ui/shell/drop_offer.h"

#include "ui/document/paths.h"
#include "ui/style/text.h"

#include <QCoreApplication>

namespace shardlens::ui {

namespace {

QString tr(const char* text, int count = -1) {
    return QCoreApplication::translate("DropOffer", text, nullptr, count);
}

DropTarget inspect(const QString& openName) {
    return {DropAction::Inspect, Picture::Inspect, tr("Inspect"),
            openName.isEmpty() ? tr("Opens it: contents, slices, findings")
                               : tr("Opens it in place of %1").arg(openName)};
}

DropTarget consolidate() {
    return {DropAction::Consolidate, Picture::Consolidate, tr("Consolidate…"),
            tr("Shows the plan for a safetensors folder; nothing is written before you agree")};
}

DropTarget compareWithOpen(const QString& openName) {
    return {DropAction::Compare, Picture::Compare, tr("Compare with open one"),
            tr("With %1, which is open: names, shapes, values").arg(openName)};
}

DropTarget exportDduf() {
    return {DropAction::ExportDduf, Picture::Archive, tr("Export DDUF…"),
            tr("Shows what goes into one archive and what stays out; nothing is written before you agree")};
}

DropTarget unpack() {
    return {DropAction::Unpack, Picture::Archive, tr("Unpack…"),
            tr("Restores the folder, every checksum compared; nothing is written before you agree")};
}

/// What can be written into a plain folder, of what is open.
std::vector<DropTarget> offersInto(const QString& folder, const QString& openName,
                                   std::optional<Format> format) {
    const QString text =
        tr("Shows the plan for %1 into %2; nothing is written before you agree").arg(openName, folder);
    std::vector<DropTarget> targets;
    if (format == Format::Dduf)
        targets.push_back({DropAction::UnpackHere, Picture::Archive, tr("Unpack here…"), text});
    if (format == Format::Diffusers)
        targets.push_back({DropAction::ExportHere, Picture::Archive, tr("Export here…"), text});
    targets.push_back({DropAction::ConsolidateHere, Picture::Consolidate, tr("Consolidate here…"), text});
    return targets;
}

QString filesText(std::uint64_t files) {
    return files == 1 ? tr("1 file") : tr("%1 files").arg(style::grouped(files));
}

void describePart(const Dropped& dropped, const SurveyPart& part, DropOffer& offer) {
    offer.title = part.about.empty() ? style::plain(formatTitle(part.format)) : style::plain(part.about);
    if (const qsizetype comma = offer.title.indexOf(QLatin1Char(',')); comma > 0 && !part.about.empty())
        offer.title.truncate(comma); // the count of files follows below
    offer.title[0] = offer.title[0].toUpper();
    offer.facts << style::plain(toPath(lastPart(fromPath(dropped.paths.front()))));
    if (!part.name.empty() && dropped.survey->parts.size() > 1)
        offer.facts << tr("part %1").arg(style::plain(part.name));
    if (part.format != Format::Dduf)
        offer.facts << filesText(part.files);
    offer.facts << style::bytesText(part.bytes);
    // A pipeline's class and what it consists of say more than files.
    if (part.format == Format::Dduf || part.format == Format::Diffusers)
        offer.facts += style::plain(part.about).split(QStringLiteral(", ")).mid(1);
}

/// What stays out, by the first of it.
QString leftOutText(const std::vector<SurveyLeftOut>& leftOut) {
    const QString name = style::plain(leftOut.front().name), reason = style::plain(leftOut.front().reason);
    if (leftOut.size() == 1)
        return tr("%1 stays out: %2").arg(name, reason);
    return tr("%1 and %2 more stay out: %3")
        .arg(name, style::grouped(static_cast<std::uint64_t>(leftOut.size() - 1)), reason);
}

} // namespace

DropOffer offerBeforeLooking(const QStringList& paths, const QString& openName) {
    DropOffer offer;
    offer.title = paths.size() == 1
                      ? style::plain(toPath(lastPart(paths.front())))
                      : tr("%1 files").arg(style::grouped(static_cast<std::uint64_t>(paths.size())));
    offer.facts << tr("Looking at it");
    offer.targets = {inspect(openName), consolidate()};
    if (!openName.isEmpty())
        offer.targets.push_back(compareWithOpen(openName));
    return offer;
}

DropOffer offerFor(const Dropped& dropped, const QString& openName, std::optional<Format> openFormat) {
    DropOffer offer;
    if (dropped.paths.empty())
        return offerForForeign();
    const QString name = style::plain(toPath(lastPart(fromPath(dropped.paths.front()))));
    if (dropped.checkpoints > 1) {
        offer.title = tr("%1 different checkpoints").arg(dropped.checkpoints);
        offer.note = tr("One at a time: drop one of them, or several shards of one");
        offer.noteIsError = true;
        offer.elsewhere = DropAction::None;
        return offer;
    }
    if (dropped.isPlainFolder()) {
        offer.title = tr("Folder without a checkpoint");
        offer.facts << name;
        offer.elsewhere = DropAction::None;
        if (openName.isEmpty()) {
            offer.note = tr("It can be a destination once a checkpoint is open");
            return offer;
        }
        offer.targets = offersInto(name, openName, openFormat);
        offer.note = tr("Inspect needs a checkpoint; this folder holds none");
        return offer;
    }
    if (const SurveyPart* part = dropped.part()) {
        describePart(dropped, *part, offer);
        offer.targets = {inspect(openName)};
        if (part->format == Format::Diffusers)
            offer.targets.push_back(exportDduf());
        if (part->format == Format::Dduf)
            offer.targets.push_back(unpack());
        offer.targets.push_back(consolidate());
        if (!openName.isEmpty())
            offer.targets.push_back(compareWithOpen(openName));
        if (!dropped.survey->leftOut.empty())
            offer.note = leftOutText(dropped.survey->leftOut);
        return offer;
    }
    // Inspect still fits: the page that opens says what is wrong and what to do.
    offer.title = tr("Not recognised");
    offer.facts << name;
    offer.noteIsError = true;
    if (dropped.error)
        offer.note = style::message(*dropped.error);
    else if (dropped.survey && !dropped.survey->findings.empty())
        offer.note = style::message(dropped.survey->findings.front().what);
    else
        offer.note = tr("Neither its name nor its first bytes are those of a checkpoint");
    offer.targets = {inspect(openName)};
    offer.targets.front().text = tr("Says what is wrong with it and what to do");
    return offer;
}

DropOffer offerForForeign() {
    DropOffer offer;
    offer.title = tr("Nothing to open");
    offer.note = tr("Only files and folders of this machine can be dropped here");
    offer.noteIsError = true;
    offer.elsewhere = DropAction::None;
    return offer;
}

} // namespace shardlens::ui
