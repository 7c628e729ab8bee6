// SPDX-License-Identifier: Apache-2.0
#include "app/cli/statistics_text.h"

#include "base/units.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace shardlens::cli {

namespace {

constexpr std::size_t Bars = 48;

/// One line of block characters; the histogram's bins are summed to a fixed number of bars.
std::string bars(const Histogram& histogram) {
    static constexpr const char* blocks[] = {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    const auto bins = histogram.counts.size();
    const auto count = std::min(Bars, bins);
    std::vector<std::uint64_t> sums(count);
    for (std::size_t i = 0; i < bins; ++i)
        sums[i * count / bins] += histogram.counts[i];
    const auto most = std::max<std::uint64_t>(1, *std::max_element(sums.begin(), sums.end()));
    std::string out;
    for (const auto sum : sums) {
        const auto height = static_cast<double>(sum) / static_cast<double>(most) * 8;
        out += blocks[sum == 0 ? 0 : std::clamp(static_cast<int>(std::ceil(height)), 1, 8)];
    }
    return out;
}

void line(Session& session, std::string_view label, const std::string& text) {
    session.print(session.paint(Ink::Faint, fmt::format("{:<14}", label)) + text + "\n");
}

} // namespace

std::string shortNumber(double number) {
    if (std::isnan(number))
        return "NaN";
    if (std::isinf(number))
        return number > 0 ? "Infinity" : "-Infinity";
    return fmt::format("{:.4g}", number);
}

void writeStatistics(JsonWriter& json, const Statistics& s) {
    json.field("count", s.count);
    json.field("min", s.min);
    json.field("max", s.max);
    json.field("mean", s.mean);
    json.field("std", s.std);
    json.field("l2", s.l2);
    json.field("zeros", s.zeros);
    json.field("nan", s.nan);
    json.field("posinf", s.posinf);
    json.field("neginf", s.neginf);
    json.field("subnormal", s.subnormal);
    json.field("negative", s.negative);
    json.key("quantiles");
    json.beginObject();
    for (std::size_t i = 0; i < s.quantiles.size(); ++i)
        json.field(fmt::format("{}", Statistics::QuantilesAt[i]), s.quantiles[i]);
    json.endObject();
    json.key("histogram");
    json.beginObject();
    json.key("edges");
    json.beginArray();
    for (const auto edge : s.histogram.edges)
        json.value(edge);
    json.endArray();
    json.field("counts", std::span<const std::uint64_t>(s.histogram.counts));
    json.endObject();
    json.field("approximate", s.approximate ? std::vector<std::string>{"quantiles", "histogram"}
                                            : std::vector<std::string>{});
}

void printStatistics(Session& session, const Statistics& s) {
    const auto share = [&](std::uint64_t count) {
        const auto percent =
            s.count > 0 ? 100.0 * static_cast<double>(count) / static_cast<double>(s.count) : 0.0;
        return count == 0 ? session.paint(Ink::Faint, "0")
                          : fmt::format("{} ({:.3g} %)", formatGrouped(count), percent);
    };
    const std::string about = s.approximate ? "≈ " : "";
    line(session, "count", formatGrouped(s.count));
    line(session, "min … max", shortNumber(s.min) + " … " + shortNumber(s.max));
    line(session, "mean", shortNumber(s.mean));
    line(session, "std", shortNumber(s.std));
    line(session, "L2 norm", shortNumber(s.l2));
    line(session, "zeros", share(s.zeros));
    line(session, "negative", share(s.negative));
    line(session, "NaN", share(s.nan));
    line(session, "±Infinity", share(s.posinf + s.neginf));
    line(session, "subnormal", share(s.subnormal));
    for (std::size_t i = 0; i < s.quantiles.size(); ++i)
        line(session, fmt::format("q {}", Statistics::QuantilesAt[i]), about + shortNumber(s.quantiles[i]));
    if (!s.histogram.counts.empty())
        line(session, "histogram",
             shortNumber(s.histogram.edges.front()) + " " + bars(s.histogram) + " " +
                 shortNumber(s.histogram.edges.back()));
}

} // namespace shardlens::cli
