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
    std::string path;            ///< as given
    FileTreePtr folder;          ///< the folder itself, or the one that holds the file
    std::string file;            ///< the file's name within the folder; empty for a folder
    std::vector<TreeName> names; ///< of the folder, sorted
    std::vector<std::byte> head; ///< the file's first bytes (up to 4 KiB)
    std::uint64_t fileBytes = 0;
    const Survey* survey = nullptr; ///< what the path holds; while a part is being opened, null before
};

/// Fills part, otherParts, variant and otherVariants for a part that is being opened.
void setChoiceFacts(CheckpointFacts& facts, const Candidate& candidate, const SurveyPart& part);

/// One format's way in. Detection (detect.cpp) asks the readers in order; adding a format adds one line
/// there.
class FormatReader {
public:
    virtual ~FormatReader() = default;
    virtual std::string_view id() const = 0;
    /// Adds what it recognises to the survey (parts, what is left out, findings). Names and heads only.
    /// `into` has what earlier readers recognised: a file that one of them takes is not taken again. Fails
    /// only where the path cannot be read; damage is a part whose opening fails, or a finding.
    virtual Result<void> survey(const Candidate& candidate, Survey& into,
                                const JobContext& context) const = 0;
    /// Opens a part that this reader put into a survey.
    virtual Result<CheckpointPtr> open(const Candidate& candidate, const SurveyPart& part,
                                       const JobContext& context) const = 0;
};

/// All readers in the order of detection.
std::span<const FormatReader* const> formatReaders();

} // namespace shardlens
