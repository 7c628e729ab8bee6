// SPDX-License-Identifier: Apache-2.0
#include "ui/dialogs/unpack_dialog.h"

#include "ui/dialogs/components_model.h"
#include "ui/dialogs/job_outcome.h"
#include "ui/document/paths.h"
#include "ui/style/text.h"

#include <algorithm>
#include <utility>

namespace shardlens::ui {

UnpackDialog::UnpackDialog(const Services& services, const QString& archive, const QString& target,
                           std::vector<std::string> include, QWidget* parent)
    : ArchiveDialog(services, parent)
    , m_archive(archive)
    , m_first(std::move(include)) {
    Words words;
    words.window = tr("Unpack");
    words.title = tr("Unpack %1").arg(style::plain(toPath(lastPart(archive)), 80));
    words.start = tr("Unpack");
    words.components = tr("Components and files");
    words.icon = QStringLiteral("unpack");
    build(words, target, nullptr);
    plan();
}

convert::UnpackOptions UnpackDialog::options() const {
    convert::UnpackOptions options;
    options.archive = toPath(m_archive);
    options.output = targetPath();
    options.force = m_force;
    const auto& rows = components()->rows();
    if (rows.empty()) {
        options.include = m_first;
        return options;
    }
    if (std::ranges::all_of(rows, &ComponentRow::included))
        return options;
    for (const ComponentRow& row : rows)
        if (row.included)
            options.include.push_back(row.name);
    return options;
}

QString UnpackDialog::problem() const {
    const auto& rows = components()->rows();
    if (!rows.empty() && std::ranges::none_of(rows, &ComponentRow::included))
        return tr("Tick what is to be unpacked.");
    return ArchiveDialog::problem();
}

QString UnpackDialog::command() const {
    return QString::fromStdString(convert::asCommand(options()));
}

ArchiveDialog::Planning UnpackDialog::planning() const {
    return [options = options()](const JobContext& context) {
        return digestUnpack(options, context);
    };
}

ArchiveDialog::Work UnpackDialog::work(const ArchiveDigestPtr& digest) const {
    return [digest](const JobContext& context) {
        const auto done = convert::executeUnpack(*digest->shown->plan, digest->unpackOptions, context);
        return done ? doneReport(*done) : failureReport(done.error(), false);
    };
}

QString UnpackDialog::jobTitle() const {
    return tr("Unpack %1 → %2")
        .arg(style::plain(toPath(lastPart(m_archive))),
             style::plain(toPath(lastPart(fromPath(targetPath())))));
}

} // namespace shardlens::ui
