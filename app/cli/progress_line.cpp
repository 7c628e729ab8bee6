// SPDX-License-Identifier: Apache-2.0
#include "app/cli/progress_line.h"

#include "base/escape.h"
#include "base/units.h"

#include <fmt/format.h>

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace shardlens::cli {

namespace {

using namespace std::chrono_literals;
constexpr auto FirstAfter = 300ms; // quick jobs show nothing
constexpr auto OnTerminal = 100ms;
constexpr auto ElsewhereEvery = 20; // ticks, so that a log gets a line every two seconds

std::string amount(const ProgressSnapshot& snapshot, std::uint64_t count) {
    return snapshot.countsBytes ? formatBytes(count) : formatGrouped(count);
}

std::string timeLeft(double seconds) {
    const auto whole = static_cast<std::uint64_t>(seconds + 0.5);
    if (whole < 60)
        return fmt::format("{} s left", whole);
    if (whole < 3600)
        return fmt::format("{} min {:02} s left", whole / 60, whole % 60);
    return fmt::format("{} h {:02} min left", whole / 3600, whole / 60 % 60);
}

} // namespace

std::string progressText(const ProgressSnapshot& snapshot) {
    std::string out = escapeText(snapshot.stage);
    if (snapshot.total > 0) {
        const auto done = std::min(snapshot.done, snapshot.total);
        out += fmt::format("  {} of {}  {:.0f} %", amount(snapshot, done), amount(snapshot, snapshot.total),
                           100.0 * static_cast<double>(done) / static_cast<double>(snapshot.total));
    } else if (snapshot.done > 0) {
        out += "  " + amount(snapshot, snapshot.done);
    }
    if (snapshot.perSecond > 0 && snapshot.countsBytes)
        out += "  " + formatBytes(static_cast<std::uint64_t>(snapshot.perSecond)) + "/s";
    if (snapshot.secondsLeft)
        out += "  " + timeLeft(*snapshot.secondsLeft);
    return out;
}

ProgressLine::ProgressLine(const Progress& progress, Output& err, Options options)
    : m_progress(progress)
    , m_err(err)
    , m_options(options) {
    if (options.show || options.logStages)
        m_thread = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

ProgressLine::~ProgressLine() {
    if (!m_thread.joinable())
        return;
    m_thread.request_stop();
    m_thread.join();
    update(!m_err.isTerminal()); // a log gets the last state, a terminal its line back
    clear();
}

void ProgressLine::run(const std::stop_token& stop) {
    std::mutex mutex;
    std::condition_variable_any wake;
    std::unique_lock lock(mutex);
    const auto wait = [&](auto time) {
        wake.wait_for(lock, stop, time, [] { return false; });
    };
    if (!m_options.logStages)
        wait(FirstAfter);
    for (int tick = 0; !stop.stop_requested(); ++tick) {
        update(m_err.isTerminal() || tick % ElsewhereEvery == 0);
        wait(OnTerminal);
    }
}

void ProgressLine::update(bool periodic) {
    const auto snapshot = m_progress.snapshot();
    if (m_options.logStages && !snapshot.stage.empty() && snapshot.stage != m_stage) {
        clear();
        m_stage = snapshot.stage;
        m_err.print(escapeText(m_stage) + "\n");
        m_err.flush();
    }
    if (!m_options.show || !periodic || snapshot.stage.empty())
        return;
    auto text = progressText(snapshot);
    if (m_err.isTerminal()) {
        const auto width = m_err.width();
        if (width > 1 && displayWidth(text) >= static_cast<std::size_t>(width))
            text = escapeText(text, static_cast<std::size_t>(width) - 2);
        m_err.print("\r\x1b[K" + text);
        m_shown = true;
    } else {
        m_err.print(text + "\n");
    }
    m_err.flush();
}

void ProgressLine::clear() {
    if (!m_shown)
        return;
    m_err.print("\r\x1b[K");
    m_err.flush();
    m_shown = false;
}

} // namespace shardlens::cli
