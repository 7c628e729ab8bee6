// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>

#include <atomic>
#include <cstdint>
#include <stop_token>
#include <thread>

class QTimer;

namespace shardlens::ui {

/// Watches from a thread of its own how long the GUI thread takes to come back to its event loop, and logs
/// stalls: above 16 ms (a frame is lost) as a note, above 50 ms (one feels it) as a warning. For debug builds
/// and tests; costs 250 wake-ups a second.
class StallWatchdog : public QObject {
    Q_OBJECT

public:
    explicit StallWatchdog(QObject* parent = nullptr);
    ~StallWatchdog() override;

    /// The longest stall since the last reset, in milliseconds.
    double longest() const { return static_cast<double>(m_longest.load()) / 1000.0; }
    void reset() { m_longest = 0; }

private:
    void beat();
    void watch(const std::stop_token& stop);

    QTimer* m_timer;
    std::atomic<std::int64_t> m_lastBeat; // microseconds of the steady clock
    std::atomic<std::int64_t> m_longest{0};
    std::jthread m_thread;
};

} // namespace shardlens::ui
