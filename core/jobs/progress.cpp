// SPDX-License-Identifier: Apache-2.0
#include "jobs/progress.h"

#include <algorithm>

namespace shardlens {

void Progress::begin(std::string stage, std::uint64_t total, bool countsBytes) {
    const std::lock_guard lock(m_mutex);
    m_stage = std::move(stage);
    m_total = total;
    m_countsBytes = countsBytes;
    m_done.store(0, std::memory_order_relaxed);
    m_began = Clock::now();
    m_samples[0] = {m_began, 0};
    m_sampleCount = 1;
}

double Progress::rateAt(Clock::time_point now, std::uint64_t done) const {
    using namespace std::chrono_literals;
    const auto slot = [this](std::size_t back) -> Sample& {
        return m_samples[(m_sampleCount - back) % m_samples.size()];
    };
    const auto kept = std::min(m_sampleCount, m_samples.size());
    // The youngest sample that is at least as old as the window; where all are younger, the oldest.
    Sample from = slot(kept);
    for (std::size_t back = 1; back <= kept; ++back)
        if (now - slot(back).at >= Window) {
            from = slot(back);
            break;
        }
    if (now - slot(1).at >= Window / (m_samples.size() - 1)) {
        ++m_sampleCount;
        slot(1) = {now, done};
    }
    const std::chrono::duration<double> span = now - from.at;
    if (span < 250ms || done < from.done)
        return 0;
    return static_cast<double>(done - from.done) / span.count();
}

ProgressSnapshot Progress::snapshot() const {
    const std::lock_guard lock(m_mutex);
    const auto now = Clock::now();
    ProgressSnapshot out;
    out.stage = m_stage;
    out.done = m_done.load(std::memory_order_relaxed);
    out.total = m_total;
    out.countsBytes = m_countsBytes;
    out.elapsed = std::chrono::duration<double>(now - m_began).count();
    out.perSecond = rateAt(now, out.done);
    if (out.perSecond > 0 && out.total > out.done)
        out.secondsLeft = static_cast<double>(out.total - out.done) / out.perSecond;
    return out;
}

} // namespace shardlens
