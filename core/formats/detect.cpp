// SPDX-License-Identifier: Apache-2.0
#include "formats/format_reader.h"

#include <algorithm>

namespace shardlens {

#define READER(room)                                                                                         \
    namespace room {                                                                                         \
    const FormatReader& reader();                                                                            \
    }
#include "formats/readers.def"
#undef READER

std::span<const FormatReader* const> formatReaders() {
#define READER(room) &room::reader(),
    static const FormatReader* const readers[] = {
#include "formats/readers.def"
    };
#undef READER
    return readers;
}

void setChoiceFacts(CheckpointFacts& facts, const Candidate& candidate, const SurveyPart& part) {
    facts.part = part.name;
    facts.variant = part.variant;
    if (candidate.survey == nullptr)
        return;
    const auto addOnce = [](std::vector<std::string>& list, const std::string& text) {
        if (std::ranges::find(list, text) == list.end())
            list.push_back(text);
    };
    for (const auto& other : candidate.survey->parts) {
        if (other.name != part.name)
            addOnce(facts.otherParts, other.name);
        else if (other.variant != part.variant)
            addOnce(facts.otherVariants, other.variant);
    }
}

} // namespace shardlens
