// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "convert/convert.h"
#include "convert/plan.h"
#include "jobs/job_context.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace shardlens::convert {

/// The options of `dduf export`; the dialog fills the same.
struct ExportOptions {
    using Pairs = std::vector<std::pair<std::string, std::string>>;

    std::string folder;  ///< of a diffusers pipeline; empty where entries are given
    Pairs entries;       ///< name in the archive, path: exactly these instead of a folder
    std::string output;  ///< X.dduf
    std::string variant; ///< `fp16`; a component without it gets its plain weights
    Pairs weights;       ///< component, name of its weight set (`plain`, `fp16`, `non_ema`, `bin`)
    std::vector<std::string> exclude; ///< components; their keys become [null, null]
    bool convertPickles = false;      ///< components with pickles only are converted in the same run
    Pairs set;                        ///< entry, file: replaces or adds a JSON or text entry
    bool force = false;
    bool sync = true;
};

/// A set of weights that a component has.
struct ExportWeights {
    std::string name; ///< what --weights takes
    std::uint64_t bytes = 0;
    std::size_t files = 0;
    bool pickled = false;
};

/// A row of the table of choices.
struct ExportComponent {
    std::string name;
    std::string library, className;     ///< empty where absent
    bool absent = false;                ///< the index says that the pipeline has none
    bool excluded = false;              ///< left out on request
    bool converted = false;             ///< its pickles are converted on the way
    std::vector<ExportWeights> weights; ///< the obvious one first; none for tokenizers and schedulers
    std::optional<std::size_t> chosen;  ///< of `weights`
    std::uint64_t bytes = 0;            ///< of its entries in the archive
    std::uint32_t entries = 0;
};

/// An entry as it will stand in the archive.
struct ExportEntry {
    std::string name;
    std::string from;         ///< file it is made of: within the folder, or as it was given; empty: made here
    std::uint64_t offset = 0; ///< of its data in the archive
    std::uint64_t bytes = 0;
    PlannedFile::Role role = PlannedFile::Role::Side;
    std::vector<std::string> tensors; ///< names within the file
};

/// What an export will write. A plain value from names, headers and JSON alone: the same folder and options
/// give the same plan, and the same plan the same bytes. Blocked where the notes hold an Error; entries are
/// listed then too, offsets and sizes of the archive are not known.
struct ExportPlan {
    std::string className;                   ///< of the pipeline
    std::vector<ExportComponent> components; ///< in the index's order; none for a list of entries
    std::vector<std::string> variants;       ///< that any component has
    std::vector<ExportEntry> entries;        ///< in the archive's order
    Plan write;                              ///< the archive as one file, what is left out, notes

    bool blocked() const { return write.blocked(); }
    /// The plan with a file an entry instead of the archive, for people and JSON; cannot be executed.
    Plan listing() const;
};

/// Reads names, indexes, JSON and every safetensors header, and chooses. Fails where the folder is no
/// pipeline, where options name what is not there, and where the job must end; what stands against the export
/// is in the notes.
Result<ExportPlan> planExport(const ExportOptions& options, const JobContext& context);

/// What stands against writing there, and against reading what the plan names. Findings; an Error blocks.
Result<Findings> checkExport(const ExportPlan& plan, const ExportOptions& options, const JobContext& context);

/// Checks, writes under a temporary name, opens what was written and compares it with the plan, renames.
Result<Report> executeExport(const ExportPlan& plan, const ExportOptions& options, const JobContext& context);

/// The call of `shardlens-cli dduf export` that does the same.
std::string asCommand(const ExportOptions& options);

/// Lines NAME=PATH, split at the first `=`; empty lines are skipped. Fails with `convert.bad-option`.
Result<ExportOptions::Pairs> parseEntryList(std::string_view text);

} // namespace shardlens::convert
