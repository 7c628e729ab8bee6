// SPDX-License-Identifier: Apache-2.0
#include "ui/jobs/stall_watchdog.h"

#include <QLoggingCategory>
#include <QTimer>

#include <chrono>

namespace shardlens::ui {

namespace {

Q_LOGGING_CATEGORY(lcStall, "shardlens.stall", QtInfoMsg)

constexpr int BeatMs = 4;
constexpr std::int64_t LostFrame = 16'000; // microseconds
constexpr std::int64_t Felt = 50'000;

std::int64_t now() {
    return std::chrono::duration_cast<std::chrono::microseconds>(
               std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

} // namespace

StallWatchdog::StallWatchdog(QObject* parent)
    : QObject(parent)
    , m_timer(new QTimer(this))
    , m_lastBeat(now())
    , m_thread([this](const std::stop_token& stop) { watch(stop); }) {
    m_timer->setTimerType(Qt::PreciseTimer);
    connect(m_timer, &QTimer::timeout, this, &StallWatchdog::beat);
    m_timer->start(BeatMs);
}

StallWatchdog::~StallWatchdog() = default;

void StallWatchdog::beat() {
    const std::int64_t moment = now();
    const std::int64_t late = moment - m_lastBeat.exchange(moment) - BeatMs * 1000;
    if (late > m_longest)
        m_longest = late;
    if (late > Felt)
        qCWarning(lcStall, "the window stood still for %.1f ms", static_cast<double>(late) / 1000.0);
    else if (late > LostFrame)
        qCDebug(lcStall, "a frame was lost: %.1f ms", static_cast<double>(late) / 1000.0);
}

void StallWatchdog::watch(const std::stop_token& stop) {
    // Says so while it lasts, where the GUI thread itself could never say it.
    bool said = false;
    while (!stop.stop_requested()) {
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
        const std::int64_t silent = now() - m_lastBeat;
        if (silent > 1'000'000 && !said)
            qCWarning(lcStall, "the window has not answered for %.1f s", static_cast<double>(silent) / 1e6);
        said = silent > 1'000'000;
    }
}

} // namespace shardlens::ui
