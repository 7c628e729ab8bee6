// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "jobs/job_context.h"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace shardlens {

/// Keys of items, kept in a few pools that threads fill without meeting.
class SortKeys {
public:
    /// Calls `append(pool, item)` for every item, in parallel, which appends the item's key.
    static Result<SortKeys> make(std::uint32_t items,
                                 const std::function<void(std::string&, std::uint32_t)>& append,
                                 const JobContext& context);

    std::uint32_t size() const { return m_items; }
    std::string_view at(std::uint32_t item) const {
        const Pool& pool = m_pools[item / m_perPool];
        const auto index = item % m_perPool;
        return std::string_view(pool.text).substr(pool.end[index], pool.end[index + 1] - pool.end[index]);
    }

    /// The items in bytewise order of their keys; equal keys by item. Sorts pools by eight bytes at a time
    /// (keys of a checkpoint share long beginnings), then merges them in parallel.
    Result<std::vector<std::uint32_t>> sorted(const JobContext& context) const;

private:
    struct Pool {
        std::string text;
        std::vector<std::uint64_t> end{0};
    };
    std::uint32_t m_items = 0;
    std::uint32_t m_perPool = 1;
    std::vector<Pool> m_pools;
};

} // namespace shardlens
