// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "jobs/job_context.h"
#include "model/box.h"
#include "model/columns.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace shardlens::hub {

/// What `DCP_SHARDING_INFO` says of one file's slices: the JSON text of an object with a member for each key
/// of the file's header. Columns; numbers of all entries lie one after the other.
struct ShardingInfo {
    /// Where in `numbers` a list lies.
    struct List {
        std::uint32_t first = 0, count = 0;
    };
    struct Entry {
        List offsets; ///< `saved_offsets`
        List global;  ///< `global_shape` (PyTorch) or `shape` (transformers): of the whole tensor
        bool hasOffsets = false;
        bool hasGlobal = false;
        bool broken = false; ///< a list holds something else than unsigned integers
        std::uint32_t logical =
            0; ///< `logical_fqn` or `fqn`: index + 1 into `logicalNames`; 0: the key itself
    };

    TextPool keys; ///< of the entries; repeated ones stand twice, and the last counts
    std::vector<Entry> entries;
    std::vector<std::uint64_t> numbers;
    TextPool logicalNames;
    /// Members of entries that are not known here: entry, name and JSON text, in order.
    std::vector<std::pair<std::uint32_t, Fact>> unknownFields;

    std::uint32_t count() const { return static_cast<std::uint32_t>(entries.size()); }
    DimsView at(List list) const { return DimsView(numbers).subspan(list.first, list.count); }
};

/// Fails with the JSON room's rules, and with `hub.sharding-info` where the text is no object of objects.
/// `file` is for messages.
Result<ShardingInfo> parseShardingInfo(std::string_view text, const std::string& file,
                                       const JobContext& context);

} // namespace shardlens::hub
