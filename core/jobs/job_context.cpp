// SPDX-License-Identifier: Apache-2.0
#include "jobs/job_context.h"

#include <algorithm>
#include <thread>

namespace shardlens {

Result<void> JobContext::checkStop() const {
    if (stopped()) [[unlikely]]
        return fail(rules::JobCancelled);
    return {};
}

unsigned JobContext::threadCount() const {
    return threads != 0 ? threads : std::max(1u, std::thread::hardware_concurrency());
}

void JobContext::begin(std::string stage, std::uint64_t total, bool countsBytes) const {
    if (progress)
        progress->begin(std::move(stage), total, countsBytes);
}

void JobContext::add(std::uint64_t amount) const {
    if (progress)
        progress->add(amount);
}

} // namespace shardlens
