// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "convert/dduf_export.h"
#include "convert/dduf_unpack.h"
#include "jobs/job_context.h"
#include "ui/dialogs/component_row.h"
#include "ui/dialogs/plan_digest.h"
#include "ui/views/parts/verdict_cards.h"

#include <QByteArray>
#include <QString>

#include <memory>
#include <vector>

namespace shardlens::ui {

/// The plan of an export or of unpacking with everything that its dialog shows, computed in a worker. Immutable.
struct ArchiveDigest {
    PlanDigestPtr shown; ///< files, what is left out, notes, disk
    QString about;       ///< `FluxPipeline, 7 components, 63.0 GiB with everything in it`
    std::vector<ComponentRow> components;
    QStringList variants;                    ///< of an export: what any component has
    bool hasPickles = false;                 ///< of an export: components of which pickles are all there is
    std::vector<VerdictCards::Card> readers; ///< of an export that is not blocked

    std::shared_ptr<const convert::ExportPlan> exportPlan; ///< null for unpacking
    convert::ExportOptions exportOptions;
    convert::UnpackOptions unpackOptions;

    bool blocked() const { return shown->blocked(); }
};

using ArchiveDigestPtr = std::shared_ptr<const ArchiveDigest>;

/// Plans, checks the target unless the plan is blocked already, and condenses.
Result<ArchiveDigestPtr> digestExport(const convert::ExportOptions& options, const JobContext& context);
/// `options.include` says what is unpacked; the rows are always those of the whole archive.
Result<ArchiveDigestPtr> digestUnpack(const convert::UnpackOptions& options, const JobContext& context);

/// The same document that `shardlens-cli dduf export|unpack --dry-run --json` prints of its plan.
QByteArray planAsJson(const ArchiveDigest& digest);

} // namespace shardlens::ui
