// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "io/byte_source.h"
#include "jobs/job_context.h"
#include "model/columns.h"
#include "model/value.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace shardlens::hub {

/// What an index file says, in its order. Columns: an index names millions of tensors.
struct WeightIndex {
    std::string file; ///< the index's own name, for messages

    TextPool names;                    ///< of tensors, as the map has them, repeated ones too
    std::vector<std::uint32_t> fileOf; ///< an index into `files` for each name
    std::vector<std::uint64_t> at;     ///< byte of each name's token in the index
    std::vector<std::string> files;    ///< raw, each once, in order of appearance; paths are not checked yet

    std::vector<std::pair<std::string, std::string>> texts; ///< string members of `metadata`, in order
    std::optional<std::uint64_t> totalSize;
    std::uint64_t totalSizeAt = 0; ///< byte of the number
    Value metadata;                ///< the object `metadata`; Null where there is none

    std::uint64_t strangeValues = 0; ///< members of the map whose value is no string
    std::string firstStrange;
    std::uint64_t firstStrangeAt = 0;

    std::uint32_t count() const { return static_cast<std::uint32_t>(fileOf.size()); }
};

/// Reads an index. Fails where it is too large, a Git LFS pointer, no JSON, no object or has no weight_map.
Result<WeightIndex> readWeightIndex(const ByteSource& source, const JobContext& context);

/// The same for text that is in memory already.
Result<WeightIndex> parseWeightIndex(std::string_view text, const std::string& name,
                                     const JobContext& context);

} // namespace shardlens::hub
