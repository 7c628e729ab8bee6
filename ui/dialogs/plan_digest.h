// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "convert/options.h"
#include "convert/plan.h"
#include "convert/suggestions.h"
#include "jobs/job_context.h"
#include "ui/style/theme.h"

#include <QString>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace shardlens::ui {

/// A file of the plan as a row.
struct PlanFileRow {
    QString name;
    QString holds; ///< `embed_tokens, layers.0 … 8`
    std::uint64_t tensors = 0;
    std::uint64_t bytes = 0;
    std::array<std::uint64_t, style::RoleCount> roleBytes{};
};

/// Things that stay behind for one reason and whose names are alike.
struct LeftOutRow {
    QString name; ///< `optim.state.*.exp_avg`
    QString what; ///< `291 tensors, F32`
    std::uint64_t tensors = 0, values = 0;
    std::uint64_t bytes = 0;
    QString why;
};

/// Something that stands against the conversion, or that one should know.
struct PlanNote {
    Severity severity = Severity::Error;
    std::string_view rule;
    QString sentence, advice, place;
    std::vector<std::string> tensors; ///< names in the source; excluding them removes an error
};

/// A plan with everything that the dialog shows of it, computed in a worker.
/// Immutable.
struct PlanDigest {
    std::shared_ptr<const convert::Plan> plan;
    convert::Options options; ///< that the plan was made with
    std::vector<PlanFileRow> files;
    std::vector<LeftOutRow> leftOut;
    std::vector<PlanNote> notes;                          ///< of the plan and of the preflight, errors first
    std::vector<convert::Suggestion> suggestions;         ///< what names suggest beyond the options
    std::uint64_t tensors = 0, parameters = 0, bytes = 0; ///< that are written
    std::uint64_t leftOutTensors = 0, leftOutValues = 0, leftOutBytes = 0;
    std::uint64_t weightFiles = 0;
    bool hasIndex = false;
    std::optional<std::uint64_t> freeBytes,
        diskBytes; ///< of the target's disk, where known

    bool blocked() const;
    /// All tensors that errors name, each once.
    std::vector<std::string> blockingTensors() const;
};

using PlanDigestPtr = std::shared_ptr<const PlanDigest>;

/// Plans, looks at what the plan relies on (preflight, unless the plan is
/// blocked already), and condenses.
Result<PlanDigestPtr> digestPlan(const CheckpointPtr& source, const convert::Options& options,
                                 const JobContext& context);

/// The same of a plan that was made elsewhere: files, notes and disk. `source` has the tensors that notes name; null
/// where they name none. What is left out is the caller's to tell.
Result<std::shared_ptr<PlanDigest>> condensePlan(std::shared_ptr<const convert::Plan> plan,
                                                 const convert::Options& options, const Checkpoint* source,
                                                 const JobContext& context);

/// What a list of names holds, in a few words.
QString holdsText(const std::vector<std::string>& names);
/// A pattern for names that begin and end alike; the name itself for one.
QString patternOf(const std::vector<std::string>& names);
/// The same document that `shardlens-cli convert --dry-run --json` prints.
QByteArray planAsJson(const PlanDigest& digest);
/// `Weights only, prefix model. removed: 291 tensors, 2.33 GiB`
QString suggestionText(const convert::Suggestion& suggestion);

} // namespace shardlens::ui
