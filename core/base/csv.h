// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace shardlens {

/// A text as a field of comma-separated values (RFC 4180). Control characters become visible escapes; text
/// that a spreadsheet would take for a formula gets an apostrophe in front, which spreadsheets hide.
std::string csvText(std::string_view text);

/// `8x4`, empty for a scalar: no comma, no formula, no date.
std::string csvDims(std::span<const std::uint64_t> dims);

/// A number as text that every reader takes back to the same value.
std::string csvNumber(double number);

} // namespace shardlens
