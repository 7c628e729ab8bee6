// SPDX-License-Identifier: Apache-2.0
#include "base/csv.h"

#include "base/escape.h"

#include <fmt/format.h>

#include <cmath>

namespace shardlens {

std::string csvText(std::string_view text) {
    auto escaped = escapeText(text);
    if (!escaped.empty() && std::string_view("=+-@").find(escaped[0]) != std::string_view::npos)
        escaped.insert(0, 1, '\'');
    if (escaped.find_first_of("\",;'") == std::string::npos)
        return escaped;
    std::string out = "\"";
    for (const char c : escaped)
        out += c == '"' ? std::string("\"\"") : std::string(1, c);
    return out + "\"";
}

std::string csvDims(std::span<const std::uint64_t> dims) {
    std::string out;
    for (const auto dim : dims)
        out += (out.empty() ? "" : "x") + std::to_string(dim);
    return out;
}

std::string csvNumber(double number) {
    if (std::isnan(number))
        return "NaN";
    if (std::isinf(number))
        return number > 0 ? "Infinity" : "-Infinity";
    return fmt::format("{}", number);
}

} // namespace shardlens
