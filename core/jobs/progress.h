// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>

namespace shardlens {

/// What a job has done, at one moment.
struct ProgressSnapshot {
    std::string stage;       ///< what it is doing: `reading headers`, `copying`, `syncing`
    std::uint64_t done = 0;  ///< in the stage's unit (bytes unless the stage counts items)
    std::uint64_t total = 0; ///< 0 where unknown
    bool countsBytes = true;
    double perSecond = 0;              ///< over the last seconds; 0 where no rate is measured yet
    std::optional<double> secondsLeft; ///< only with a measured rate
    double elapsed = 0;                ///< seconds since the stage began
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

    /// What was done at a moment, for the rate: snapshots leave samples in a ring that spans the window.
    struct Sample {
        Clock::time_point at;
        std::uint64_t done = 0;
    };
    static constexpr std::chrono::milliseconds Window{2000};
    double rateAt(Clock::time_point now, std::uint64_t done) const;
    mutable std::array<Sample, 17> m_samples{Sample{m_began, 0}};
    mutable std::size_t m_sampleCount = 1; // ever taken; the last one is at (count - 1) % size
};

} // namespace shardlens
