// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "formats/survey.h"
#include "io/file_tree.h"
#include "model/checkpoint.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace shardlens {

/// A path that somebody wants to open, already looked at once.
struct Candidate {
    std::string path;      ///< as given
    FileTreePtr folder;    ///< the folder itself, or the one that holds the file
    std::string file;      ///< the file's name within the folder; empty for a folder
    std::vector<TreeName> names;         ///< of the folder, sorted
    std::vector<std::byte> head;         ///< the file's first bytes (up to 4 KiB)
    std::uint64_t fileBytes = 0;
};

/// One format's way in. Detection (detect.cpp) asks the readers in order; adding a format adds one line there.
class FormatReader {
public:
    virtual ~FormatReader() = default;
    virtual std::string_view id() const = 0;
    /// Adds what it recognises to the survey (parts, what is left out, findings). Names and heads only.
    virtual Result<void> survey(const Candidate& candidate, Survey& into, const JobContext& context) const = 0;
    /// Opens a part that this reader put into a survey.
    virtual Result<CheckpointPtr> open(const Candidate& candidate, const SurveyPart& part,
                                       const JobContext& context) const = 0;
};

/// All readers in the order of detection.
std::span<const FormatReader* const> formatReaders();

} // namespace shardlens
