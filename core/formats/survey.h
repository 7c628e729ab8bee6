// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "jobs/job_context.h"
#include "model/finding.h"
#include "model/format.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace shardlens {

/// Something that a path holds and that can be opened as one checkpoint.
struct SurveyPart {
    std::string name; ///< what --part takes: `model`, `optim`, `safetensors`, `pickles`, a component; "" for
                      ///< the only one
    std::string variant; ///< `fp16`; empty for the plain one
    Format format = Format::Safetensors;
    std::string location; ///< path to open
    std::uint64_t files = 0;
    std::uint64_t bytes = 0;
    std::string about; ///< one phrase for people: `DCP checkpoint, 8 files`; with the producer's layout where
                       ///< it is known
};

/// Something that lies there and is not opened, with the reason.
struct SurveyLeftOut {
    std::string name;
    std::uint64_t bytes = 0;
    std::string reason;
};

/// What a path holds, from names and headers only.
struct Survey {
    std::string path;           ///< as given
    bool isPlainFolder = false; ///< a folder without any checkpoint: a destination
    std::vector<SurveyPart> parts;
    std::size_t chosen =
        0; ///< index of the part that `open` would take; parts.size() where nothing can be opened
    std::vector<SurveyLeftOut> leftOut;
    Findings findings; ///< such as an unfinished save

    const SurveyPart* chosenPart() const { return chosen < parts.size() ? &parts[chosen] : nullptr; }
};

/// Which of several parts is meant. Empty strings choose the obvious one.
struct Choice {
    std::string part;
    std::string variant;
};

/// Looks at a file, folder, index or shard. Fails only where the path itself cannot be read.
Result<Survey> survey(const std::string& path, const Choice& choice, const JobContext& context);

} // namespace shardlens
