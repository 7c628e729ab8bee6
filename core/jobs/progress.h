// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>

namespace shardlens {

/// What a job has done, at one moment.
struct ProgressSnapshot {
    std::string stage;                ///< what it is doing: `reading headers`, `copying`, `syncing`
    std::uint64_t done = 0;           ///< in the stage's unit (bytes unless the stage counts items)
    std::uint64_t total = 0;          ///< 0 where unknown
    bool countsBytes = true;
    double perSecond = 0;             ///< over the last seconds; 0 where no rate is measured yet
    std::optional<double> secondsLeft; ///< only with a measured rate
    double elapsed = 0;               ///< seconds since the stage began
};

/// Written by workers (add is wait-free), read at any time from any thread.
class Progress {
public:
    void begin(std::string stage, std::uint64_t total, bool countsBytes = true);
    void add(std::uint64_t amount) { m_done.fetch_add(amount, std::memory_order_relaxed); }
    ProgressSnapshot snapshot() const;

private:
    using Clock = std::chrono::steady_clock;
    mutable std::mutex m_mutex;
    std::string m_stage;
    std::atomic<std::uint64_t> m_done{0};
    std::uint64_t m_total = 0;
    bool m_countsBytes = true;
    Clock::time_point m_began = Clock::now();
    mutable Clock::time_point m_sampled = m_began; // start of the window that the rate is taken over
    mutable std::uint64_t m_sampledDone = 0;
    mutable double m_rate = 0;
};

} // namespace shardlens
