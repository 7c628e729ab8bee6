// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/limits.h"
#include "base/result.h"
#include "jobs/progress.h"

#include <cstdint>
#include <stop_token>

namespace shardlens {

/// What every long operation gets: how to know that it should stop, where to say how far it is, how many
/// threads and how much memory it may use. Cheap to copy; `progress` and `limits` outlive the job.
struct JobContext {
    std::stop_token stop;
    Progress* progress = nullptr;             ///< may be null
    unsigned threads = 0;                     ///< 0: as many as the machine has
    std::uint64_t memory = 256 * Limits::MiB; ///< bytes for buffers, all threads together
    const Limits* limits = &defaultLimits();

    bool stopped() const { return stop.stop_requested(); }
    /// Fails with `job.cancelled` once a stop was asked for. Call it at least every few milliseconds of work.
    Result<void> checkStop() const;
    unsigned threadCount() const;
    void begin(std::string stage, std::uint64_t total, bool countsBytes = true) const;
    void add(std::uint64_t amount) const;
};

namespace rules {
inline constexpr Rule JobCancelled{"job.cancelled", Severity::Info, "The operation was cancelled.",
                                   "Nothing was changed; start it again when you like."};
inline constexpr Rule OutOfMemory{"job.out-of-memory", Severity::Error, "There was not enough memory: {0}.",
                                  "Close other programs or lower --memory and --threads."};
namespace jobs {
inline constexpr const Rule* all[] = {&JobCancelled, &OutOfMemory};
} // namespace jobs
} // namespace rules

} // namespace shardlens
