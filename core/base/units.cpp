// SPDX-License-Identifier: Apache-2.0
#include "base/units.h"

#include <fmt/format.h>

#include <array>
#include <iterator>

namespace shardlens {

namespace {

/// Three significant digits, or more where `value` has more before its point.
std::string threeDigits(double value) {
    if (value < 9.995)
        return fmt::format("{:.2f}", value);
    if (value < 99.95)
        return fmt::format("{:.1f}", value);
    return fmt::format("{:.0f}", value);
}

/// `value` in the largest unit in which it, rounded, is below `base`; the last unit takes everything.
template <std::size_t N>
std::string scaled(double value, double base, const std::array<const char*, N>& units) {
    std::size_t unit = 0;
    value /= base;
    while (unit + 1 < N && value >= base - 0.5) {
        value /= base;
        ++unit;
    }
    return threeDigits(value) + " " + units[unit];
}

bool isDigit(char c) {
    return c >= '0' && c <= '9';
}

std::optional<std::uint64_t> unitFactor(std::string_view unit) {
    std::string lower(unit);
    for (auto& c : lower)
        if (c >= 'A' && c <= 'Z')
            c = static_cast<char>(c - 'A' + 'a');
    static constexpr std::uint64_t K = 1000, Ki = 1024;
    struct Unit {
        std::string_view name;
        std::uint64_t factor;
    };
    static constexpr std::array units{Unit{"", 1},
                                      Unit{"b", 1},
                                      Unit{"kb", K},
                                      Unit{"mb", K * K},
                                      Unit{"gb", K * K * K},
                                      Unit{"tb", K * K * K * K},
                                      Unit{"kib", Ki},
                                      Unit{"mib", Ki * Ki},
                                      Unit{"gib", Ki * Ki * Ki},
                                      Unit{"tib", Ki * Ki * Ki * Ki}};
    for (const auto& known : units)
        if (known.name == lower)
            return known.factor;
    return std::nullopt;
}

} // namespace

std::string formatBytes(std::uint64_t bytes) {
    if (bytes < 1024)
        return fmt::format("{} B", bytes);
    static constexpr std::array units{"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    return scaled(static_cast<double>(bytes), 1024, units);
}

std::string formatCount(std::uint64_t count) {
    if (count < 1'000'000)
        return formatGrouped(count);
    static constexpr std::array units{"M", "B", "T", "Q"};
    return scaled(static_cast<double>(count) / 1000, 1000, units);
}

std::string formatGrouped(std::uint64_t number) {
    const auto digits = std::to_string(number);
    std::string out;
    for (std::size_t i = 0; i < digits.size(); ++i) {
        if (i > 0 && (digits.size() - i) % 3 == 0)
            out += ',';
        out += digits[i];
    }
    return out;
}

std::string formatShape(std::span<const std::uint64_t> dims) {
    static constexpr std::size_t MaxShown = 8, Head = 4, Tail = 3;
    const bool elide = dims.size() > MaxShown;
    std::string out = "[";
    for (std::size_t i = 0; i < dims.size(); ++i) {
        if (i > 0)
            out += " × ";
        if (elide && i == Head) {
            out += "…";
            i = dims.size() - Tail - 1;
            continue;
        }
        out += std::to_string(dims[i]);
    }
    return out + "]";
}

std::optional<std::uint64_t> parseBytes(std::string_view text) {
    __extension__ using Wide = unsigned __int128;
    static constexpr std::uint64_t MaxFraction = 1'000'000'000'000'000'000;
    std::size_t i = 0;
    Wide whole = 0;
    for (; i < text.size() && isDigit(text[i]); ++i) {
        whole = whole * 10 + static_cast<unsigned>(text[i] - '0');
        if (whole > UINT64_MAX)
            return std::nullopt;
    }
    if (i == 0)
        return std::nullopt;
    Wide fraction = 0;
    std::uint64_t scale = 1;
    if (i < text.size() && text[i] == '.') {
        const auto begin = ++i;
        for (; i < text.size() && isDigit(text[i]); ++i) {
            if (scale == MaxFraction)
                continue; // further digits are less than a byte of any unit
            fraction = fraction * 10 + static_cast<unsigned>(text[i] - '0');
            scale *= 10;
        }
        if (i == begin)
            return std::nullopt;
    }
    while (i < text.size() && text[i] == ' ')
        ++i;
    const auto factor = unitFactor(text.substr(i));
    if (!factor)
        return std::nullopt;
    const Wide total = whole * *factor + fraction * *factor / scale;
    if (total > UINT64_MAX)
        return std::nullopt;
    return static_cast<std::uint64_t>(total);
}

} // namespace shardlens
